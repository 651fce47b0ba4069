import Foundation
import GroveKernels

/// Abstracts that came in a table of their own, on their way to the papers' rows.
///
/// A paper whose record has an abstract keeps that one; of several the longest counts, of equally long ones the first
/// in bytes.
final class PaperAbstracts: Sendable {
  /// Before the text: whose it is.
  private struct Head: BitwiseCopyable {
    var key: NodeKey
    var ordinal: UInt32
    var count: UInt32
  }

  private let abstracts: Spill
  private let ranges: RowRanges
  private let numbers: PaperNumbers
  private let found: Spill

  /// - Parameter numbers: of all records of papers.
  init(_ streams: ImportStreams, _ numbers: PaperNumbers) {
    self.numbers = numbers
    abstracts = streams.abstracts
    // A text is a hundred references long.
    ranges = RowRanges(rowCount: numbers.recordCount, entries: streams.abstracts.recordCount * 100)
    found = streams.spill()
  }

  /// Sorts a partition's abstracts to the places of their papers' records.
  func take(
    _ partition: Int, _ table: KeyTable, _ papers: [(key: NodeKey, sequence: UInt64, detail: UInt32)]
  ) throws {
    try abstracts.withBlocks(partition) { blocks in
      var best = [Bytes?](repeating: nil, count: papers.count)
      KeyedRecords.forEachName(in: blocks) { key, text, _ in
        let place = table.value(of: key)
        guard place != KeyTable.none, papers[Int(place)].detail & Waiting.hasAbstract == 0, !text.isEmpty else {
          return
        }
        guard let known = best[Int(place)] else { return best[Int(place)] = text }
        let isBetter =
          text.count > known.count
          || text.count == known.count && memcmp(text.baseAddress!, known.baseAddress!, text.count) < 0
        if isBetter { best[Int(place)] = text }
      }
      var writer = SpillWriter(found, partitions: ranges.count)
      for (place, text) in best.enumerated() {
        guard let text else { continue }
        let ordinal = numbers.ordinal(papers[place].sequence)
        let head = Head(key: papers[place].key, ordinal: ordinal, count: UInt32(text.count))
        try PaperAbstracts.append(head, text, to: &writer, range: ranges.range(of: ordinal))
      }
      try writer.finish()
    }
  }

  private static func append(_ head: Head, _ text: Bytes, to writer: inout SpillWriter, range: Int) throws {
    let size = MemoryLayout<Head>.stride + text.count
    if size <= SpillMemory.blockSize {
      let (block, used) = try writer.room(size, range)
      copy(head, text, to: block + used)
      writer.advance(size, range)
    } else {
      let whole = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
      defer { whole.deallocate() }
      copy(head, text, to: whole)
      try writer.write(UnsafeRawBufferPointer(start: whole, count: size), partition: range)
    }
  }

  private static func copy(_ head: Head, _ text: Bytes, to place: UnsafeMutableRawPointer) {
    withUnsafeBytes(of: head) { place.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    if let start = text.baseAddress { memcpy(place + MemoryLayout<Head>.stride, start, text.count) }
  }

  /// Writes the texts into the rows of the papers that count.
  ///
  /// - Returns: how many, and their part of the papers' hash.
  func write(_ papers: PaperNumbers, into database: TextDatabaseWriter) throws -> (count: Int, hash: StoreHash) {
    var count = 0
    var hash = StoreHash()
    try database.insert("UPDATE paper SET abstract = ? WHERE record = ?") { row in
      for range in 0..<ranges.count {
        try found.withBlocks(range) { blocks in
          var records: [(head: Head, text: Bytes)] = []
          for block in blocks {
            var place = 0
            while place < block.count {
              let head = block.loadUnaligned(fromByteOffset: place, as: Head.self)
              let start = place + MemoryLayout<Head>.stride
              place = start + Int(head.count)
              let bytes = UnsafeRawBufferPointer(rebasing: block[start..<place])
              records.append((head, bytes.bindMemory(to: UInt8.self)))
            }
          }
          records.sort { $0.head.ordinal < $1.head.ordinal }
          for (head, text) in records where papers.number(ofOrdinal: head.ordinal) != PaperNumbers.none {
            row.bind(text, at: 1)
            row.bind(Int64(head.ordinal), at: 2)
            try row.step()
            count += 1
            hash += Waiting.hash(ofAbstract: UnsafeRawBufferPointer(text), of: head.key)
          }
        }
      }
    }
    return (count, hash)
  }
}
