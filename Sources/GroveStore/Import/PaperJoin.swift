import Foundation
import GroveKernels

/// What becomes of records with an id that came before.
public enum DuplicateRule: String, Sendable, CaseIterable {
  /// The first record counts, later ones are left out.
  case first
  /// The first record counts, with the references of all.
  case merge
  /// The import fails.
  case error
}

/// What becomes of references to papers that are not there.
public enum DanglingRule: String, Sendable, CaseIterable {
  /// They are no edges; the store remembers them, so that a later import can join them.
  case drop
  /// The missing papers become nodes without attributes.
  case keepStub = "keep-stub"
  /// The import fails.
  case error
}

/// The papers of a dump, numbered, with their references resolved.
struct PaperJoin: Sendable {
  let numbers: PaperNumbers
  /// Papers, stubs included.
  let count: Int
  /// Papers that have no record, in the order of their numbers, which follow all others.
  let stubs: [NodeKey]
  /// Keys by number, and numbers in the order of keys.
  let keys: StoreFile
  let order: StoreFile
  /// Citations, and references that lead nowhere, by range of rows.
  let edges: Spill
  let unresolved: Spill
  /// Ids, where keys do not hold them, of papers without a record, by partition of their keys.
  let missingIDs: Spill
  let ranges: RowRanges
  /// Places of records that do not count.
  let repeated: [UInt32]
  /// Of these: records whose id came before, and records of the store that newer ones replace.
  let duplicateCount: Int
  let updateCount: Int
  let distinctDangling: Int
  private let keyPath: String

  private struct Known: BitwiseCopyable {
    var key: NodeKey
    var ordinal: UInt32
    /// Of one paper's records the one with the least rank counts, of equal ones the first.
    var rank: UInt32

    static let former: UInt32 = 1
    static let linked: UInt32 = 2
  }

  /// - Parameters:
  ///   - numbers: of all records.
  ///   - replaced: how many records, the first ones, give way to later ones.
  ///   - removed: records of papers that are gone, by sequence.
  init(
    _ streams: ImportStreams, _ numbers: PaperNumbers, replaced: Int, removed: [UInt64],
    duplicates rule: DuplicateRule, dangling: DanglingRule, path: (String) -> String
  ) throws {
    var numbers = numbers
    guard numbers.recordCount < Int(Int32.max) else {
      throw FormatFailure.bad(streams.folder, "more than 2³¹ records of papers", do: "import a part of the dump")
    }
    let known = streams.spill()
    var repeated = try PaperJoin.findRepeated(
      streams.papers, numbers, replaced: replaced, merging: rule == .merge, into: known
    ).flatMap { $0 }
    let plain = repeated.filter { !$0.isLinked }
    updateCount = plain.count { $0.ordinal < replaced }
    duplicateCount = plain.count - updateCount
    if rule == .error, let first = plain.map(\.ordinal).filter({ $0 >= replaced }).min() {
      throw FormatFailure.bad(
        streams.folder, "record \(first + 1) of the papers has an id that came before",
        do: "correct the dump, or import with --duplicates first")
    }
    repeated += removed.map { PaperNumbers.Repeated(ordinal: numbers.ordinal($0), original: nil) }
    numbers.leaveOut(repeated)
    let papers = numbers
    let stubs = dangling == .keepStub ? try PaperJoin.findStubs(streams.references, papers, known) : []
    var firstStub = [papers.count]
    for part in stubs { firstStub.append(firstStub.last! + part.count) }
    let count = firstStub.last!
    let stubStarts = firstStub

    keyPath = path("paper.keys")
    let keyFile = try StoreScatterFile(keyPath, .key, count: count)
    let edges = streams.spill()
    let unresolved = streams.spill()
    let missingIDs = streams.spill()
    let ranges = RowRanges(rowCount: count, entries: streams.references.recordCount)
    let parts = try Parallel.map(Spill.partitionCount) { partition -> (order: [UInt32], dangling: Int) in
      var entries = try PaperJoin.entries(known, partition, papers)
      if !stubs.isEmpty {
        entries += stubs[partition].enumerated().map { ($1, UInt32(stubStarts[partition] + $0)) }
        entries.sort { $0.key < $1.key }
      }
      var table = KeyTable(capacity: entries.count)
      for entry in entries {
        _ = table.insert(entry.key, entry.number)
        keyFile.store(entry.key, at: Int(entry.number))
      }
      let missing = try PaperJoin.resolve(
        streams.references, partition, table, papers, ranges, edges: edges, unresolved: unresolved)
      let wanted = missing.filter(\.isLong) + (stubs.isEmpty ? [] : stubs[partition].filter(\.isLong))
      try PaperJoin.keepIDs(of: wanted, streams.paperIDs, partition, in: missingIDs)
      return (entries.map { $0.number }, missing.count)
    }
    let orderFile = try StoreArrayWriter(path("paper.order"), .uint32)
    for part in parts { try orderFile.append(contentsOf: part.order) }
    order = try orderFile.finish()
    keys = try keyFile.finish()
    self.numbers = papers
    self.count = count
    self.stubs = stubs.flatMap { $0 }
    self.edges = edges
    self.unresolved = unresolved
    self.missingIDs = missingIDs
    self.ranges = ranges
    self.repeated = repeated.map(\.ordinal).sorted()
    distinctDangling = parts.reduce(0) { $0 + $1.dangling }
  }

  /// Numbers of papers by what stands for their keys.
  ///
  /// - Returns: nothing for papers that are not there.
  func numbers(of wanted: [NodeKey: Int]) throws -> [Int: Int32] {
    let mapping = try Mapping(keyPath)
    let all = MappedArray<NodeKey>(mapping, offset: StoreArrayWriter.headerSize, count: count)
    var result: [Int: Int32] = [:]
    for (number, key) in all.enumerated() { if let old = wanted[key] { result[old] = Int32(number) } }
    return result
  }

  /// Sorts each partition's papers by key; of equal keys the record with the least rank stays.
  private static func findRepeated(
    _ papers: Spill, _ numbers: PaperNumbers, replaced: Int, merging: Bool, into known: Spill
  ) throws -> [[PaperNumbers.Repeated]] {
    try Parallel.map(Spill.partitionCount) { partition in
      try papers.withBlocks(partition) { blocks in
        var entries: [Known] = []
        KeyedRecords.forEach(in: blocks) { key, sequence, detail in
          let ordinal = numbers.ordinal(sequence)
          let rank = (ordinal < replaced ? Known.former : 0) | (detail & Waiting.isLinked == 0 ? 0 : Known.linked)
          entries.append(Known(key: key, ordinal: ordinal, rank: rank))
        }
        entries.sort { $0.key != $1.key ? $0.key < $1.key : ($0.rank, $0.ordinal) < ($1.rank, $1.ordinal) }
        var repeated: [PaperNumbers.Repeated] = []
        var kept = 0
        for entry in entries {
          if kept > 0, entries[kept - 1].key == entry.key {
            let isLinked = entry.rank & Known.linked != 0
            repeated.append(
              PaperNumbers.Repeated(
                ordinal: entry.ordinal, original: entries[kept - 1].ordinal, isLinked: isLinked,
                addsReferences: isLinked || merging && entry.rank & Known.former == 0))
          } else {
            entries[kept] = entry
            kept += 1
          }
        }
        try entries[..<kept].withUnsafeBytes { try known.write($0, partition: partition) }
        return repeated
      }
    }
  }

  private static func entries(
    _ known: Spill, _ partition: Int, _ papers: PaperNumbers
  ) throws -> [(key: NodeKey, number: UInt32)] {
    // Read twice where papers without a record become nodes.
    try known.withBlocks(partition, keeping: true) { blocks in
      blocks.flatMap { block in
        block.bindMemory(to: Known.self).map { ($0.key, papers.number(ofOrdinal: $0.ordinal)) }
      }
    }
  }

  /// Keys that numbered papers refer to and that are no paper's, by partition, sorted.
  private static func findStubs(_ references: Spill, _ papers: PaperNumbers, _ known: Spill) throws -> [[NodeKey]] {
    try Parallel.map(Spill.partitionCount) { partition in
      let entries = try entries(known, partition, papers)
      var table = KeyTable(capacity: entries.count)
      for entry in entries { _ = table.insert(entry.key, 0) }
      var stubs: [NodeKey] = []
      try references.withBlocks(partition, keeping: true) { blocks in
        KeyedRecords.forEach(in: blocks) { target, sequence, _ in
          if papers.numberForReferences(sequence) != PaperNumbers.none, table.value(of: target) == KeyTable.none {
            _ = table.insert(target, 1)
            stubs.append(target)
          }
        }
      }
      return stubs.sorted()
    }
  }

  /// References to edges, and to what leads nowhere.
  ///
  /// - Returns: the distinct papers that are missing.
  private static func resolve(
    _ references: Spill, _ partition: Int, _ table: KeyTable, _ papers: PaperNumbers, _ ranges: RowRanges,
    edges: Spill, unresolved: Spill
  ) throws -> [NodeKey] {
    var found = SpillWriter(edges, partitions: ranges.count)
    var lost = SpillWriter(unresolved, partitions: ranges.count)
    var missing: [NodeKey] = []
    var seen = KeyTable(capacity: 64)
    try references.withBlocks(partition) { blocks in
      try KeyedRecords.forEach(in: blocks) { target, sequence, _ in
        let row = papers.numberForReferences(sequence)
        if row == PaperNumbers.none { return }
        let column = table.value(of: target)
        if column == KeyTable.none {
          let place = seen.insert(target, UInt32(missing.count))
          if Int(place) == missing.count { missing.append(target) }
          try lost.append(Waiting.Unresolved(target: target, row: row), partition: ranges.range(of: row))
        } else if column != row {
          try found.append(Waiting.Edge(row: row, column: column, detail: 0), partition: ranges.range(of: row))
        }
      }
    }
    try found.finish()
    try lost.finish()
    return missing
  }

  private static func keepIDs(of keys: [NodeKey], _ ids: Spill, _ partition: Int, in missingIDs: Spill) throws {
    guard !keys.isEmpty else { return }
    var wanted = Set(keys)
    var writer = KeyedWriter(missingIDs)
    try ids.withBlocks(partition) { blocks in
      try KeyedRecords.forEachName(in: blocks) { key, name, id in
        if wanted.remove(key) != nil { try writer.append(key, name: name, id: id) }
      }
    }
    try writer.finish()
  }

  /// Calls `body` with each id that `missingIDs` holds.
  func forEachMissingID(_ body: (NodeKey, Bytes) throws -> Void) throws {
    for partition in 0..<Spill.partitionCount {
      try missingIDs.withBlocks(partition, keeping: true) { blocks in
        try KeyedRecords.forEachName(in: blocks) { key, _, id in try body(key, id) }
      }
    }
  }

  /// Writes the references that lead nowhere, by paper and key.
  ///
  /// - Returns: the file, and how many there are.
  func writeUnresolved(_ path: String) throws -> StoreFile {
    let file = try StoreArrayWriter(path, .reference)
    for range in 0..<ranges.count {
      try unresolved.withBlocks(range) { blocks in
        var records = blocks.flatMap { $0.bindMemory(to: Waiting.Unresolved.self) }
        records.sort { $0.row == $1.row ? $0.target < $1.target : $0.row < $1.row }
        records.dropRepeats { $0.row == $1.row && $0.target == $1.target }
        try file.append(contentsOf: records)
      }
    }
    return try file.finish()
  }
}
