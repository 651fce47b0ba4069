import GroveKernels

/// Records of S2ORC's metadata: JSON lines in which every key is there and null stands for what is unknown.
///
/// `inbound_citations` lists those of the next 63 papers that cite a paper: part of what `outbound_citations` say.
///
/// - Source: specification of the OAG formats, section 1.8.
struct S2ORCRecords: FramedDialect {
  static let files = ["metadata_0.jsonl"]
  static let carried: CarriedFacts = [.venueNames, .fields]
  static let counted: [DialectCount] = [.inboundCitations, .abstracts]

  let contents: SyntheticContents
  /// Plans of the last papers that were looked at, by number modulo their count.
  private var plans = [PlannedPaper](repeating: PlannedPaper(number: -1), count: 128)
  private static let lookAhead = 63
  private var scratch = ByteText(capacity: 256)

  init(contents: SyntheticContents) { self.contents = contents }

  func append(labeledID paper: Int, to text: inout ByteText) {
    text.append(decimal: contents.ids.integer(.paper, paper))
  }

  mutating func append(record paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    var draws = contents.formDraws(of: paper)
    let facts = contents.facts(of: paper)
    contents.append(#"{"paper_id":""#, text: contents.ids.integer(.paper, paper.number), to: &text)
    text.append(#","title":""#)
    contents.append(titleOf: paper, to: &text)
    text.append(#"","authors":["#)
    for (place, author) in paper.authors.enumerated() {
      if place > 0 { text.append(UInt8(ascii: ",")) }
      append(author, to: &text)
    }
    append(abstractOf: paper, to: &text, &counts)
    text.append(#","year":"#)
    if let year = paper.knownYear { text.append(decimal: year) } else { text.append("null") }
    text.append(#","arxiv_id":null,"acl_id":null,"pmc_id":null,"pubmed_id":null,"doi":"#)
    if facts.hasDOI {
      text.append(UInt8(ascii: "\""))
      contents.append(doiOf: paper.number, to: &text)
      text.append(UInt8(ascii: "\""))
    } else {
      text.append("null")
    }
    append(venueOf: paper, to: &text)
    if draws.chance(0.06) {
      text.append(#","mag_id":null"#)
    } else {
      contents.append(#","mag_id":""#, text: contents.ids.integer(.paper, paper.number), to: &text)
    }
    text.append(#","mag_field_of_study":"#)
    if paper.fields.isEmpty { text.append("null") } else { contents.append(fieldNamesOf: paper, to: &text) }
    appendCitations(of: paper, to: &text, &counts)
    let isParsed = draws.chance(0.2)
    text.append(isParsed ? #","has_pdf_parse":true"# : #","has_pdf_parse":false"#)
    if isParsed { text.append(#","has_pdf_parsed_abstract":true,"has_pdf_parsed_body_text":false"#) }
    text.append(UInt8(ascii: "}"))
  }

  /// The parts of a name stand between its spaces.
  private mutating func append(_ author: PlannedPaper.Author, to text: inout ByteText) {
    scratch.truncate(to: 0)
    contents.names.append(person: author.name, to: &scratch)
    text.append(#"{"first":""#)
    var spaces = 0
    for place in 0..<scratch.count {
      guard scratch[place] == UInt8(ascii: " ") else {
        text.append(scratch[place])
        continue
      }
      text.append(spaces == 0 ? #"","middle":[""# : #""],"last":""#)
      spaces += 1
    }
    text.append(#"","suffix":""}"#)
  }

  private func append(abstractOf paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    text.append(#"],"abstract":"#)
    let start = text.count
    text.append(UInt8(ascii: "\""))
    if contents.append(abstractOf: paper, to: &text) {
      counts.add(.abstracts)
      return text.append(UInt8(ascii: "\""))
    }
    text.truncate(to: start)
    text.append("null")
  }

  private func append(venueOf paper: PlannedPaper, to text: inout ByteText) {
    let isJournal = paper.hasVenueID && contents.names.isJournal(paper.venue)
    text.append(isJournal ? #","venue":null,"journal":""# : #","venue":""#)
    contents.append(venueNameOf: paper, to: &text)
    text.append(isJournal ? "\"" : #"","journal":null"#)
  }

  private mutating func appendCitations(
    of paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts
  ) {
    text.append(#","outbound_citations":["#)
    for (place, reference) in paper.references.enumerated() {
      contents.append(place == 0 ? "\"" : ",\"", text: contents.integer(reference), to: &text)
    }
    text.append(#"],"inbound_citations":["#)
    var inbound = 0
    let end = min(paper.number + Self.lookAhead, contents.plan.papers - 1)
    for later in paper.number..<end {
      let citing = plan(later + 1)
      guard plans[citing].references.contains(.init(kind: .citation, number: paper.number)) else { continue }
      contents.append(inbound == 0 ? "\"" : ",\"", text: contents.ids.integer(.paper, later + 1), to: &text)
      inbound += 1
    }
    counts.add(.inboundCitations, inbound)
    text.append(paper.references.isEmpty ? #"],"has_outbound_citations":false"# : #"],"has_outbound_citations":true"#)
    text.append(inbound == 0 ? #","has_inbound_citations":false"# : #","has_inbound_citations":true"#)
  }

  /// Where the plan of a paper lies, made if it is not there.
  private mutating func plan(_ number: Int) -> Int {
    let place = number % plans.count
    if plans[place].number != number { contents.plan.plan(number, into: &plans[place]) }
    return place
  }
}
