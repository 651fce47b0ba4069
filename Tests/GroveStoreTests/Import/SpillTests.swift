import Foundation
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Records that wait between two steps of an import come back as they went, wherever they waited.
@Suite("Spills") struct SpillTests {
  /// Bytes that may stay in memory: nothing, some, all.
  static let limits = [0, 100_000, 1 << 30]

  /// What a keyed record holds.
  private struct Record: Hashable {
    let key: NodeKey
    let sequence: UInt64
    let detail: UInt32
  }

  /// Keys of every form, popular and rare ones; sequences that step little, much, and back.
  private static func records(_ count: Int, seed: Int) -> [Record] {
    var random = TestRandom(seed)
    var sequence: UInt64 = 0
    return (0..<count).map { index in
      let pick = UInt64(Int.random(in: 0..<40, using: &random))
      let key =
        switch Int.random(in: 0..<6, using: &random) {
        case 0: NodeKey(number: Int64(pick))
        case 1: NodeKey(number: Int64(pick) << 33)
        case 2: NodeKey(number: -Int64(pick) - 1)
        case 3: NodeKey(high: 1 << 56 | pick, low: UInt64.max - pick)
        case 4: NodeKey(high: 2 << 56 | UInt64(index), low: pick)
        default: NodeKey(high: 128 << 56, low: pick)
        }
      switch Int.random(in: 0..<20, using: &random) {
      case 0: sequence = UInt64(Int.random(in: 0..<1 << 30, using: &random)) << 24
      case 1: sequence = Waiting.noPaper
      case 2: sequence &+= UInt64(Int.random(in: 0..<70_000, using: &random))
      default: sequence &+= UInt64(Int.random(in: 0..<34, using: &random))
      }
      let detail =
        Int.random(in: 0..<3, using: &random) == 0
        ? 0 : UInt32(truncatingIfNeeded: Int.random(in: 0..<1 << 32, using: &random))
      return Record(key: key, sequence: sequence, detail: detail)
    }
  }

  private func spill(_ limit: Int, _ scratch: ScratchFolder) -> Spill {
    Spill(in: scratch.path, SpillMemory(limit: limit))
  }

  @Test(arguments: limits, [0, 1, 7, 60_000]) func `keyed records come back by partition`(
    limit: Int, count: Int
  ) throws {
    let scratch = try ScratchFolder()
    let spill = spill(limit, scratch)
    let records = Self.records(count, seed: count)
    var writer = KeyedWriter(spill)
    for record in records { try writer.append(record.key, record.sequence, detail: record.detail) }
    try writer.finish()
    #expect(spill.recordCount == count)
    var read: [Record: Int] = [:]
    for partition in 0..<Spill.partitionCount {
      try spill.withBlocks(partition) { blocks in
        KeyedRecords.forEach(in: blocks) { key, sequence, detail in
          #expect(key.partition == partition)
          read[Record(key: key, sequence: sequence, detail: detail), default: 0] += 1
        }
      }
    }
    #expect(read == records.reduce(into: [:]) { $0[$1, default: 0] += 1 })
  }

  @Test(arguments: limits) func `records with a second key come back with it`(limit: Int) throws {
    let scratch = try ScratchFolder()
    let spill = spill(limit, scratch)
    let records = Self.records(20_000, seed: 2)
    let others = Self.records(20_000, seed: 3).map(\.key)
    var writer = KeyedWriter(spill)
    for (record, other) in zip(records, others) {
      try writer.append(record.key, record.sequence, detail: record.detail, with: other)
    }
    try writer.finish()
    var read: [[Record]: Int] = [:]
    func pair(_ record: Record, _ other: NodeKey) -> [Record] { [record, Record(key: other, sequence: 0, detail: 0)] }
    for partition in 0..<Spill.partitionCount {
      try spill.withBlocks(partition) { blocks in
        KeyedRecords.forEachPair(in: blocks) { key, sequence, detail, other in
          read[pair(Record(key: key, sequence: sequence, detail: detail), other), default: 0] += 1
        }
      }
    }
    #expect(read == zip(records, others).reduce(into: [:]) { $0[pair($1.0, $1.1), default: 0] += 1 })
  }

  @Test(arguments: limits) func `names of any length come back, those longer than a block too`(limit: Int) throws {
    let scratch = try ScratchFolder()
    let spill = spill(limit, scratch)
    let lengths = [0, 1, 15, 300, SpillMemory.blockSize - 40, SpillMemory.blockSize, 3 * SpillMemory.blockSize]
    var written: [String] = []
    var writer = KeyedWriter(spill)
    for (place, record) in Self.records(700, seed: 5).enumerated() {
      let name = String(repeating: "n", count: lengths[place % 7]) + "\(place)"
      let id = record.key.isLong ? String(repeating: "i", count: lengths[place % 5]) : ""
      written.append("\(record.key) \(name) \(id)")
      try Array(name.utf8).withUnsafeBufferPointer { name in
        try Array(id.utf8).withUnsafeBufferPointer { try writer.append(record.key, name: name, id: $0) }
      }
    }
    try writer.finish()
    var read: [String] = []
    for partition in 0..<Spill.partitionCount {
      try spill.withBlocks(partition) { blocks in
        KeyedRecords.forEachName(in: blocks) { key, name, id in
          read.append("\(key) \(String(decoding: name, as: UTF8.self)) \(String(decoding: id, as: UTF8.self))")
        }
      }
    }
    #expect(read.sorted() == written.sorted())
  }

  @Test func `what is kept is read twice, what is not kept once`() throws {
    let scratch = try ScratchFolder()
    let spill = spill(1 << 20, scratch)
    try [UInt8](0..<200).withUnsafeBytes { try spill.write($0, partition: 3) }
    for _ in 0..<2 {
      #expect(try spill.withBlocks(3, keeping: true) { Array($0.joined()) } == [UInt8](0..<200))
    }
    #expect(try spill.withBlocks(3) { Array($0.joined()) } == [UInt8](0..<200))
    #expect(try spill.withBlocks(4) { $0.count } == 0)
  }

  @Test func `memory that was given back is used again`() {
    let memory = SpillMemory(limit: 1000)
    let block = memory.take()
    memory.giveBack(block)
    #expect(memory.take() == block)
    #expect(memory.keep(600))
    #expect(!memory.keep(600))
    memory.release(600)
    #expect(memory.keep(1000))
  }

  @Test(arguments: [SyntheticDump.Format.oagV3, .dblpV12])
  func `an import that waits on disk gives the store of one in memory`(
    format: SyntheticDump.Format
  ) throws {
    let scratch = try ScratchFolder()
    let folder = scratch.file("dump")
    _ = try SyntheticDump(papers: 2000, format: format, seed: 4).write(into: folder)
    var stores: [GraphStore] = []
    for (place, limit) in Self.limits.enumerated() {
      var options = StoreImporter.Options()
      (options.waitingMemory, options.dangling) = (limit, .keepStub)
      try StoreImporter(options).run([folder], into: scratch.file("store-\(place)"))
      stores.append(try GraphStore(scratch.file("store-\(place)")))
    }
    for store in stores.dropFirst() {
      #expect(store.snapshot == stores[0].snapshot)
      for relation in store.relations { #expect(try store.edges(of: relation) == stores[0].edges(of: relation)) }
      for type in AcademicSchema.nodeTypes { #expect(try store.nodeIDs(of: type) == stores[0].nodeIDs(of: type)) }
    }
  }
}
