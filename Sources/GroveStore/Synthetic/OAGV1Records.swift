import GroveKernels

/// Records of OAG v1: JSON lines of papers; what is unknown has no key.
///
/// Authors have no ids, venues and fields are plain strings, and the first page is spelled `page_stat`.
///
/// - Source: specification of the OAG formats, section 1.1.
struct OAGV1Records: FramedDialect {
  static let files = ["aminer_papers_0.txt"]
  static let carried: CarriedFacts = [.affiliations, .venueNames, .fields]
  static let counted: [DialectCount] = [.absentYears, .impossibleYears, .abstracts]

  let contents: SyntheticContents

  func append(labeledID paper: Int, to text: inout ByteText) { contents.ids.append(.paper, paper, to: &text) }

  func append(record paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    var draws = contents.formDraws(of: paper)
    let facts = contents.facts(of: paper)
    text.append(#"{"id":""#)
    contents.ids.append(.paper, paper.number, to: &text)
    text.append(#"","title":""#)
    contents.append(titleOf: paper, to: &text)
    text.append(#"","authors":["#)
    for (place, author) in paper.authors.enumerated() {
      if place > 0 { text.append(UInt8(ascii: ",")) }
      append(author, &draws, to: &text)
    }
    text.append(#"],"venue":""#)
    contents.append(venueNameOf: paper, to: &text)
    text.append(UInt8(ascii: "\""))
    append(yearOf: paper, to: &text, &counts)
    if draws.chance(0.5), !paper.fields.isEmpty {
      text.append(#","keywords":[""#)
      contents.names.append(field: paper.fields[0].number, to: &text)
      text.append(#""]"#)
    }
    if !paper.fields.isEmpty {
      text.append(#","fos":"#)
      contents.append(fieldNamesOf: paper, to: &text)
    }
    if draws.chance(0.8) {
      text.append(#","n_citation":"#)
      text.append(decimal: facts.citationCount)
    }
    append(referencesOf: paper, &draws, to: &text)
    append(editionOf: paper, facts, &draws, to: &text)
    let start = text.count
    text.append(#","abstract":""#)
    if contents.append(abstractOf: paper, to: &text) {
      text.append(UInt8(ascii: "\""))
      counts.add(.abstracts)
    } else {
      text.truncate(to: start)
    }
    text.append(UInt8(ascii: "}"))
  }

  private func append(_ author: PlannedPaper.Author, _ draws: inout RandomGenerator, to text: inout ByteText) {
    contents.append(nameAndPlaceOf: author, to: &text)
    if author.affiliation == nil, draws.chance(0.3) { text.append(#","org":"""#) }
    text.append(UInt8(ascii: "}"))
  }

  private func append(yearOf paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    let year: Int
    switch paper.yearForm {
    case .number, .decimal, .text: year = paper.year
    case .zero: year = 0
    case .minusOne: year = -1
    case .empty, .forthcoming, .null: return counts.add(.absentYears)
    }
    if year <= 0 { counts.add(.impossibleYears) }
    text.append(#","year":"#)
    text.append(decimal: year)
  }

  private func append(referencesOf paper: PlannedPaper, _ draws: inout RandomGenerator, to text: inout ByteText) {
    if paper.references.isEmpty, draws.chance(0.9) { return }
    text.append(#","references":"#)
    contents.append(hexadecimalReferencesOf: paper.references, to: &text)
  }

  private func append(
    editionOf paper: PlannedPaper, _ facts: SyntheticFacts, _ draws: inout RandomGenerator, to text: inout ByteText
  ) {
    if let pages = facts.pages {
      contents.append(#","page_stat":""#, text: pages.first, to: &text)
      contents.append(#","page_end":""#, text: pages.last, to: &text)
    }
    if paper.hasVenueID {
      text.append(#","doc_type":""#)
      text.append(contents.names.isJournal(paper.venue) ? #"Journal""# : #"Conference""#)
    }
    if draws.chance(0.7) { text.append(#","lang":"en""#) }
    if facts.hasPublisher { text.append(#","publisher":"Imaginary Press""#) }
    if let edition = facts.edition {
      contents.append(#","volume":""#, text: edition.volume, to: &text)
      contents.append(#","issue":""#, text: edition.issue, to: &text)
    } else if draws.chance(0.1) {
      text.append(#","volume":"","issue":"""#)
    }
    if facts.hasDOI {
      text.append(#","doi":""#)
      contents.append(doiOf: paper.number, to: &text)
      text.append(UInt8(ascii: "\""))
    }
    if draws.chance(0.4) {
      text.append(#","url":["http:\/\/example.org\/"#)
      text.append(decimal: paper.number)
      text.append(#""]"#)
    }
  }
}
