import GroveKernels

/// What is known of a paper beside what the plan says: no count depends on it, and the dialects agree on it.
///
/// oag-v3 and dblp-v12 draw theirs on the way and differ, dblp-v12 in abstracts and one title of 25 too; dblp-v11 says
/// what dblp-v12 says.
struct SyntheticFacts {
  var citationCount: Int
  var hasDOI: Bool
  /// First and last page.
  var pages: (first: Int, last: Int)?
  /// Volume and issue, in journals.
  var edition: (volume: Int, issue: Int)?
  var hasPublisher: Bool
}

extension SyntheticContents {
  /// The facts of a paper.
  func facts(of paper: PlannedPaper) -> SyntheticFacts {
    var draws = factDraws.draws(at: paper.number)
    // A heavy tail: the number is about 1 / √share − 1.
    let citationCount = Int(1 / (draws.unit() + 1e-8).squareRoot()) * (1 + draws.below(4)) - 1
    let hasDOI = draws.chance(0.5)
    let first = 1 + draws.below(900)
    let last = first + 4 + draws.below(16)
    let isPaged = draws.chance(0.85)
    let edition = (volume: 1 + draws.below(60), issue: 1 + draws.below(12))
    return SyntheticFacts(
      citationCount: citationCount, hasDOI: hasDOI, pages: isPaged ? (first, last) : nil,
      edition: paper.hasVenueID && names.isJournal(paper.venue) ? edition : nil, hasPublisher: draws.chance(0.5))
  }

  /// Draws about the dress of a paper's record: which of several forms is taken where no fact depends on it.
  func formDraws(of paper: PlannedPaper) -> RandomGenerator { formStream.draws(at: paper.number) }

  // MARK: - Titles and abstracts

  /// Adds a title as the inside of a JSON string.
  func append(titleOf paper: PlannedPaper, to text: inout ByteText) {
    var draws = wordDraws(of: paper)
    words.append(titleOf: paper, in: plan, &draws, to: &text)
  }

  /// Adds an abstract, which needs no escapes, unless the paper has none.
  ///
  /// - Returns: whether it has one.
  func append(abstractOf paper: PlannedPaper, to text: inout ByteText) -> Bool {
    var draws = wordDraws(of: paper)
    let start = text.count
    words.append(titleOf: paper, in: plan, &draws, to: &text)
    text.truncate(to: start)
    if draws.chance(0.25) { return false }
    words.append(abstractOf: paper, length: 40 + draws.below(120), in: plan, &draws, to: &text)
    return true
  }

  /// Adds a paper's DOI, the inside of a JSON string.
  func append(doiOf paper: Int, to text: inout ByteText) {
    text.append("10.9999/synthetic.")
    text.append(decimal: paper)
  }

  // MARK: - Parts of JSON records

  /// Adds a number as a string behind the text that begins the string.
  func append(_ key: StaticString, text number: Int, to text: inout ByteText) {
    text.append(key)
    text.append(decimal: number)
    text.append(UInt8(ascii: "\""))
  }

  /// Adds the fields' names as a list of strings.
  func append(fieldNamesOf paper: PlannedPaper, to text: inout ByteText) {
    text.append(UInt8(ascii: "["))
    for (place, field) in paper.fields.enumerated() {
      text.append(place == 0 ? "\"" : ",\"")
      names.append(field: field.number, to: &text)
      text.append(UInt8(ascii: "\""))
    }
    text.append(UInt8(ascii: "]"))
  }

  /// Adds the references as a list of strings of 24 digits.
  func append(hexadecimalReferencesOf references: some Sequence<PlannedPaper.Reference>, to text: inout ByteText) {
    text.append(UInt8(ascii: "["))
    var isFirst = true
    for reference in references {
      text.append(isFirst ? "\"" : ",\"")
      isFirst = false
      ids.append(reference.kind == .dangling ? .absentPaper : .paper, reference.number, to: &text)
      text.append(UInt8(ascii: "\""))
    }
    text.append(UInt8(ascii: "]"))
  }

  /// The whole number of the paper that a reference names.
  func integer(_ reference: PlannedPaper.Reference) -> Int {
    ids.integer(reference.kind == .dangling ? .absentPaper : .paper, reference.number)
  }

  /// Adds a venue's name, whether the venue has an id or not.
  func append(venueNameOf paper: PlannedPaper, to text: inout ByteText) {
    if paper.hasVenueID {
      names.append(venue: paper.venue, to: &text)
    } else {
      names.append(rawVenue: paper.venue, to: &text)
    }
  }
}

extension PlannedPaper {
  /// The year where a reader finds one.
  var knownYear: Int? { lacksYear ? nil : year }
}
