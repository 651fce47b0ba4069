import GroveKernels

/// Records of DBLP-Citation-network V13: one array over many lines with the literals of a Mongo shell.
///
/// `NumberInt( )` wraps numbers, `ObjectId( )` some ids; volume and issue are the word "null" where they are unknown.
/// A few titles end in the text `NumberInt(3)`, which they have in no other dialect. A bad record has no `_id`.
///
/// - Source: specification of the OAG formats, section 1.5.
struct DBLPV13Records: FramedDialect {
  static let files = ["dblpv13.json"]
  static let counted: [DialectCount] = [.mongoTitles, .wrappedIDs, .abstracts]
  static let mishaps: [SyntheticPlan.Mishap] = [.duplicate, .badLine]
  static let opening: StaticString = "["
  static let before: StaticString = ",\n"
  static let after: StaticString = ""
  static let closing: StaticString = "]\n"

  let contents: SyntheticContents
  private let hasIDs: Bool

  init(contents: SyntheticContents) { self.init(contents: contents, hasIDs: true) }

  private init(contents: SyntheticContents, hasIDs: Bool) {
    self.contents = contents
    self.hasIDs = hasIDs
  }

  func append(labeledID paper: Int, to text: inout ByteText) { contents.ids.append(.paper, paper, to: &text) }

  mutating func appendBadRecord(of paper: PlannedPaper, to texts: inout [ByteText]) {
    var counts = DialectCounts([])
    texts[0].append(Self.before)
    DBLPV13Records(contents: contents, hasIDs: false).append(record: paper, to: &texts[0], &counts)
  }

  func append(record paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    var draws = contents.formDraws(of: paper)
    let facts = contents.facts(of: paper)
    text.append("{\n")
    if hasIDs { append(idOf: paper, &draws, to: &text, &counts) }
    text.append(#"  "title" : ""#)
    contents.append(titleOf: paper, to: &text)
    if draws.chance(0.003) {
      text.append(" NumberInt(3)")
      counts.add(.mongoTitles)
    }
    text.append(#"","#)
    append(authorsOf: paper, &draws, to: &text)
    append(venueOf: paper, to: &text)
    append(yearOf: paper, to: &text)
    append(fieldsOf: paper, &draws, to: &text)
    text.append(draws.chance(0.02) ? ",\n  \"n_citation\" : NumberLong(" : ",\n  \"n_citation\" : NumberInt(")
    text.append(decimal: facts.citationCount)
    text.append(UInt8(ascii: ")"))
    append(editionOf: paper, facts, &draws, to: &text)
    let start = text.count
    text.append(",\n  \"abstract\" : \"")
    if contents.append(abstractOf: paper, to: &text) {
      text.append(UInt8(ascii: "\""))
      counts.add(.abstracts)
    } else {
      text.truncate(to: start)
    }
    append(referencesOf: paper, to: &text)
    text.append("\n}")
  }

  private func append(
    idOf paper: PlannedPaper, _ draws: inout RandomGenerator, to text: inout ByteText, _ counts: inout DialectCounts
  ) {
    let isWrapped = draws.chance(0.01)
    if isWrapped { counts.add(.wrappedIDs) }
    text.append(isWrapped ? #"  "_id" : ObjectId(""# : #"  "_id" : ""#)
    contents.ids.append(.paper, paper.number, to: &text)
    text.append(isWrapped ? "\"),\n" : "\",\n")
  }

  private func append(authorsOf paper: PlannedPaper, _ draws: inout RandomGenerator, to text: inout ByteText) {
    text.append("\n  \"authors\" : [ ")
    for (place, author) in paper.authors.enumerated() {
      if place > 0 { text.append(", ") }
      text.append("{ ")
      if let number = author.number {
        text.append(#""_id" : ""#)
        contents.ids.append(.author, number, to: &text)
        text.append(#"", "#)
      }
      text.append(#""name" : ""#)
      contents.names.append(person: author.name, to: &text)
      text.append(UInt8(ascii: "\""))
      if let affiliation = author.affiliation {
        text.append(#", "org" : ""#)
        contents.names.append(affiliation: affiliation, to: &text)
        text.append(#"", "orgid" : ""#)
        contents.ids.append(.affiliation, affiliation, to: &text)
        text.append(UInt8(ascii: "\""))
      } else if draws.chance(0.3) {
        text.append(#", "org" : "", "orgid" : """#)
      }
      text.append(" }")
    }
    text.append(" ]")
  }

  private func append(venueOf paper: PlannedPaper, to text: inout ByteText) {
    text.append(",\n  \"venue\" : { ")
    if paper.hasVenueID {
      text.append(#""_id" : ""#)
      contents.ids.append(.venue, paper.venue, to: &text)
      text.append(#"", "name_d" : ""#)
      contents.names.append(venue: paper.venue, to: &text)
      text.append(
        contents.names.isJournal(paper.venue) ? #"", "type" : NumberInt(1), "# : #"", "type" : NumberInt(0), "#)
    }
    text.append(#""raw" : ""#)
    contents.append(venueNameOf: paper, to: &text)
    text.append(#"" }"#)
  }

  private func append(yearOf paper: PlannedPaper, to text: inout ByteText) {
    text.append(",\n  \"year\" : ")
    switch paper.yearForm {
    case .number:
      text.append("NumberInt(")
      text.append(decimal: paper.year)
      text.append(UInt8(ascii: ")"))
    case .decimal:
      text.append(decimal: paper.year)
      text.append(".0")
    case .text: contents.append("\"", text: paper.year, to: &text)
    case .empty: text.append(#""""#)
    case .zero: text.append("NumberInt(0)")
    case .minusOne: text.append("NumberInt(-1)")
    case .forthcoming: text.append(#""forthcoming""#)
    case .null: text.append("null")
    }
  }

  private func append(fieldsOf paper: PlannedPaper, _ draws: inout RandomGenerator, to text: inout ByteText) {
    if paper.fields.isEmpty, draws.chance(0.5) { return }
    text.append(",\n  \"keywords\" : ")
    contents.append(fieldNamesOf: paper, to: &text)
    text.append(",\n  \"fos\" : ")
    contents.append(fieldNamesOf: paper, to: &text)
  }

  private func append(
    editionOf paper: PlannedPaper, _ facts: SyntheticFacts, _ draws: inout RandomGenerator, to text: inout ByteText
  ) {
    if let pages = facts.pages {
      contents.append(",\n  \"page_start\" : \"", text: pages.first, to: &text)
      contents.append(",\n  \"page_end\" : \"", text: pages.last, to: &text)
    }
    text.append(",\n  \"lang\" : \"en\"")
    if let edition = facts.edition {
      contents.append(",\n  \"volume\" : \"", text: edition.volume, to: &text)
      contents.append(",\n  \"issue\" : \"", text: edition.issue, to: &text)
    } else {
      text.append(",\n  \"volume\" : \"null\",\n  \"issue\" : \"null\"")
    }
    text.append(",\n  \"issn\" : \"\",\n  \"isbn\" : \"\",\n  \"doi\" : \"")
    if facts.hasDOI { contents.append(doiOf: paper.number, to: &text) }
    text.append(draws.chance(0.5) ? "\",\n  \"pdf\" : null" : "\",\n  \"pdf\" : \"\"")
    text.append(",\n  \"url\" : [ \"http://example.org/")
    text.append(decimal: paper.number)
    text.append("\" ]")
  }

  private func append(referencesOf paper: PlannedPaper, to text: inout ByteText) {
    if paper.references.isEmpty { return }
    text.append(",\n  \"references\" : ")
    contents.append(hexadecimalReferencesOf: paper.references, to: &text)
  }
}
