import Foundation
import GroveKernels

/// One thread's part of reading a dump: batches in, waiting records out.
struct ImportWorker: ~Copyable {
  /// What the caller may choose about reading.
  struct Options: Sendable {
    /// Authors without an id become one node a normalized name.
    var keysAuthorsByName = false
    /// `&amp;` and its like in titles are decoded, once.
    var decodesEntities = false
    /// The first bad record ends the import.
    var isStrict = false
    /// Years up to the next one count as plausible.
    var currentYear = Calendar(identifier: .gregorian).component(.year, from: Date())
  }

  /// A bad record's place.
  struct Reject: Sendable {
    let batch: Int
    let line: Int
    let reason: String
  }

  /// What was in a batch.
  struct Batch: Sendable {
    let index: Int
    let member: Int
    let papers: Int
    let lines: Int
    let bad: Int
  }

  var counts = ReadCounts()
  /// Papers and line ends of each batch that was read.
  private(set) var batches: [Batch] = []
  /// The first bad records of each batch, five at most.
  private(set) var rejects: [Reject] = []

  let options: Options
  private let streams: ImportStreams
  var decoder: RecordDecoder
  private var tagged = TaggedText()
  private var papers: KeyedWriter
  private var references: KeyedWriter
  var affiliations: KeyedWriter
  var authors: EntityWriter
  var places: EntityWriter
  var venues: EntityWriter
  var fields: EntityWriter
  private var paperIDs: KeyedWriter
  var hierarchy: KeyedWriter
  var facts: KeyedWriter
  var abstracts: KeyedWriter
  var aliases: AliasWriter
  var columns: [Bytes] = []
  var texts: [UInt8] = []
  private var rejected: [UInt8] = []
  private var seen: [NodeKey] = []
  private var topics: [(key: NodeKey, weight: Float, name: NodeName?)] = []
  private var writers: [Writer] = []
  var scratch: [UInt8] = []
  var tally = Waiting.Tally()

  /// An author of the paper that is being taken.
  private struct Writer {
    let key: NodeKey
    let name: NodeName?
    let place: UInt32
    var affiliation: (key: NodeKey, name: NodeName?)?
  }

  private var batch = 0
  private var indexInBatch = 0

  init(_ streams: ImportStreams, _ options: Options) throws {
    self.options = options
    self.streams = streams
    decoder = try RecordDecoder()
    papers = KeyedWriter(streams.papers)
    references = KeyedWriter(streams.references)
    affiliations = KeyedWriter(streams.affiliations)
    authors = EntityWriter(streams, .author)
    places = EntityWriter(streams, .affiliation)
    venues = EntityWriter(streams, .venue)
    fields = EntityWriter(streams, .field)
    paperIDs = KeyedWriter(streams.paperIDs)
    hierarchy = KeyedWriter(streams.hierarchy)
    facts = KeyedWriter(streams.facts)
    abstracts = KeyedWriter(streams.abstracts)
    aliases = AliasWriter(streams)
  }

  // MARK: - Batches

  /// Reads all records of a batch.
  mutating func read(_ source: DumpBatch, place: String) throws {
    begin(source.index)
    var badInBatch = 0
    let content = source.content
    let lines = try content.forEachRecord(source.bytes) { record, line in
      guard case .bad(let reason) = try read(record, content, hint: source.hint) else { return }
      counts.bad += 1
      badInBatch += 1
      if options.isStrict {
        throw FormatFailure.bad(
          place, "line \(source.firstLine + line)", reason, do: "correct it, or import without --strict")
      }
      if badInBatch <= 5 { rejects.append(Reject(batch: source.index, line: line, reason: reason)) }
      rejected.append(contentsOf: "\(line)\t\(reason)\t".utf8)
      for byte in record { rejected.append(byte == 10 || byte == 13 ? 32 : byte) }
      rejected.append(10)
    }
    counts.unknownLines = tagged.unknownLines
    try end(member: source.member, lines: lines, bad: badInBatch)
  }

  /// Reads one record and takes what it holds.
  private mutating func read(
    _ record: Bytes, _ content: DumpContent, hint: RecordKind?
  ) throws -> AcademicJSON.Outcome {
    let outcome: AcademicJSON.Outcome
    switch content {
    case .json(let framing, let dialect):
      outcome = try decoder.decode(record, dialect, hint: hint)
      // Several records on a line of a file that has one a line elsewhere.
      if case .bad = outcome, framing == .lines, try takeObjects(of: record, dialect, hint: hint) {
        return .record(.other)
      }
    case .text(let framing):
      outcome = tagged.read(record, framing, &decoder.json.paper, &decoder.json.entity)
    case .table(let layout):
      let outcome = try take(row: record, of: layout)
      if case .record = outcome { counts.records += 1 }
      return outcome
    }
    try take(outcome, hint: hint)
    return outcome
  }

  /// Starts batch `index`.
  mutating func begin(_ index: Int) {
    batch = index
    indexInBatch = 0
    texts.reserveCapacity(DumpReader.batchSize / 2)
    rejected.removeAll(keepingCapacity: true)
  }

  /// Ends the batch: what it holds is written.
  mutating func end(member: Int, lines: Int, bad: Int = 0) throws {
    try streams.rows.put(texts, count: indexInBatch, batch: batch)
    texts = []
    try rejected.withUnsafeBytes { try streams.rejects.write($0, partition: batch) }
    batches.append(Batch(index: batch, member: member, papers: indexInBatch, lines: lines, bad: bad))
  }

  /// Sends everything on that still waits here.
  mutating func finish() throws {
    try papers.finish()
    try references.finish()
    try affiliations.finish()
    try authors.finish()
    try places.finish()
    try venues.finish()
    try fields.finish()
    try paperIDs.finish()
    try hierarchy.finish()
    try facts.finish()
    try abstracts.finish()
    try aliases.finish()
  }

  /// Takes a line apart that holds several objects; false where it does not, or one of them is bad.
  private mutating func takeObjects(of line: Bytes, _ dialect: JSONDialect, hint: RecordKind?) throws -> Bool {
    var scanner = ObjectScanner()
    var pieces: [Bytes] = []
    var place = 0
    while let start = line[place...].firstIndex(of: 0x7b) {
      guard let end = scanner.endOfObject(line, from: start) else { return false }
      pieces.append(Bytes(rebasing: line[start..<end]))
      place = end
    }
    guard pieces.count > 1 else { return false }
    for piece in pieces { if case .bad = try decoder.decode(piece, dialect, hint: hint) { return false } }
    for piece in pieces { try take(try decoder.decode(piece, dialect, hint: hint), hint: hint) }
    return true
  }

  private mutating func take(_ outcome: AcademicJSON.Outcome, hint: RecordKind?) throws {
    guard case .record(let kind) = outcome else { return }
    counts.records += 1
    // Moved out and back: a method may not look into the decoder while it changes its owner.
    var entity = EntityRecord()
    swap(&entity, &decoder.json.entity)
    defer { swap(&entity, &decoder.json.entity) }
    switch kind {
    case .paper:
      var paper = PaperRecord()
      swap(&paper, &decoder.json.paper)
      defer { swap(&paper, &decoder.json.paper) }
      try take(paper)
    case .author: try take(author: entity)
    case .venue: try venues.declare(entity.id, entity.name)
    case .affiliation: try places.declare(entity.id, entity.name)
    case .field: try take(field: entity)
    case .link:
      counts.links += 1
      let link = decoder.json.link
      try take(alias: link.from.key, for: link.to, of: hint ?? .paper, reason: Identities.linked)
    case .other: counts.others += 1
    }
  }

  // MARK: - Records

  /// Takes a paper.
  mutating func take(_ paper: PaperRecord) throws {
    let sequence = UInt64(batch) << 24 | UInt64(indexInBatch)
    indexInBatch += 1
    tally = Waiting.Tally()
    tally.lacksYear = paper.year == 0
    tally.isYearOutOfRange = paper.year != 0 && (paper.year < 1600 || Int(paper.year) > options.currentYear + 1)
    tally.hasAbstract = !paper.abstract.isEmpty
    let key = paper.id.key
    try papers.append(
      key, sequence, detail: Waiting.detail(year: paper.year, hasAbstract: !paper.abstract.isEmpty))
    try take(references: paper.references, of: key, sequence)
    try take(authors: paper.authors, sequence, year: paper.year)
    for (author, id, name) in paper.furtherAffiliations {
      try places.name(id, name)
      guard let author = paper.authors[author].id else { continue }
      try affiliations.append(author.key, sequence, detail: UInt32(bitPattern: paper.year), with: id.key)
    }
    try take(venueOf: paper, sequence)
    try take(topics: paper.topics, sequence)
    for (child, parent, name) in paper.fieldParents { try take(parent: parent, name, of: child) }
    append(textsOf: paper)
  }

  private mutating func take(references list: [Identifier], of key: NodeKey, _ sequence: UInt64) throws {
    seen.removeAll(keepingCapacity: true)
    for reference in list {
      let target = reference.key
      if target == key {
        tally.selfReferences += 1
        continue
      }
      // Few references: a look through all; many: they are sorted out below.
      if list.count <= 64, seen.contains(target) {
        tally.repeatedReferences += 1
        continue
      }
      seen.append(target)
      if target.isLong, let text = reference.text {
        try paperIDs.append(target, name: Bytes(start: nil, count: 0), id: text)
      }
    }
    if list.count > 64 {
      seen.sort()
      tally.repeatedReferences += UInt32(seen.dropRepeats(where: ==))
    }
    for target in seen { try references.append(target, sequence) }
  }

  private mutating func take(authors: [PaperRecord.Author], _ sequence: UInt64, year: Int32) throws {
    writers.removeAll(keepingCapacity: true)
    for (place, author) in authors.enumerated() {
      let id: Identifier
      if let given = author.id {
        id = given
      } else {
        tally.authorsWithoutID += 1
        guard options.keysAuthorsByName, let key = nameKey(author.name) else { continue }
        id = Identifier(key: key, text: nil)
      }
      let affiliation =
        author.affiliationID ?? nameKey(author.affiliationName).map { Identifier(key: $0, text: nil) }
      writers.append(
        Writer(
          key: id.key, name: self.authors.told(id, author.name), place: UInt32(clamping: place),
          affiliation: affiliation.map { ($0.key, places.told($0, author.affiliationName)) }))
    }
    for writer in writers {
      if let name = writer.name { try self.authors.send(name) }
      try self.authors.mention(key: writer.key, sequence, detail: writer.place)
      guard let affiliation = writer.affiliation else { continue }
      if let name = affiliation.name { try places.send(name) }
      try affiliations.append(
        writer.key, sequence, detail: UInt32(bitPattern: year), with: affiliation.key)
    }
  }

  private mutating func take(venueOf paper: PaperRecord, _ sequence: UInt64) throws {
    if let id = paper.venueID {
      try venues.mention(id, paper.venueName, sequence, detail: 0)
    } else if let key = nameKey(paper.venueName) {
      tally.lacksVenueID = true
      try venues.mention(Identifier(key: key, text: nil), paper.venueName, sequence, detail: 0)
    }
  }

  private mutating func take(topics list: [PaperRecord.Topic], _ sequence: UInt64) throws {
    topics.removeAll(keepingCapacity: true)
    for topic in list {
      let key = topic.id?.key ?? NodeKey(id: topic.name)
      if let known = topics.firstIndex(where: { $0.key == key }) {
        topics[known].weight = max(topics[known].weight, topic.weight)
        continue
      }
      // A field without an id has its name for one.
      let name =
        if let id = topic.id { fields.told(id, topic.name) } else {
          fields.told(Identifier(key: key, text: topic.name), Bytes(start: nil, count: 0))
        }
      topics.append((key, topic.weight, name))
    }
    for topic in topics {
      if let name = topic.name { try fields.send(name) }
      try fields.mention(key: topic.key, sequence, detail: topic.weight.bitPattern)
    }
  }

  /// Takes a paper of a store.
  mutating func take(stored paper: StoredPaper, longIDs: [NodeKey: String]) throws {
    tally = Waiting.Tally()
    let sequence = UInt64(batch) << 24 | UInt64(indexInBatch)
    indexInBatch += 1
    try papers.append(
      paper.key, sequence, detail: Waiting.detail(year: paper.year, hasAbstract: !paper.texts[1].isEmpty))
    for target in paper.references {
      try references.append(target, sequence)
      if var text = longIDs[target] {
        try text.withUTF8 { try paperIDs.append(target, name: Bytes(start: nil, count: 0), id: $0) }
      }
    }
    for author in paper.authors { try authors.mention(key: author.key, sequence, detail: author.place) }
    for venue in paper.venues { try venues.mention(key: venue, sequence, detail: 0) }
    for topic in paper.topics { try fields.mention(key: topic.key, sequence, detail: topic.weight) }
    let id = paper.key.isLong ? paper.id : ""
    let list = [paper.texts[0], paper.texts[2], paper.texts[3], paper.texts[4], id, paper.texts[1]]
    Array(list.joined().utf8).withUnsafeBufferPointer { joined in
      var start = 0
      append(
        key: paper.key, year: paper.year, citations: paper.citationCount, authors: paper.authorCount,
        texts: InlineArray { place in
          let range = start..<(start + list[place].utf8.count)
          start = range.upperBound
          return Bytes(rebasing: joined[range])
        })
    }
  }

  mutating func nameKey(_ name: Bytes) -> NodeKey? {
    if name.isEmpty { return nil }
    NameNormalizer.normalize(name, into: &scratch)
    return scratch.isEmpty ? nil : scratch.withUnsafeBufferPointer { NodeKey(name: $0) }
  }
}
