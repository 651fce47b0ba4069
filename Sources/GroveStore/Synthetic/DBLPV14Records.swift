import GroveKernels

/// Records of DBLP-Citation-network V14: an array, a record a line, ids of 24 digits.
///
/// The venue is an object or, without an id, at times a string; keywords stand for fields.
///
/// - Source: specification of the OAG formats, section 1.5.
struct DBLPV14Records: FramedDialect {
  static let files = ["dblp_v14.json"]
  static let counted: [DialectCount] = [.abstracts]
  static let mishaps: [SyntheticPlan.Mishap] = [.duplicate, .badLine]
  static let opening: StaticString = "[\n"
  static let before: StaticString = ",\n"
  static let after: StaticString = ""
  static let closing: StaticString = "\n]\n"

  let contents: SyntheticContents

  func append(labeledID paper: Int, to text: inout ByteText) { contents.ids.append(.paper, paper, to: &text) }

  func append(record paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    var draws = contents.formDraws(of: paper)
    let facts = contents.facts(of: paper)
    text.append(#"{"id":""#)
    contents.ids.append(.paper, paper.number, to: &text)
    text.append(#"","title":""#)
    contents.append(titleOf: paper, to: &text)
    text.append(#"","doi":""#)
    if facts.hasDOI { contents.append(doiOf: paper.number, to: &text) }
    text.append(#"","keywords":"#)
    contents.append(fieldNamesOf: paper, to: &text)
    text.append(#","n_citation":"#)
    text.append(decimal: facts.citationCount)
    contents.append(yearOf: paper, to: &text)
    text.append(#","authors":["#)
    for (place, author) in paper.authors.enumerated() {
      text.append(place == 0 ? #"{"id":""# : #",{"id":""#)
      if let number = author.number { contents.ids.append(.author, number, to: &text) }
      text.append(#"","name":""#)
      contents.names.append(person: author.name, to: &text)
      text.append(#"","org":""#)
      if let affiliation = author.affiliation { contents.names.append(affiliation: affiliation, to: &text) }
      text.append(#""}"#)
    }
    text.append(UInt8(ascii: "]"))
    append(venueOf: paper, &draws, to: &text)
    if !paper.references.isEmpty {
      text.append(#","references":"#)
      contents.append(hexadecimalReferencesOf: paper.references, to: &text)
    }
    append(editionOf: facts, to: &text)
    text.append(#","abstract":""#)
    if contents.append(abstractOf: paper, to: &text) { counts.add(.abstracts) }
    text.append(#"","url":[]}"#)
  }

  private func append(venueOf paper: PlannedPaper, _ draws: inout RandomGenerator, to text: inout ByteText) {
    guard paper.hasVenueID else {
      let isObject = draws.chance(0.5)
      text.append(isObject ? #","venue":{"raw":""# : #","venue":""#)
      contents.names.append(rawVenue: paper.venue, to: &text)
      return text.append(isObject ? #""}"# : "\"")
    }
    text.append(#","venue":{"_id":""#)
    contents.ids.append(.venue, paper.venue, to: &text)
    text.append(#"","raw":""#)
    contents.names.append(venue: paper.venue, to: &text)
    text.append(#""}"#)
  }

  private func append(editionOf facts: SyntheticFacts, to text: inout ByteText) {
    text.append(#","page_start":""#)
    if let pages = facts.pages { text.append(decimal: pages.first) }
    text.append(#"","page_end":""#)
    if let pages = facts.pages { text.append(decimal: pages.last) }
    text.append(#"","lang":"en","volume":""#)
    if let edition = facts.edition { text.append(decimal: edition.volume) }
    text.append(#"","issue":""#)
    if let edition = facts.edition { text.append(decimal: edition.issue) }
    text.append(#"","issn":"","isbn":"""#)
  }
}
