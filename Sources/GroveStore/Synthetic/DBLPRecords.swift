import GroveKernels

/// Records of DBLP-Citation-network V12: whole numbers for ids, abstracts as inverted indices.
///
/// A title is drawn behind what is drawn for authors without id, so that one title in 25 is another than in other
/// dialects; V11 has the titles of V12.
struct DBLPRecords: FramedDialect {
  static let files = ["dblp.v12.json"]
  static let listsFiles = false
  static let mishaps: [SyntheticPlan.Mishap] = [.duplicate, .badLine]
  static let opening: StaticString = "[\r\n"
  static let before: StaticString = ","
  static let after: StaticString = "\r\n"
  static let closing: StaticString = "]\r\n"

  let contents: SyntheticContents
  /// Whether these are records of V11, where ids are strings.
  var quotesIDs = false
  /// Which words of an abstract stand where; used again and again.
  private var positions: InvertedPositions

  init(contents: SyntheticContents) {
    self.contents = contents
    positions = InvertedPositions(words: SyntheticWords.all)
  }

  func append(labeledID paper: Int, to text: inout ByteText) {
    text.append(decimal: contents.ids.integer(.paper, paper))
  }

  mutating func append(record paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    var draws = contents.wordDraws(of: paper)
    text.append(#"{"id":"#)
    append(id: contents.ids.integer(.paper, paper.number), to: &text)
    text.append(#","authors":["#)
    for (place, author) in paper.authors.enumerated() {
      if place > 0 { text.append(UInt8(ascii: ",")) }
      append(author, &draws, to: &text)
    }
    text.append(#"],"title":""#)
    contents.words.append(titleOf: paper, in: contents.plan, &draws, to: &text)
    text.append(UInt8(ascii: "\""))
    contents.append(yearOf: paper, to: &text)
    contents.append(citationCountOf: paper, &draws, to: &text)
    append(editionOf: paper, &draws, to: &text)
    contents.append(doiOf: paper, known: 0.4, &draws, to: &text)
    append(referencesOf: paper, to: &text)
    if draws.chance(0.62) { append(abstractOf: paper, &draws, to: &text) }
    if !paper.fields.isEmpty { contents.append(fieldsOf: paper, to: &text) }
    append(venueOf: paper, to: &text)
    text.append(UInt8(ascii: "}"))
  }

  private func append(id: Int, to text: inout ByteText) {
    if quotesIDs { text.append(UInt8(ascii: "\"")) }
    text.append(decimal: id)
    if quotesIDs { text.append(UInt8(ascii: "\"")) }
  }

  private func append(_ author: PlannedPaper.Author, _ draws: inout RandomGenerator, to text: inout ByteText) {
    contents.append(nameAndPlaceOf: author, to: &text)
    if let number = author.number {
      text.append(#","id":"#)
      append(id: contents.ids.integer(.author, number), to: &text)
    } else if draws.chance(0.5) {
      text.append(#","id":"""#)
    }
    text.append(UInt8(ascii: "}"))
  }

  private func append(editionOf paper: PlannedPaper, _ draws: inout RandomGenerator, to text: inout ByteText) {
    let isPaged = draws.chance(0.85)
    let page = 1 + draws.below(900)
    text.append(#","page_start":""#)
    if isPaged { text.append(decimal: page) }
    text.append(#"","page_end":""#)
    if isPaged { text.append(decimal: page + 4 + draws.below(16)) }
    text.append(#"","doc_type":""#)
    let isJournal = contents.names.isJournal(paper.venue)
    if paper.hasVenueID { text.append(isJournal ? "Journal" : "Conference") }
    text.append(#"","publisher":""#)
    if draws.chance(0.5) { text.append(isJournal ? "Imaginary Press" : "Society for Made-Up Things") }
    text.append(#"","volume":"#)
    append(number: 1 + draws.below(60), known: isJournal && paper.hasVenueID, &draws, to: &text)
    text.append(#","issue":"#)
    append(number: 1 + draws.below(12), known: isJournal && paper.hasVenueID, &draws, to: &text)
  }

  private func append(number: Int, known: Bool, _ draws: inout RandomGenerator, to text: inout ByteText) {
    guard known else { return contents.appendNothing(&draws, to: &text) }
    text.append(UInt8(ascii: "\""))
    text.append(decimal: number)
    text.append(UInt8(ascii: "\""))
  }

  private func append(referencesOf paper: PlannedPaper, to text: inout ByteText) {
    if paper.references.isEmpty { return }
    text.append(#","references":["#)
    for (place, reference) in paper.references.enumerated() {
      if place > 0 { text.append(UInt8(ascii: ",")) }
      append(id: contents.integer(reference), to: &text)
    }
    text.append(UInt8(ascii: "]"))
  }

  private mutating func append(
    abstractOf paper: PlannedPaper, _ draws: inout RandomGenerator, to text: inout ByteText
  ) {
    let length = 60 + draws.below(121)
    // Some indices have gaps; rarely a position lies outside.
    let hasGaps = draws.chance(0.06)
    let goesBeyond = draws.chance(0.002)
    positions.clear()
    for place in 0..<length {
      let word = contents.words.draw(for: paper, own: 0.2, in: contents.plan, &draws)
      if hasGaps, draws.chance(0.1) { continue }
      positions.add(word, at: place)
    }
    if goesBeyond { positions.add(0, at: length + 2) }
    text.append(#","indexed_abstract":{"#)
    text.append(#""IndexLength":"#)
    text.append(decimal: length)
    text.append(#","InvertedIndex":{"#)
    positions.append(to: &text)
    text.append("}}")
  }

  private func append(venueOf paper: PlannedPaper, to text: inout ByteText) {
    text.append(#","venue":{"raw":""#)
    guard paper.hasVenueID else {
      contents.names.append(rawVenue: paper.venue, to: &text)
      return text.append(#""}"#)
    }
    contents.names.append(venue: paper.venue, to: &text)
    text.append(#"","id":"#)
    append(id: contents.ids.integer(.venue, paper.venue), to: &text)
    text.append(contents.names.isJournal(paper.venue) ? #","type":"J"}"# : #","type":"C"}"#)
  }
}

/// The places of each word of one text, in chains through arrays that are used again.
private struct InvertedPositions {
  private var heads: [Int] = []
  private var entries: [(word: Int, place: Int, next: Int)] = []
  /// The last entry of each word; right only where that entry is of the word.
  private var tails: [Int]
  /// `"word":[` of each word.
  private let openings: [Piece]
  /// Places as text, which is shorter work than writing digits.
  private let numbers = (0..<256).map { Piece("\($0)") }

  init(words: [String]) {
    tails = [Int](repeating: 0, count: words.count)
    openings = words.map { Piece("\"\($0)\":[") }
  }

  mutating func clear() {
    heads.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
  }

  mutating func add(_ word: Int, at place: Int) {
    let tail = tails[word]
    if tail < entries.count, entries[tail].word == word {
      entries[tail].next = entries.count
    } else {
      heads.append(entries.count)
    }
    tails[word] = entries.count
    entries.append((word, place, -1))
  }

  /// Adds `"word":[places],…`.
  func append(to text: inout ByteText) {
    for head in heads {
      text.append(openings[entries[head].word])
      var entry = head
      while entry >= 0 {
        if entry != head { text.append(UInt8(ascii: ",")) }
        text.append(numbers[entries[entry].place])
        entry = entries[entry].next
      }
      text.append("],")
    }
    if !heads.isEmpty { text.truncate(to: text.count - 1) }
  }
}
