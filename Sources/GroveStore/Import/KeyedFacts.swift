import Foundation
import GroveKernels

/// What tables tell of papers in rows of their own — references, authors, topics, abstracts — joined to the papers by
/// key, a partition at a time, and sent on as if the papers' records had told it.
///
/// A fact is a pair of keys, its kind in place of the sequence. Repeated ones count once; those of papers that are not
/// there are counted. Source: specification of the OAG formats, section 1.6, checks 26 and 27 of 6.1.
struct KeyedFacts {
  /// The paper refers to the other key's.
  static let reference: UInt64 = 0
  /// The other key's author has the detail's place among the authors.
  static let author: UInt64 = 1
  /// The author at the detail's place worked at the other key's affiliation.
  static let affiliation: UInt64 = 2
  /// The paper is in the other key's field, the detail the bits of a weight.
  static let topic: UInt64 = 3
  /// The author at the detail's place has no id.
  static let nobody: UInt64 = 4

  /// Rows of papers that have no record.
  private(set) var orphans = 0
  private(set) var selfReferences = 0
  private(set) var authorsWithoutID = 0
  /// Abstracts by range of `PaperAbstracts`, nil where none came by themselves.
  let abstracts: PaperAbstracts?
  /// Authors of each record that has any here, by ordinal; nil where no table lists authors.
  let authorCounts: AuthorCounts?

  private struct Fact {
    var paper: UInt32
    var place: UInt32
    var key: NodeKey
  }

  /// Sends the facts of `streams` on.
  ///
  /// - Parameter numbers: of all records of papers.
  /// - Complexity: O(facts log(facts of a partition)) time; memory for one partition a thread.
  init(_ streams: ImportStreams, _ numbers: PaperNumbers) throws {
    guard streams.facts.recordCount + streams.abstracts.recordCount > 0 else {
      (abstracts, authorCounts) = (nil, nil)
      return
    }
    let abstracts = PaperAbstracts(streams, numbers)
    let counts = try AuthorCounts(streams.folder, count: numbers.recordCount)
    let parts = try Parallel.map(Spill.partitionCount) { partition in
      try KeyedFacts.join(partition, streams, numbers, abstracts, counts)
    }
    for part in parts {
      orphans += part.orphans
      selfReferences += part.selfReferences
      authorsWithoutID += part.nobodies
    }
    self.abstracts = streams.abstracts.recordCount > 0 ? abstracts : nil
    authorCounts = counts
  }

  private static func join(
    _ partition: Int, _ streams: ImportStreams, _ numbers: PaperNumbers, _ abstracts: PaperAbstracts,
    _ counts: AuthorCounts
  ) throws -> (orphans: Int, selfReferences: Int, nobodies: Int) {
    var table = KeyTable(capacity: 1024)
    var papers: [(key: NodeKey, sequence: UInt64, detail: UInt32)] = []
    try streams.papers.withBlocks(partition, keeping: true) { blocks in
      KeyedRecords.forEach(in: blocks) { key, sequence, detail in
        let place = Int(table.insert(key, UInt32(papers.count)))
        if place == papers.count {
          papers.append((key, sequence, detail))
        } else if sequence < papers[place].sequence {
          papers[place] = (key, sequence, detail)
        }
      }
    }
    var references = KeyedWriter(streams.references)
    var topics = KeyedWriter(streams.mentions[EntityKind.field.rawValue])
    var authors: [Fact] = []
    var places: [Fact] = []
    var result = (orphans: 0, selfReferences: 0, nobodies: 0)
    try streams.facts.withBlocks(partition) { blocks in
      try KeyedRecords.forEachPair(in: blocks) { key, kind, detail, other in
        let paper = table.value(of: key)
        guard paper != KeyTable.none else {
          result.orphans += 1
          return
        }
        switch kind {
        case reference:
          if other == key {
            result.selfReferences += 1
          } else {
            try references.append(other, papers[Int(paper)].sequence)
          }
        case topic: try topics.append(other, papers[Int(paper)].sequence, detail: detail)
        case author: authors.append(Fact(paper: paper, place: detail, key: other))
        case affiliation: places.append(Fact(paper: paper, place: detail, key: other))
        default:
          result.nobodies += 1
          counts.add(numbers.ordinal(papers[Int(paper)].sequence), place: detail, isIdentified: false)
        }
      }
    }
    try references.finish()
    try topics.finish()
    try send(authors, places, papers, numbers, streams, counts)
    try abstracts.take(partition, table, papers)
    return result
  }

  /// Sends authors on, each once a place, and where they worked.
  private static func send(
    _ authors: [Fact], _ places: [Fact], _ papers: [(key: NodeKey, sequence: UInt64, detail: UInt32)],
    _ numbers: PaperNumbers, _ streams: ImportStreams, _ counts: AuthorCounts
  ) throws {
    let authors = sortedOnce(authors)
    let places = sortedOnce(places)
    var mentions = KeyedWriter(streams.mentions[EntityKind.author.rawValue])
    var affiliations = KeyedWriter(streams.affiliations)
    var next = 0
    for fact in authors {
      let paper = papers[Int(fact.paper)]
      try mentions.append(fact.key, paper.sequence, detail: fact.place)
      counts.add(numbers.ordinal(paper.sequence), place: fact.place, isIdentified: true)
      while next < places.count, (places[next].paper, places[next].place) < (fact.paper, fact.place) { next += 1 }
      var place = next
      while place < places.count, places[place].paper == fact.paper, places[place].place == fact.place {
        try affiliations.append(
          fact.key, paper.sequence, detail: paper.detail & 0xff_ffff, with: places[place].key)
        place += 1
      }
    }
    try mentions.finish()
    try affiliations.finish()
  }

  private static func sortedOnce(_ facts: [Fact]) -> [Fact] {
    var facts = facts.sorted { ($0.paper, $0.place, $0.key) < ($1.paper, $1.place, $1.key) }
    facts.dropRepeats { $0.paper == $1.paper && $0.place == $1.place && $0.key == $1.key }
    return facts
  }
}

/// How many authors tables list for each record of a paper: eight bytes a record in a file that has no name.
final class AuthorCounts: @unchecked Sendable {
  // Sendable because the counts of one partition are changed by one thread, and read after all are.
  private let start: UnsafeMutableRawPointer
  private let byteCount: Int

  init(_ folder: String, count: Int) throws {
    byteCount = max(1, count) * MemoryLayout<Counts>.stride
    let path = "\(folder)/author-counts.\(UInt32.random(in: 1...UInt32.max))"
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileFailure.cannotCreate(path: path, code: errno) }
    defer { close(descriptor) }
    unlink(path)
    let code = posix_fallocate(descriptor, 0, off_t(byteCount))
    guard code == 0 else { throw FileFailure.cannotWrite(path: path, code: code) }
    let mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let mapped, mapped != MAP_FAILED else { throw FileFailure.cannotCreate(path: path, code: errno) }
    start = mapped
  }

  deinit { munmap(start, byteCount) }

  /// What the tables tell of a record: how many authors it has at least, and how many of them have an id.
  struct Counts: BitwiseCopyable {
    var authors: UInt32
    var identified: UInt32
  }

  /// A record has an author at a place.
  func add(_ ordinal: UInt32, place: UInt32, isIdentified: Bool) {
    var counts = self[ordinal]
    counts.authors = max(counts.authors, place + 1)
    counts.identified += isIdentified ? 1 : 0
    start.storeBytes(of: counts, toByteOffset: Int(ordinal) * MemoryLayout<Counts>.stride, as: Counts.self)
  }

  subscript(ordinal: UInt32) -> Counts {
    start.load(fromByteOffset: Int(ordinal) * MemoryLayout<Counts>.stride, as: Counts.self)
  }
}
