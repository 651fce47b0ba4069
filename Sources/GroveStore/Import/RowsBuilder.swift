import CXXHash
import Foundation
import GroveKernels

/// Turns waiting edges into the compressed rows of one relation, a range of rows at a time.
struct RowsBuilder {
  /// What of several entries with one row and column stays.
  enum Rule: Sendable {
    /// The first in place; the others' places are kept beside.
    case firstPlace
    /// The smallest number other than 0.
    case earliest
    /// The largest number, as floats.
    case heaviest
    /// Any: they carry nothing.
    case one
  }

  /// What came of a relation.
  struct Result: Sendable {
    let offsets: StoreFile
    let columns: StoreFile
    let details: StoreFile?
    let repeats: StoreFile?
    let count: Int
    /// Entries that were equal to another.
    let duplicates: Int
    let hash: StoreHash
  }

  /// Rows and what they hold, of one range.
  private struct Piece: Sendable {
    var lengths: [Int64] = []
    var columns: [Int32] = []
    var details: [UInt32] = []
    /// (entry within the piece, place).
    var repeats: [(entry: Int, place: Int32)] = []
    var duplicates = 0
    var hash = StoreHash()
  }

  /// One number a record: what the hash of an edge is over.
  private struct Record: BitwiseCopyable {
    var row: NodeKey
    var column: NodeKey
    var detail: UInt64
  }

  let path: (String) -> String
  let name: String
  let rowCount: Int
  let ranges: RowRanges
  let rule: Rule
  let detail: StoreElement?
  let rowKeys: MappedArray<NodeKey>
  let columnKeys: MappedArray<NodeKey>
  /// What tells numbers from the codes in `column`; nil where they are numbers.
  let entities: EntityJoin?

  /// Writes the relation's files.
  ///
  /// - Parameter edges: by range of rows; `column` is a node's number or code.
  /// - Complexity: O(edges log(edges of a row)) time; memory for a few ranges at a time.
  func build(_ edges: Spill) throws -> Result {
    let offsets = try StoreArrayWriter(path("\(name).offsets"), .int64)
    let columns = try StoreArrayWriter(path("\(name).columns"), .int32)
    let details = try detail.map { try StoreArrayWriter(path("\(name).details"), $0) }
    let repeats = rule == .firstPlace ? try StoreArrayWriter(path("\(name).repeats"), .int64) : nil
    var total: Int64 = 0
    var duplicates = 0
    var hash = StoreHash()
    let seed = name.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    try offsets.append(total)
    let wave = 4 * Workers.threadCount
    for start in stride(from: 0, to: ranges.count, by: wave) {
      let range = start..<min(start + wave, ranges.count)
      let pieces = try Parallel.map(range.count) { try piece(range.lowerBound + $0, of: edges, seed: seed) }
      for piece in pieces {
        for entry in piece.repeats {
          try repeats?.append(total + Int64(entry.entry))
          try repeats?.append(Int64(entry.place))
        }
        var ends = piece.lengths
        for row in ends.indices {
          total += ends[row]
          ends[row] = total
        }
        try offsets.append(contentsOf: ends)
        try columns.append(contentsOf: piece.columns)
        try details?.append(contentsOf: piece.details)
        duplicates += piece.duplicates
        hash += piece.hash
      }
    }
    return Result(
      offsets: try offsets.finish(), columns: try columns.finish(), details: try details?.finish(),
      repeats: try repeats?.finish(), count: Int(total), duplicates: duplicates, hash: hash)
  }

  private func piece(_ index: Int, of edges: Spill, seed: UInt64) throws -> Piece {
    let rows = ranges.rows(index)
    var piece = Piece()
    piece.lengths = [Int64](repeating: 0, count: rows.count)
    try edges.withBlocks(index) { blocks in
      let blocks = blocks.map { $0.bindMemory(to: Waiting.Edge.self) }
      let count = blocks.reduce(0) { $0 + $1.count }
      var next = [Int](repeating: 0, count: rows.count + 1)
      for block in blocks { for record in block { next[Int(record.row) - rows.lowerBound + 1] += 1 } }
      for row in 0..<rows.count { next[row + 1] += next[row] }
      let starts = next
      // Column above, detail below: sorting the words sorts both.
      let words = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: count)
      defer { words.deallocate() }
      // What tells numbers from codes, for columns that are codes.
      (entities?.firstNumber ?? []).withUnsafeBufferPointer { firstNumber in
        for block in blocks {
          for record in block {
            let row = Int(record.row) - rows.lowerBound
            let column =
              firstNumber.isEmpty ? record.column : EntityJoin.number(ofCode: record.column, firstNumber)
            words[next[row]] = UInt64(column) << 32 | UInt64(record.detail)
            next[row] += 1
          }
        }
      }
      piece.columns.reserveCapacity(count)
      let hasDetails = detail != nil
      if hasDetails { piece.details.reserveCapacity(count) }
      rowKeys.withUnsafeBufferPointer { rowKeys in
        columnKeys.withUnsafeBufferPointer { columnKeys in
          for row in 0..<rows.count where starts[row + 1] > starts[row] {
            let slice = UnsafeMutableBufferPointer(rebasing: words[starts[row]..<starts[row + 1]])
            let before = piece.columns.count
            RowsBuilder.append(
              slice, rule, key: rowKeys[rows.lowerBound + row], columnKeys, seed: seed, hasDetails: hasDetails,
              to: &piece)
            piece.lengths[row] = Int64(piece.columns.count - before)
          }
        }
      }
    }
    return piece
  }

  private static func append(
    _ words: UnsafeMutableBufferPointer<UInt64>, _ rule: Rule, key: NodeKey,
    _ columnKeys: UnsafeBufferPointer<NodeKey>, seed: UInt64, hasDetails: Bool, to piece: inout Piece
  ) {
    RowsBuilder.sort(words)
    var kept = 0
    var further: [(column: UInt32, place: Int32)] = []
    for word in words {
      guard kept > 0, words[kept - 1] >> 32 == word >> 32 else {
        words[kept] = word
        kept += 1
        continue
      }
      piece.duplicates += 1
      let known = UInt32(truncatingIfNeeded: words[kept - 1])
      let other = UInt32(truncatingIfNeeded: word)
      switch rule {
      case .one: break
      case .firstPlace: further.append((UInt32(truncatingIfNeeded: word >> 32), Int32(bitPattern: other)))
      case .earliest: if known == 0 { words[kept - 1] = word }
      case .heaviest: if Float(bitPattern: other) > Float(bitPattern: known) { words[kept - 1] = word }
      }
    }
    let entries = UnsafeMutableBufferPointer(rebasing: words[0..<kept])
    if rule == .firstPlace {
      for place in entries.indices { entries[place] = entries[place] << 32 | entries[place] >> 32 }
      RowsBuilder.sort(entries)
      for place in entries.indices { entries[place] = entries[place] << 32 | entries[place] >> 32 }
    }
    piece.hash += hash(of: entries, key, columnKeys, seed: seed)
    if !further.isEmpty { append(further, to: &piece, before: entries, key, columnKeys, seed: seed) }
    piece.columns.append(contentsOf: entries.lazy.map { Int32(truncatingIfNeeded: $0 >> 32) })
    if hasDetails { piece.details.append(contentsOf: entries.lazy.map { UInt32(truncatingIfNeeded: $0) }) }
  }

  /// Keeps the places of a row's entries that were equal to one of `entries`.
  private static func append(
    _ further: [(column: UInt32, place: Int32)], to piece: inout Piece,
    before entries: UnsafeMutableBufferPointer<UInt64>, _ key: NodeKey, _ columnKeys: UnsafeBufferPointer<NodeKey>,
    seed: UInt64
  ) {
    for (place, word) in entries.enumerated() {
      let column = UInt32(truncatingIfNeeded: word >> 32)
      for entry in further where entry.column == column {
        piece.repeats.append((piece.columns.count + place, entry.place))
        let detail = UInt64(UInt32(bitPattern: entry.place)) | 1 << 32
        let record = Record(row: key, column: columnKeys[Int(column)], detail: detail)
        piece.hash += withUnsafeBytes(of: record) { StoreHash($0, seed: seed) }
      }
    }
  }

  /// The sum of the hashes of a row's entries, each over its `Record`.
  private static func hash(
    of entries: UnsafeMutableBufferPointer<UInt64>, _ key: NodeKey, _ columnKeys: UnsafeBufferPointer<NodeKey>,
    seed: UInt64
  ) -> StoreHash {
    guard let keys = UnsafeRawPointer(columnKeys.baseAddress) else { return StoreHash() }
    let sum = withUnsafeBytes(of: key) {
      grove_hash_row(
        $0.baseAddress!.assumingMemoryBound(to: UInt64.self), keys.assumingMemoryBound(to: UInt64.self),
        entries.baseAddress, entries.count, seed)
    }
    return StoreHash(low: sum.low, high: sum.high)
  }

  /// Rows are short: insertion for the short ones.
  private static func sort(_ words: UnsafeMutableBufferPointer<UInt64>) {
    guard words.count <= 24 else {
      var words = words
      return words.sort()
    }
    for place in 1..<max(words.count, 1) {
      let word = words[place]
      var hole = place
      while hole > 0, words[hole - 1] > word {
        words[hole] = words[hole - 1]
        hole -= 1
      }
      words[hole] = word
    }
  }
}

/// Ranges of rows that are built one by one: equally many rows each.
struct RowRanges: Sendable {
  let rowCount: Int
  let count: Int
  private let size: Int

  /// - Parameter entries: of all rows; a range gets about a quarter of a million.
  init(rowCount: Int, entries: Int) {
    self.rowCount = rowCount
    let wanted = max(16, min(1024, entries >> 18))
    size = max(1, (rowCount + wanted - 1) / wanted)
    count = max(1, (rowCount + size - 1) / size)
  }

  @inline(__always) func range(of row: UInt32) -> Int { Int(row) / size }

  func rows(_ range: Int) -> Range<Int> { min(range * size, rowCount)..<min((range + 1) * size, rowCount) }
}

/// Work on all threads whose steps may fail.
enum Parallel {
  /// The results of `body` for 0..<count, in order; the first failure in order is thrown.
  static func map<Value: Sendable>(_ count: Int, _ body: (Int) throws -> Value) throws -> [Value] {
    let results = Guarded<[Result<Value, any Error>?]>(Array(repeating: nil, count: count))
    withoutActuallyEscaping(body) { body in
      nonisolated(unsafe) let body = body
      Workers.forEachChunk(of: count, atLeast: 1) { range in
        for index in range {
          let result = Result { try body(index) }
          results.withLock { $0[index] = result }
        }
      }
    }
    return try results.withLock { try $0.map { try $0!.get() } }
  }
}
