import Foundation
import GroveKernels

/// The nodes of one type that papers mention, found and numbered partition by partition.
struct EntityJoin: Sendable {
  let kind: EntityKind
  /// Number of the first node of each partition, and of all nodes at the end.
  private(set) var firstNumber: [Int]
  /// The nodes' keys in the order of their numbers: that of partitions, then keys.
  let keys: StoreFile
  /// Rows for the database: a head, name and long id each, a partition after the other.
  let rows: Spill
  /// Papers' mentions: row paper number, column partition and place.
  let edges: Spill
  let ranges: RowRanges
  let hash: StoreHash

  /// Number of nodes.
  var count: Int { firstNumber.last ?? 0 }

  /// The number of the node at a place of a partition.
  @inline(__always) static func code(_ partition: Int, _ place: UInt32) -> UInt32 { UInt32(partition) << 25 | place }

  /// The number that a code stands for.
  @inline(__always) func number(ofCode code: UInt32) -> UInt32 {
    UInt32(truncatingIfNeeded: firstNumber[Int(code >> 25)] + Int(code & 0x1ff_ffff))
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
    let rows = try Spill(in: streams.folder)
    let edges = try Spill(in: streams.folder)
    let ranges = RowRanges(rowCount: papers.count, bytes: mentions.byteCount)
    let parts = try Parallel.map(Spill.partitionCount) { partition -> (keys: [NodeKey], hash: StoreHash) in
      let (table, keys) = try EntityJoin.join(
        mentions, partition, papers, edges, ranges, further: try further(partition))
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
    _ mentions: Spill, _ partition: Int, _ papers: PaperNumbers, _ edges: Spill, _ ranges: RowRanges,
    further: [NodeKey]
  ) throws -> (KeyTable, [NodeKey]) {
    try mentions.withPartition(partition) { bytes in
      let records = bytes.bindMemory(to: Waiting.Mention.self)
      // First the nodes, by first sight, so that they can be put in order.
      var seen = KeyTable(capacity: 1024)
      var keys: [NodeKey] = []
      var numbers = [UInt32](repeating: 0, count: records.count)
      var places = [UInt32](repeating: 0, count: records.count)
      for (index, record) in records.enumerated() {
        let isDeclared = record.sequence == Waiting.noPaper
        let number = isDeclared ? PaperNumbers.none : papers.number(record.sequence)
        numbers[index] = number
        if number == PaperNumbers.none && !isDeclared { continue }
        let place = seen.insert(record.key, UInt32(keys.count))
        if Int(place) == keys.count { keys.append(record.key) }
        places[index] = place
      }
      for key in further where seen.insert(key, UInt32(keys.count)) == UInt32(keys.count) { keys.append(key) }
      let order = keys.indices.sorted { keys[$0] < keys[$1] }
      var rank = [UInt32](repeating: 0, count: keys.count)
      for (place, index) in order.enumerated() { rank[index] = UInt32(place) }
      precondition(keys.count < 1 << 25, "EntityJoin: \(keys.count) nodes in a partition")
      let writer = SpillWriter(edges, partitions: ranges.count)
      for (index, record) in records.enumerated() where numbers[index] != PaperNumbers.none {
        let edge = Waiting.Edge(
          row: numbers[index], column: code(partition, rank[Int(places[index])]), detail: record.detail)
        try writer.append(edge, partition: ranges.range(of: numbers[index]))
      }
      try writer.finish()
      var table = KeyTable(capacity: keys.count)
      for (place, index) in order.enumerated() { _ = table.insert(keys[index], UInt32(place)) }
      return (table, order.map { keys[$0] })
    }
  }

  /// Chooses a name for each node — the longest, of equally long ones the first in bytes — and writes its row.
  private static func nameRows(
    _ names: Spill, _ partition: Int, _ table: KeyTable, _ keys: [NodeKey], _ rows: Spill
  ) throws -> StoreHash {
    try names.withPartition(partition) { bytes in
      var best = [(offset: Int, name: Int, id: Int)](repeating: (0, 0, 0), count: keys.count)
      let headSize = MemoryLayout<Waiting.Name>.stride
      var place = 0
      while place < bytes.count {
        let head = bytes.load(fromByteOffset: place, as: Waiting.Name.self)
        let start = place + headSize
        place += (headSize + Int(head.nameCount) + Int(head.idCount) + 7) & ~7
        let slot = table.value(of: head.key)
        if slot == KeyTable.none { continue }
        let known = best[Int(slot)]
        let count = Int(head.nameCount)
        let isBetter =
          known.offset == 0 || count > known.name
          || count == known.name
            && memcmp(bytes.baseAddress! + start, bytes.baseAddress! + known.offset, count) < 0
        if isBetter { best[Int(slot)] = (start, count, Int(head.idCount)) }
      }
      let writer = SpillWriter(rows, partitions: Spill.partitionCount)
      var hash = StoreHash()
      var record: [UInt8] = []
      for (slot, key) in keys.enumerated() {
        let (offset, name, id) = best[slot]
        let text = Bytes(
          start: bytes.baseAddress.map { ($0 + offset).assumingMemoryBound(to: UInt8.self) }, count: name + id)
        try writer.append(
          Waiting.Name(key: key, nameCount: UInt32(name), idCount: UInt32(id)), text, partition: partition)
        record.removeAll(keepingCapacity: true)
        withUnsafeBytes(of: key) { record.append(contentsOf: $0) }
        record.append(contentsOf: text[..<name])
        hash += record.withUnsafeBytes { StoreHash($0, seed: 7) }
      }
      try writer.finish()
      return hash
    }
  }
}
