import GroveKernels

/// Records of OAG v2: the papers, authors and venues of AMiner and of MAG, and pairs that link what is the same.
///
/// Three of four papers are on both sides, a fifth on MAG's alone and a twentieth on AMiner's alone; a record refers to papers of
/// its own side, so a citation between papers without a common side is lost. All authors and venues are on both sides
/// and linked. Bad lines and repeats befall one side: AMiner's where the paper is there. An author's record lists the
/// paper that the author came with, where its side has it.
///
/// - Source: specification of the OAG formats, section 1.2.
struct OAGV2Records: SyntheticDialect {
  static let files = [
    "aminer_papers_0.txt", "mag_papers_0.txt", "aminer_authors_0.txt", "mag_authors_0.txt", "aminer_venues.txt",
    "mag_venues.txt", "paper_linking_pairs.txt", "author_linking_pairs.txt", "venue_linking_pairs.txt",
  ]
  static let counted: [DialectCount] = [
    .aminerPapers, .magPapers, .aminerOnlyPapers, .magOnlyPapers, .paperLinks, .authorLinks, .venueLinks,
    .danglingLinks, .conflictingLinks, .textualLinks, .aminerCitations, .magCitations, .unlistedCitations, .abstracts,
  ]

  /// The halves of the graph.
  struct Sides: OptionSet {
    let rawValue: Int
    static let aminer = Sides(rawValue: 1)
    static let mag = Sides(rawValue: 2)
  }

  let contents: SyntheticContents
  private var index = TokenIndex()

  init(contents: SyntheticContents) { self.contents = contents }

  /// Where a paper has records.
  func sides(of paper: Int) -> Sides {
    var draws = contents.sideStream.draws(at: paper)
    let share = draws.unit()
    return share < 0.05 ? .aminer : share < 0.25 ? .mag : [.aminer, .mag]
  }

  /// AMiner's id where there is one.
  func append(labeledID paper: Int, to text: inout ByteText) {
    if sides(of: paper).contains(.aminer) {
      contents.ids.append(.paper, paper, to: &text)
    } else {
      text.append(decimal: contents.ids.integer(.paper, paper))
    }
  }

  mutating func append(
    _ paper: PlannedPaper, isFirst: Bool, to texts: inout [ByteText], _ counts: inout DialectCounts
  ) {
    let sides = sides(of: paper.number)
    if sides.contains(.aminer) {
      append(aminer: paper, to: &texts[0], &counts)
      texts[0].append("\n")
    }
    if sides.contains(.mag) {
      append(mag: paper, to: &texts[1], &counts)
      texts[1].append("\n")
    }
    appendLinks(of: paper, sides, to: &texts[6], &counts)
  }

  mutating func appendRepeat(of paper: PlannedPaper, to texts: inout [ByteText]) {
    var counts = DialectCounts([])
    if sides(of: paper.number).contains(.aminer) {
      append(aminer: paper, to: &texts[0], &counts)
      texts[0].append("\n")
    } else {
      append(mag: paper, to: &texts[1], &counts)
      texts[1].append("\n")
    }
  }

  mutating func appendBadRecord(of paper: PlannedPaper, to texts: inout [ByteText]) {
    let file = sides(of: paper.number).contains(.aminer) ? 0 : 1
    let start = texts[file].count
    appendRepeat(of: paper, to: &texts)
    texts[file].cut(from: start, contents.plan.mishapDraws(after: paper.number))
    texts[file].append("\n")
  }

  // MARK: - Papers

  private func append(aminer paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    let facts = contents.facts(of: paper)
    text.append(#"{"id":""#)
    contents.ids.append(.paper, paper.number, to: &text)
    text.append(UInt8(ascii: "\""))
    appendHead(of: paper, to: &text) { number, text in
      text.append(UInt8(ascii: "\""))
      contents.ids.append(.author, number, to: &text)
      text.append(UInt8(ascii: "\""))
    }
    text.append(#","venue":{"#)
    if paper.hasVenueID {
      text.append(#""id":""#)
      contents.ids.append(.venue, paper.venue, to: &text)
      text.append(#"","#)
    }
    appendBody(of: paper, facts, to: &text)
    if !paper.fields.isEmpty {
      text.append(#","keywords":"#)
      contents.append(fieldNamesOf: paper, to: &text)
    }
    let references = listed(paper, on: .aminer)
    if !references.isEmpty {
      text.append(#","references":"#)
      contents.append(hexadecimalReferencesOf: references, to: &text)
    }
    let start = text.count
    text.append(#","abstract":""#)
    if contents.append(abstractOf: paper, to: &text) {
      text.append(UInt8(ascii: "\""))
      if sides(of: paper.number).contains(.aminer) { counts.add(.abstracts) }
    } else {
      text.truncate(to: start)
    }
    text.append(UInt8(ascii: "}"))
  }

  private mutating func append(mag paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    let facts = contents.facts(of: paper)
    text.append(#"{"id":"#)
    text.append(decimal: contents.ids.integer(.paper, paper.number))
    appendHead(of: paper, to: &text) { number, text in
      text.append(decimal: contents.ids.integer(.author, number))
    }
    text.append(#","venue":{"#)
    if paper.hasVenueID {
      text.append(#""id":"#)
      text.append(decimal: contents.ids.integer(.venue, paper.venue))
      text.append(UInt8(ascii: ","))
    }
    appendBody(of: paper, facts, to: &text)
    if !paper.fields.isEmpty { contents.append(fieldsOf: paper, to: &text) }
    let references = listed(paper, on: .mag)
    if !references.isEmpty {
      text.append(#","references":["#)
      for (place, reference) in references.enumerated() {
        if place > 0 { text.append(UInt8(ascii: ",")) }
        text.append(decimal: contents.integer(reference))
      }
      text.append(UInt8(ascii: "]"))
    }
    if index.read(abstractOf: paper, in: contents) {
      text.append(#","indexed_abstract":"#)
      index.append(wrappedTo: &text)
      if !sides(of: paper.number).contains(.aminer) { counts.add(.abstracts) }
    }
    text.append(UInt8(ascii: "}"))
  }

  /// Title and authors.
  private func appendHead(
    of paper: PlannedPaper, to text: inout ByteText, _ appendID: (Int, inout ByteText) -> Void
  ) {
    text.append(#","title":""#)
    contents.append(titleOf: paper, to: &text)
    text.append(#"","authors":["#)
    for (place, author) in paper.authors.enumerated() {
      if place > 0 { text.append(UInt8(ascii: ",")) }
      contents.append(nameAndPlaceOf: author, to: &text)
      if let number = author.number {
        text.append(#","id":"#)
        appendID(number, &text)
      }
      text.append(UInt8(ascii: "}"))
    }
    text.append(UInt8(ascii: "]"))
  }

  /// The rest of the venue, the year and what no graph needs.
  private func appendBody(of paper: PlannedPaper, _ facts: SyntheticFacts, to text: inout ByteText) {
    text.append(#""raw":""#)
    contents.append(venueNameOf: paper, to: &text)
    text.append(#""}"#)
    contents.append(yearOf: paper, to: &text)
    text.append(#","n_citation":"#)
    text.append(decimal: facts.citationCount)
    if let pages = facts.pages {
      contents.append(#","page_start":""#, text: pages.first, to: &text)
      contents.append(#","page_end":""#, text: pages.last, to: &text)
    }
    if paper.hasVenueID {
      text.append(contents.names.isJournal(paper.venue) ? #","doc_type":"Journal""# : #","doc_type":"Conference""#)
    }
    if let edition = facts.edition {
      contents.append(#","volume":""#, text: edition.volume, to: &text)
      contents.append(#","issue":""#, text: edition.issue, to: &text)
    }
    text.append(#","lang":"en""#)
    if facts.hasDOI {
      text.append(#","doi":""#)
      contents.append(doiOf: paper.number, to: &text)
      text.append(UInt8(ascii: "\""))
    }
  }

  /// The references that a record of a side lists: to papers of that side, and to none.
  func listed(_ paper: PlannedPaper, on side: Sides) -> [PlannedPaper.Reference] {
    paper.references.filter { $0.kind == .dangling || sides(of: $0.number).contains(side) }
  }
}
