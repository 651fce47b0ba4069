import Foundation
import GroveKernels

/// The nodes of one type that papers mention, found and numbered partition by partition.
struct EntityJoin: Sendable {
  let kind: EntityKind
  /// Number of the first node of each partition, and of all nodes at the end.
  private(set) var firstNumber: [Int]
  /// The nodes' keys in the order of their numbers: that of partitions, then keys.
  let keys: StoreFile
  /// Rows for the database: names and long ids, a partition after the other.
  let rows: Spill
  /// Papers' mentions: row paper number, column partition and place.
  let edges: Spill
  let ranges: RowRanges
  let hash: StoreHash

  /// Number of nodes.
  var count: Int { firstNumber.last ?? 0 }

  /// How many nodes a partition has.
  func count(inPartition partition: Int) -> Int { firstNumber[partition + 1] - firstNumber[partition] }

  /// The number of the node at a place of a partition.
  @inline(__always) static func code(_ partition: Int, _ place: UInt32) -> UInt32 { UInt32(partition) << 25 | place }

  /// The number that a code stands for.
  @inline(__always) func number(ofCode code: UInt32) -> UInt32 {
    firstNumber.withUnsafeBufferPointer { EntityJoin.number(ofCode: code, $0) }
  }

  @inline(__always) static func number(ofCode code: UInt32, _ firstNumber: UnsafeBufferPointer<Int>) -> UInt32 {
    UInt32(truncatingIfNeeded: firstNumber[Int(code >> 25)] + Int(code & 0x1ff_ffff))
  }

  /// The number of the node with a key, or nil; `keys` are those of the file.
  func number(of key: NodeKey, in keys: MappedArray<NodeKey>) -> UInt32? {
    var low = firstNumber[key.partition]
    var high = firstNumber[key.partition + 1]
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low < firstNumber[key.partition + 1] && keys[low] == key ? UInt32(low) : nil
  }

  /// Called for each partition with a table from keys to places.
  typealias Extra = (_ partition: Int, _ table: KeyTable) throws -> Void

  /// - Parameters:
  ///   - further: keys of a partition that are nodes although no paper mentions them.
  ///   - extra: what else is to be looked up while a partition's table is at hand.
  init(
    _ kind: EntityKind, _ streams: ImportStreams, _ papers: PaperNumbers, path: String,
    further: (Int) throws -> [NodeKey] = { _ in [] }, extra: Extra = { _, _ in }
  ) throws {
    self.kind = kind
    let mentions = streams.mentions[kind.rawValue]
    let names = streams.names[kind.rawValue]
    let rows = streams.spill()
    let edges = streams.spill()
    let ranges = RowRanges(rowCount: papers.count, entries: mentions.recordCount)
    let parts = try Parallel.map(Spill.partitionCount) { partition -> (keys: [NodeKey], hash: StoreHash) in
      let (table, keys) = try EntityJoin.join(
        kind, mentions, partition, papers, edges, ranges, further: try further(partition))
      let hash = try EntityJoin.nameRows(names, partition, table, keys, rows)
      try extra(partition, table)
      return (keys, hash)
    }
    let file = try StoreArrayWriter(path, .key)
    var firstNumber = [0]
    var hash = StoreHash()
    for part in parts {
      try file.append(contentsOf: part.keys)
      firstNumber.append(firstNumber.last! + part.keys.count)
      hash += part.hash
    }
    guard firstNumber.last! < Int(Int32.max) else {
      throw FormatFailure.bad(path, "more than 2³¹ nodes of one type", do: "import a part of the dump")
    }
    self.firstNumber = firstNumber
    self.rows = rows
    self.edges = edges
    self.ranges = ranges
    self.hash = hash
    keys = try file.finish()
  }

  private static func join(
    _ kind: EntityKind, _ mentions: Spill, _ partition: Int, _ papers: PaperNumbers, _ edges: Spill,
    _ ranges: RowRanges, further: [NodeKey]
  ) throws -> (KeyTable, [NodeKey]) {
    try mentions.withBlocks(partition) { blocks in
      // First the nodes, by first sight, so that they can be put in order; in edges the place stands for the node.
      var seen = KeyTable(capacity: 1024)
      var keys: [NodeKey] = []
      var found: [Waiting.Edge] = []
      found.reserveCapacity(blocks.reduce(0) { $0 + $1.count } / 6)
      KeyedRecords.forEach(in: blocks) { key, sequence, detail in
        let isDeclared = sequence == Waiting.noPaper
        let number =
          isDeclared
          ? PaperNumbers.none : kind == .field ? papers.numberForFields(sequence) : papers.number(sequence)
        if number == PaperNumbers.none && !isDeclared { return }
        let place = seen.insert(key, UInt32(keys.count))
        if Int(place) == keys.count { keys.append(key) }
        if !isDeclared { found.append(Waiting.Edge(row: number, column: place, detail: detail)) }
      }
      for key in further where seen.insert(key, UInt32(keys.count)) == UInt32(keys.count) { keys.append(key) }
      keys.sort()
      var rank = [UInt32](repeating: 0, count: keys.count)
      for (place, key) in keys.enumerated() { rank[Int(seen.replace(key, UInt32(place)))] = UInt32(place) }
      precondition(keys.count < 1 << 25, "EntityJoin: \(keys.count) nodes in a partition")
      var writer = SpillWriter(edges, partitions: ranges.count)
      for var edge in found {
        edge.column = code(partition, rank[Int(edge.column)])
        try writer.append(edge, partition: ranges.range(of: edge.row))
      }
      try writer.finish()
      return (seen, keys)
    }
  }

  /// Chooses a name for each node — the longest, of equally long ones the first in bytes — and writes its row.
  private static func nameRows(
    _ names: Spill, _ partition: Int, _ table: KeyTable, _ keys: [NodeKey], _ rows: Spill
  ) throws -> StoreHash {
    try names.withBlocks(partition) { blocks in
      let nothing = Bytes(start: nil, count: 0)
      var best = [(name: Bytes, id: Bytes)](repeating: (nothing, nothing), count: keys.count)
      KeyedRecords.forEachName(in: blocks) { key, name, id in
        let slot = table.value(of: key)
        if slot == KeyTable.none { return }
        let known = best[Int(slot)].name
        guard let start = known.baseAddress else { return best[Int(slot)] = (name, id) }
        let isBetter =
          name.count > known.count || name.count == known.count && memcmp(name.baseAddress!, start, name.count) < 0
        if isBetter { best[Int(slot)] = (name, id) }
      }
      var writer = KeyedWriter(rows)
      var hash = StoreHash()
      var record: [UInt8] = []
      for (slot, key) in keys.enumerated() {
        let (name, id) = best[slot]
        try writer.append(key, name: name, id: id)
        record.removeAll(keepingCapacity: true)
        withUnsafeBytes(of: key) { record.append(contentsOf: $0) }
        record.append(contentsOf: name)
        hash += record.withUnsafeBytes { StoreHash($0, seed: 7) }
      }
      try writer.finish()
      return hash
    }
  }
}
