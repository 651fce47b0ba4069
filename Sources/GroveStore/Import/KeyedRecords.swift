import CKernels
import Foundation
import GroveKernels

/// What a record's key is about, on its way between two steps of an import: who mentions it and a detail, or a name.
///
/// A record takes 5 to 10 bytes where its fields take 28:
///
///     control   1 byte: form of the key in 2 bits, whether a detail follows in 1, the step of the sequence in 5
///     key       4 bytes, 8 bytes or 16 bytes; or 2 bytes that tell where in the block the key stands already
///     sequence  nothing where it is 0…29 more than the record's before it in the block; 30: 2 bytes of that step;
///               31: 8 bytes, the sequence itself
///     detail    4 bytes, where it is not 0
///
/// Every block is read by itself: keys and sequences refer to nothing before it.
enum KeyedRecords {
  /// The longest record without what follows it.
  static let longest = 1 + 16 + 8 + 4

  fileprivate static let short: UInt8 = 0
  fileprivate static let long: UInt8 = 1
  fileprivate static let whole: UInt8 = 2
  fileprivate static let again: UInt8 = 3

  /// A record, and where it ends in its block.
  private struct Record {
    var key: NodeKey
    var sequence: UInt64
    var detail: UInt32
    var end: Int
  }

  /// Calls `body` with all records of some blocks.
  @inline(__always)
  static func forEach(
    in blocks: [UnsafeRawBufferPointer], _ body: (NodeKey, _ sequence: UInt64, _ detail: UInt32) throws -> Void
  ) rethrows {
    try walk(blocks) { _, record in
      try body(record.key, record.sequence, record.detail)
      return record.end
    }
  }

  /// Calls `body` with all records of some blocks and the key that goes with each.
  @inline(__always)
  static func forEachPair(
    in blocks: [UnsafeRawBufferPointer],
    _ body: (NodeKey, _ sequence: UInt64, _ detail: UInt32, _ other: NodeKey) throws -> Void
  ) rethrows {
    try walk(blocks) { block, record in
      let other = block.loadUnaligned(fromByteOffset: record.end, as: NodeKey.self)
      try body(record.key, record.sequence, record.detail, other)
      return record.end + 16
    }
  }

  /// Calls `body` with all keys of some blocks, their names, and their ids where the keys do not hold them.
  ///
  /// The bytes last as long as the blocks.
  @inline(__always)
  static func forEachName(
    in blocks: [UnsafeRawBufferPointer], _ body: (NodeKey, _ name: Bytes, _ id: Bytes) throws -> Void
  ) rethrows {
    try walk(blocks) { block, record in
      let start = block.baseAddress!.assumingMemoryBound(to: UInt8.self) + record.end
      let (name, id) = (Int(record.detail), Int(record.sequence))
      try body(record.key, Bytes(start: start, count: name), Bytes(start: start + name, count: id))
      return record.end + name + id
    }
  }

  /// Calls `body` with each record and its block; it tells where what follows the record ends.
  @inline(__always)
  private static func walk(
    _ blocks: [UnsafeRawBufferPointer], _ body: (UnsafeRawBufferPointer, Record) throws -> Int
  ) rethrows {
    for block in blocks {
      var place = 0
      var sequence: UInt64 = 0
      while place < block.count {
        let record = read(block, place, after: sequence)
        sequence = record.sequence
        place = try body(block, record)
      }
    }
  }

  @inline(__always)
  private static func read(_ block: UnsafeRawBufferPointer, _ start: Int, after last: UInt64) -> Record {
    let bytes = block.baseAddress!
    let control = bytes.load(fromByteOffset: start, as: UInt8.self)
    var place = start + 1
    var key = NodeKey(high: 0, low: 0)
    switch control & 3 {
    case short:
      key.low = UInt64(bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
      place += 4
    case long:
      key.low = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      place += 8
    case whole:
      key = bytes.loadUnaligned(fromByteOffset: place, as: NodeKey.self)
      place += 16
    default:
      let known = Int(bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self))
      key = bytes.loadUnaligned(fromByteOffset: known, as: NodeKey.self)
      place += 2
    }
    let step = control >> 3
    var sequence = last &+ UInt64(step)
    if step == 30 {
      sequence = last &+ UInt64(bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self))
      place += 2
    } else if step == 31 {
      sequence = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      place += 8
    }
    var detail: UInt32 = 0
    if control & 4 != 0 {
      detail = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)
      place += 4
    }
    return Record(key: key, sequence: sequence, detail: detail, end: place)
  }
}

/// One worker's way of writing records by key into a spill, each into its key's partition.
struct KeyedWriter: ~Copyable {
  private static let slots = 512
  /// Records that wait until the memory that they ask is there.
  private static let ahead = 16

  private var writer: SpillWriter
  /// By partition: the sequence of the last record in its block.
  private let lasts: UnsafeMutablePointer<UInt64>
  /// By partition and slot: where in the block a key stands whole.
  private let places: UnsafeMutablePointer<UInt16>
  /// The last records with long keys, in a ring.
  private let pending: UnsafeMutablePointer<Pending>
  private var pendingCount = 0

  private struct Pending {
    var key: NodeKey
    var sequence: UInt64
    var detail: UInt32
  }

  init(_ spill: Spill) {
    writer = SpillWriter(spill)
    pending = .allocate(capacity: KeyedWriter.ahead)
    pending.initialize(
      repeating: Pending(key: NodeKey(high: 0, low: 0), sequence: 0, detail: 0), count: KeyedWriter.ahead)
    lasts = .allocate(capacity: Spill.partitionCount)
    lasts.initialize(repeating: 0, count: Spill.partitionCount)
    places = .allocate(capacity: Spill.partitionCount * KeyedWriter.slots)
    places.initialize(repeating: 0, count: Spill.partitionCount * KeyedWriter.slots)
  }

  deinit {
    lasts.deallocate()
    places.deallocate()
    pending.deallocate()
  }

  /// Appends a record.
  ///
  /// Long keys are looked up in their block, which lies anywhere; meanwhile the records before them are written.
  @inline(__always)
  mutating func append(_ key: NodeKey, _ sequence: UInt64, detail: UInt32 = 0) throws {
    if key.high == 0 { return try put(key, sequence, detail) }
    let (mask, half) = (KeyedWriter.ahead - 1, KeyedWriter.ahead / 2)
    grove_prefetch(places + KeyedWriter.slot(of: key, key.partition))
    if pendingCount >= half { fetch(pending[(pendingCount - half) & mask].key) }
    let oldest = pending[pendingCount & mask]
    pending[pendingCount & mask] = Pending(key: key, sequence: sequence, detail: detail)
    pendingCount += 1
    if pendingCount > KeyedWriter.ahead { try put(oldest.key, oldest.sequence, oldest.detail) }
  }

  /// Asks for the place in its block where a key may stand.
  @inline(__always)
  private func fetch(_ key: NodeKey) {
    let partition = key.partition
    let known = places[KeyedWriter.slot(of: key, partition)]
    if known != 0, let block = writer.block(partition) { grove_prefetch(block + Int(known)) }
  }

  @inline(__always)
  private mutating func put(_ key: NodeKey, _ sequence: UInt64, _ detail: UInt32) throws {
    let partition = key.partition
    let (block, used) = try room(KeyedRecords.longest, partition)
    let end = write(key, sequence, detail, in: block, at: used, partition)
    writer.advance(end - used, partition)
  }

  /// Appends a record with a second key.
  mutating func append(_ key: NodeKey, _ sequence: UInt64, detail: UInt32, with other: NodeKey) throws {
    let partition = key.partition
    let (block, used) = try room(KeyedRecords.longest + 16, partition)
    let end = write(key, sequence, detail, in: block, at: used, partition)
    (block + end).storeBytes(of: other, as: NodeKey.self)
    writer.advance(end + 16 - used, partition)
  }

  /// Appends a key's name, and its id where the key does not hold it.
  mutating func append(_ key: NodeKey, name: Bytes, id: Bytes) throws {
    let partition = key.partition
    let size = KeyedRecords.longest + name.count + id.count
    if size <= SpillMemory.blockSize {
      let (block, used) = try room(size, partition)
      let end = writeName(key, name, id, in: block, at: used, partition)
      writer.advance(end - used, partition)
    } else {
      // A block of its own, to which nothing else refers.
      let whole = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
      defer { whole.deallocate() }
      let end = writeName(key, name, id, in: whole, at: 0, nil)
      try writer.write(UnsafeRawBufferPointer(start: whole, count: end), partition: partition)
    }
  }

  /// Sends what is still waiting.
  mutating func finish() throws {
    for place in max(0, pendingCount - KeyedWriter.ahead)..<pendingCount {
      let record = pending[place & (KeyedWriter.ahead - 1)]
      try put(record.key, record.sequence, record.detail)
    }
    pendingCount = 0
    try writer.finish()
  }

  @inline(__always)
  private static func slot(of key: NodeKey, _ partition: Int) -> Int {
    partition * slots + Int(truncatingIfNeeded: key.mixed >> 32) & (slots - 1)
  }

  @inline(__always)
  private mutating func room(_ most: Int, _ partition: Int) throws -> (UnsafeMutableRawPointer, Int) {
    let (block, used) = try writer.room(most, partition)
    if used == 0 {
      lasts[partition] = 0
      (places + partition * KeyedWriter.slots).update(repeating: 0, count: KeyedWriter.slots)
    }
    return (block, used)
  }

  private func writeName(
    _ key: NodeKey, _ name: Bytes, _ id: Bytes, in block: UnsafeMutableRawPointer, at start: Int, _ partition: Int?
  ) -> Int {
    var end = write(key, UInt64(id.count), UInt32(name.count), in: block, at: start, partition)
    if let bytes = name.baseAddress { memcpy(block + end, bytes, name.count) }
    end += name.count
    if let bytes = id.baseAddress { memcpy(block + end, bytes, id.count) }
    return end + id.count
  }

  /// - Parameter partition: whose block it is; nil for a block of its own.
  /// - Returns: where the record ends.
  @inline(__always)
  private func write(
    _ key: NodeKey, _ sequence: UInt64, _ detail: UInt32, in block: UnsafeMutableRawPointer, at start: Int,
    _ partition: Int?
  ) -> Int {
    var place = start + 1
    var control: UInt8
    if key.high == 0, key.low <= UInt64(UInt32.max) {
      control = KeyedRecords.short
      (block + place).storeBytes(of: UInt32(truncatingIfNeeded: key.low), as: UInt32.self)
      place += 4
    } else if key.high == 0 {
      control = KeyedRecords.long
      (block + place).storeBytes(of: key.low, as: UInt64.self)
      place += 8
    } else if let known = partition.flatMap({ known(key, in: block, at: place, $0) }) {
      control = KeyedRecords.again
      (block + place).storeBytes(of: known, as: UInt16.self)
      place += 2
    } else {
      control = KeyedRecords.whole
      (block + place).storeBytes(of: key, as: NodeKey.self)
      place += 16
    }
    let last = partition.map { lasts[$0] } ?? 0
    let step = sequence &- last
    if step < 30 {
      control |= UInt8(truncatingIfNeeded: step) << 3
    } else if step <= UInt64(UInt16.max) {
      control |= 30 << 3
      (block + place).storeBytes(of: UInt16(truncatingIfNeeded: step), as: UInt16.self)
      place += 2
    } else {
      control |= 31 << 3
      (block + place).storeBytes(of: sequence, as: UInt64.self)
      place += 8
    }
    if let partition { lasts[partition] = sequence }
    if detail != 0 {
      control |= 4
      (block + place).storeBytes(of: detail, as: UInt32.self)
      place += 4
    }
    (block + start).storeBytes(of: control, as: UInt8.self)
    return place
  }

  /// Where a key stands in its block already; otherwise it is remembered to stand at `place`.
  @inline(__always)
  private func known(_ key: NodeKey, in block: UnsafeMutableRawPointer, at place: Int, _ partition: Int) -> UInt16? {
    let slot = KeyedWriter.slot(of: key, partition)
    let known = places[slot]
    if known != 0, block.loadUnaligned(fromByteOffset: Int(known), as: NodeKey.self) == key { return known }
    places[slot] = UInt16(truncatingIfNeeded: place)
    return nil
  }
}
