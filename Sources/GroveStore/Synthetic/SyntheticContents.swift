import GroveKernels

/// What every record writer needs: the plan, its names, words and ids.
struct SyntheticContents {
  let plan: SyntheticPlan
  let ids: SyntheticIDs
  let names = SyntheticNames()
  let words = SyntheticWords()
  private let wordDraws: RandomStream
  let factDraws: RandomStream
  let formStream: RandomStream
  let mergeStream: RandomStream
  let sideStream: RandomStream

  init(papers: Int, seed: UInt64) {
    plan = SyntheticPlan(papers: papers, seed: seed)
    ids = SyntheticIDs(papers: papers, seed: seed)
    wordDraws = RandomStream(seed: seed).substream(6)
    factDraws = RandomStream(seed: seed).substream(7)
    formStream = RandomStream(seed: seed).substream(8)
    mergeStream = RandomStream(seed: seed).substream(9)
    sideStream = RandomStream(seed: seed).substream(10)
  }

  /// Draws of a paper's words and of whatever no count depends on.
  func wordDraws(of paper: PlannedPaper) -> RandomGenerator { wordDraws.draws(at: paper.number) }

  /// Adds the key `year` and its value, in one of the forms that occur.
  func append(yearOf paper: PlannedPaper, to text: inout ByteText) {
    text.append(#","year":"#)
    switch paper.yearForm {
    case .number: text.append(decimal: paper.year)
    case .decimal:
      text.append(decimal: paper.year)
      text.append(".0")
    case .text:
      text.append(UInt8(ascii: "\""))
      text.append(decimal: paper.year)
      text.append(UInt8(ascii: "\""))
    case .empty: text.append(#""""#)
    case .zero: text.append("0")
    case .minusOne: text.append("-1")
    case .forthcoming: text.append(#""forthcoming""#)
    case .null: text.append("null")
    }
  }

  /// Adds the key `n_citation` and its value, at times as a string.
  func append(citationCountOf paper: PlannedPaper, _ draws: inout RandomGenerator, to text: inout ByteText) {
    text.append(#","n_citation":"#)
    let isText = draws.chance(0.01)
    // A heavy tail: the number is about 1 / √share − 1.
    let number = Int(1 / (draws.unit() + 1e-8).squareRoot()) * (1 + draws.below(4)) - 1
    if isText { text.append(UInt8(ascii: "\"")) }
    text.append(decimal: number)
    if isText { text.append(UInt8(ascii: "\"")) }
  }

  /// Adds the value of a key without a value: nothing, null or the word.
  func appendNothing(_ draws: inout RandomGenerator, to text: inout ByteText) {
    switch draws.below(20) {
    case 0: text.append("null")
    case 1: text.append(#""null""#)
    default: text.append(#""""#)
    }
  }

  /// Adds the key `doi` and its value.
  func append(doiOf paper: PlannedPaper, known: Double, _ draws: inout RandomGenerator, to text: inout ByteText) {
    text.append(#","doi":"#)
    guard draws.chance(known) else { return appendNothing(&draws, to: &text) }
    text.append(draws.chance(0.1) ? #""10.9999\/synthetic."# : #""10.9999/synthetic."#)
    text.append(decimal: paper.number)
    text.append(UInt8(ascii: "\""))
  }

  /// Adds the key `fos` and the fields with their weights.
  func append(fieldsOf paper: PlannedPaper, to text: inout ByteText) {
    text.append(#","fos":["#)
    for (place, field) in paper.fields.enumerated() {
      text.append(place == 0 ? #"{"name":""# : #",{"name":""#)
      names.append(field: field.number, to: &text)
      text.append(#"","w":"#)
      text.append(tenThousandths: field.weight)
      text.append(UInt8(ascii: "}"))
    }
    text.append(UInt8(ascii: "]"))
  }

  /// Adds the beginning of an author's object: the name, and the place of work where there is one.
  func append(nameAndPlaceOf author: PlannedPaper.Author, to text: inout ByteText) {
    text.append(#"{"name":""#)
    names.append(person: author.name, to: &text)
    text.append(UInt8(ascii: "\""))
    guard let affiliation = author.affiliation else { return }
    text.append(#","org":""#)
    names.append(affiliation: affiliation, to: &text)
    text.append(UInt8(ascii: "\""))
  }
}
