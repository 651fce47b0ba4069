import Foundation
import GroveKernels

/// Writes the texts, years and author counts of numbered papers, in the order of their numbers.
struct PaperRows {
  let years: StoreFile
  let authorCounts: StoreFile
  /// Sum of the papers' hashes.
  let hash: StoreHash
  /// What the report says of the papers.
  let counts: PaperCounts

  /// - Parameters:
  ///   - stubs: papers that have no record, in the order of their numbers.
  ///   - longIDs: their ids where the keys do not hold them.
  ///   - batches: how many there are.
  init(
    _ streams: ImportStreams, _ numbers: PaperNumbers, stubs: [NodeKey], longIDs: [NodeKey: [UInt8]], batches: Int,
    into database: TextDatabaseWriter, path: (String) -> String
  ) throws {
    let years = try StoreArrayWriter(path("paper.years"), .int32)
    let authorCounts = try StoreArrayWriter(path("paper.authors"), .uint32)
    var hash = StoreHash()
    var counts = PaperCounts()
    var ordinal: UInt32 = 0
    try database.insert("INSERT INTO paper VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)") { row in
      for batch in 0..<batches {
        try streams.texts.withPartition(batch) { bytes in
          var place = 0
          while place < bytes.count {
            let head = bytes.load(fromByteOffset: place, as: Waiting.Text.self)
            let start = place + MemoryLayout<Waiting.Text>.stride
            place = start + (head.byteCount + 7) & ~7
            let number = numbers.number(ofOrdinal: ordinal)
            ordinal += 1
            if number == PaperNumbers.none {
              if numbers.isMerging { counts.merge(head.tally) }
              continue
            }
            counts += head.tally
            hash += StoreHash(low: head.digest.0, high: head.digest.1)
            try years.append(head.year)
            try authorCounts.append(head.authorCount)
            try PaperRows.insert(head, bytes, start, number: number, row)
          }
        }
      }
      for place in Int32(3)...9 where !stubs.isEmpty { row.bindNull(at: place) }
      for (place, stub) in stubs.enumerated() {
        row.bind(Int64(numbers.count + place), at: 1)
        try (longIDs[stub] ?? []).withUnsafeBufferPointer { long in
          row.bind(stub, long: long, at: 2)
          try row.step()
        }
        try years.append(Int32(0))
        try authorCounts.append(UInt32(0))
        hash += withUnsafeBytes(of: stub) { StoreHash($0, seed: 9) }
      }
    }
    self.years = try years.finish()
    self.authorCounts = try authorCounts.finish()
    self.hash = hash
    self.counts = counts
  }

  private static func insert(
    _ head: Waiting.Text, _ bytes: UnsafeRawBufferPointer, _ start: Int, number: UInt32, _ row: borrowing RowInserter
  ) throws {
    var place = start
    func next(_ count: UInt32) -> Bytes {
      defer { place += Int(count) }
      return Bytes(
        start: bytes.baseAddress.map { ($0 + place).assumingMemoryBound(to: UInt8.self) }, count: Int(count))
    }
    row.bind(Int64(number), at: 1)
    row.bind(next(head.counts.title), at: 3)
    row.bind(next(head.counts.abstract), at: 4)
    if head.year > 0 { row.bind(Int64(head.year), at: 5) } else { row.bindNull(at: 5) }
    if head.citationCount >= 0 { row.bind(Int64(head.citationCount), at: 6) } else { row.bindNull(at: 6) }
    row.bind(next(head.counts.doi), at: 7)
    row.bind(next(head.counts.volume), at: 8)
    row.bind(next(head.counts.issue), at: 9)
    row.bind(head.key, long: next(head.counts.id), at: 2)
    try row.step()
  }
}
