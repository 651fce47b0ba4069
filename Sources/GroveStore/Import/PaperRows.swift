import Foundation
import GroveKernels

/// Rows of papers on their way from the readers to the database, in the order of batches whoever reads them.
///
/// A reader that is far ahead waits, so that only a few batches are held.
final class PaperRowQueue: @unchecked Sendable {
  // Sendable because everything is only touched while `condition` is locked.
  private static let ahead = 8

  private let condition = NSCondition()
  private var waiting: [Int: (rows: [UInt8], count: Int)] = [:]
  private var nextBatch = 0
  private var isClosed = false

  /// Hands over the rows of a batch, of `count` papers.
  ///
  /// - Throws: `Closed` where the other side has given up.
  func put(_ rows: [UInt8], count: Int, batch: Int) throws {
    condition.lock()
    defer { condition.unlock() }
    while !isClosed && batch >= nextBatch + PaperRowQueue.ahead { condition.wait() }
    if isClosed { throw Closed() }
    waiting[batch] = (rows, count)
    condition.broadcast()
  }

  /// The rows of the next batch; nil once closed and empty.
  func next() -> (batch: Int, rows: [UInt8], count: Int)? {
    condition.lock()
    defer { condition.unlock() }
    while waiting[nextBatch] == nil && !isClosed { condition.wait() }
    guard let (rows, count) = waiting.removeValue(forKey: nextBatch) else { return nil }
    nextBatch += 1
    condition.broadcast()
    return (nextBatch - 1, rows, count)
  }

  /// No more rows come, or nobody takes them.
  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }

  /// The reason why rows cannot be handed over; the other side knows the real one.
  struct Closed: Error {}
}

/// Papers' rows in the database, and their years and author counts by number.
enum PaperRows {
  /// Inserts the rows that come through the queue, by the places of their records in the dump.
  static func insert(_ queue: PaperRowQueue, _ streams: ImportStreams, into database: TextDatabaseWriter) throws {
    // Readers that wait for room hear of a failure here.
    defer { queue.close() }
    var record: Int64 = 0
    var columns: [Waiting.Columns] = []
    try database.insert(into: "paper", columns: 9) { row in
      while let (batch, rows, count) = queue.next() {
        columns.removeAll(keepingCapacity: true)
        row.expect(count)
        try rows.withUnsafeBytes { bytes in
          var place = 0
          while place < bytes.count {
            let head = bytes.load(fromByteOffset: place, as: Waiting.Text.self)
            let start = place + MemoryLayout<Waiting.Text>.stride
            place = start + (head.byteCount + 7) & ~7
            columns.append(
              Waiting.Columns(
                digest: head.digest, tally: head.tally, year: head.year, authorCount: head.authorCount))
            try insert(head, bytes, start, record: record, &row)
            record += 1
          }
        }
        try columns.withUnsafeBytes { try streams.columns.write($0, partition: batch) }
        if batch % 16 == 15 { database.beginWriteBack() }
      }
    }
  }

  private static func insert(
    _ head: Waiting.Text, _ bytes: UnsafeRawBufferPointer, _ start: Int, record: Int64, _ row: inout RowInserter
  ) throws {
    var place = start
    func next(_ count: UInt32) -> Bytes {
      defer { place += Int(count) }
      return Bytes(
        start: bytes.baseAddress.map { ($0 + place).assumingMemoryBound(to: UInt8.self) }, count: Int(count))
    }
    row.bind(record, at: 1)
    row.bind(next(head.counts.title), at: 3)
    if head.year > 0 { row.bind(Int64(head.year), at: 5) } else { row.bindNull(at: 5) }
    if head.citationCount >= 0 { row.bind(Int64(head.citationCount), at: 6) } else { row.bindNull(at: 6) }
    row.bind(next(head.counts.doi), at: 7)
    row.bind(next(head.counts.volume), at: 8)
    row.bind(next(head.counts.issue), at: 9)
    row.bind(head.key, long: next(head.counts.id), at: 2)
    row.bind(next(head.abstractCount), at: 4)
    try row.step()
  }

  /// Takes the rows of repeated records out and adds those of papers without a record.
  static func settle(_ papers: PaperJoin, in database: TextDatabaseWriter) throws {
    if papers.numbers.count < papers.numbers.recordCount {
      try database.insert("DELETE FROM paper WHERE record = ?") { row in
        for repeated in papers.repeated {
          row.bind(Int64(repeated), at: 1)
          try row.step()
        }
      }
    }
    if papers.stubs.isEmpty { return }
    var longIDs: [NodeKey: [UInt8]] = [:]
    try papers.forEachMissingID { key, id in longIDs[key] = Array(id) }
    try database.insert("INSERT INTO paper(record, id) VALUES (?, ?)") { row in
      for (place, stub) in papers.stubs.enumerated() {
        row.bind(Int64(papers.numbers.recordCount + place), at: 1)
        try (longIDs[stub] ?? []).withUnsafeBufferPointer { long in
          row.bind(stub, long: long, at: 2)
          try row.step()
        }
      }
    }
  }

  /// What is kept by number beside the database.
  struct Columns: Sendable {
    let years: StoreFile
    let authorCounts: StoreFile
    /// The record of each paper in the database; nil where it is the number.
    let records: StoreFile?
    /// Sum of the papers' hashes.
    let hash: StoreHash
    /// What the report says of the papers.
    let counts: PaperCounts
  }

  static func columns(
    _ papers: PaperJoin, _ streams: ImportStreams, batches: Int, authors: AuthorCounts?, path: (String) -> String
  ) throws -> Columns {
    let years = try StoreArrayWriter(path("paper.years"), .int32)
    let authorCounts = try StoreArrayWriter(path("paper.authors"), .uint32)
    let hasGaps = papers.numbers.count < papers.numbers.recordCount
    let records = hasGaps ? try StoreArrayWriter(path("paper.records"), .uint32) : nil
    var hash = StoreHash()
    var counts = PaperCounts()
    var ordinal: UInt32 = 0
    for batch in 0..<batches {
      try streams.columns.withBlocks(batch) { blocks in
        for column in blocks.flatMap({ $0.bindMemory(to: Waiting.Columns.self) }) {
          defer { ordinal += 1 }
          if papers.numbers.number(ofOrdinal: ordinal) == PaperNumbers.none {
            if papers.numbers.addsReferences(ofOrdinal: ordinal) { counts.merge(column.tally) }
            continue
          }
          let listed = authors?[ordinal]
          var tally = column.tally
          // A table may give ids to authors whom the paper only names.
          tally.authorsWithoutID -= min(tally.authorsWithoutID, listed?.identified ?? 0)
          counts += tally
          hash += StoreHash(low: column.digest.0, high: column.digest.1)
          try years.append(column.year)
          try authorCounts.append(max(column.authorCount, listed?.authors ?? 0))
          try records?.append(ordinal)
        }
      }
    }
    for (place, stub) in papers.stubs.enumerated() {
      try years.append(Int32(0))
      try authorCounts.append(UInt32(0))
      try records?.append(UInt32(papers.numbers.recordCount + place))
      hash += withUnsafeBytes(of: stub) { StoreHash($0, seed: 9) }
    }
    return Columns(
      years: try years.finish(), authorCounts: try authorCounts.finish(), records: try records?.finish(), hash: hash,
      counts: counts)
  }
}
