import Foundation
import GroveKernels

/// Memory that the waiting records of an import share: equal blocks that go from writers to readers and back.
///
/// Blocks that are full stay in memory up to `limit`; what comes after goes to disk. A block that was read is written
/// again, so that a long import touches no more memory than a short one.
final class SpillMemory: @unchecked Sendable {
  // Sendable because everything that changes is only touched while `lock` is held.
  static let blockSize = 1 << 13
  private static let blocksOfSlab = 256

  private let limit: Int
  private let lock = NSLock()
  private var free: [UnsafeMutableRawPointer] = []
  private var slabs: [UnsafeMutableRawPointer] = []
  private var keptBytes = 0

  /// - Parameter limit: bytes of waiting records that stay in memory.
  init(limit: Int) { self.limit = limit }

  deinit { for slab in slabs { slab.deallocate() } }

  /// A block of `blockSize` bytes, aligned to 64.
  func take() -> UnsafeMutableRawPointer {
    lock.withLock {
      if let block = free.popLast() { return block }
      // As large and aligned as the system's large pages: hundreds of blocks are written in turn.
      let size = SpillMemory.blockSize * SpillMemory.blocksOfSlab
      let slab = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: size)
      madvise(slab, size, MADV_HUGEPAGE)
      slabs.append(slab)
      for place in (1..<SpillMemory.blocksOfSlab).reversed() { free.append(slab + place * SpillMemory.blockSize) }
      return slab
    }
  }

  /// Hands a block back.
  func giveBack(_ block: UnsafeMutableRawPointer) { lock.withLock { free.append(block) } }

  /// Whether `count` more bytes may stay in memory; they then count until `release`.
  func keep(_ count: Int) -> Bool {
    lock.withLock {
      guard keptBytes + count <= limit else { return false }
      keptBytes += count
      return true
    }
  }

  /// Bytes are no longer kept.
  func release(_ count: Int) { lock.withLock { keptBytes -= count } }
}

/// Records on their way between two steps of an import, apart by partition: in memory while there is room, then on disk.
///
/// The file has no name, so nothing is left of it however the process ends. No record lies across two blocks.
/// The order of records within a partition depends on threads; readers must not.
final class Spill: @unchecked Sendable {
  // Sendable because everything that changes is only touched while `lock` is held.
  static let partitionCount = 128

  /// O_TMPFILE, which Swift does not import: __O_TMPFILE | O_DIRECTORY.
  private static let nameless = 0o20_000_000 | O_DIRECTORY

  private enum Block {
    /// A whole block of the shared memory.
    case shared(UnsafeMutableRawPointer, count: Int)
    /// Memory of its own, as long as what it holds.
    case own(UnsafeMutableRawPointer, count: Int)
    case file(offset: Int, count: Int)
  }

  fileprivate let memory: SpillMemory
  private let folder: String
  private let lock = NSLock()
  private var blocks: [[Block]]
  private var wasRead: [Bool]
  private var descriptor: Int32 = -1
  private var end = 0
  private var records = 0

  /// - Parameter folder: where the file lies, if one is needed.
  init(in folder: String, _ memory: SpillMemory, partitions: Int = Spill.partitionCount) {
    self.folder = folder
    self.memory = memory
    blocks = Array(repeating: [], count: partitions)
    wasRead = Array(repeating: false, count: partitions)
  }

  deinit {
    for partition in blocks { for block in partition { dispose(of: block) } }
    if descriptor >= 0 { close(descriptor) }
  }

  /// Records that writers appended, those of `write` not counted.
  var recordCount: Int { lock.withLock { records } }

  /// Keeps bytes for a partition.
  func write(_ bytes: UnsafeRawBufferPointer, partition: Int) throws {
    guard bytes.count > 0 else { return }
    guard memory.keep(bytes.count) else { return try writeToFile(bytes, partition) }
    let copy = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 64)
    copy.copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
    add(.own(copy, count: bytes.count), partition)
  }

  /// Takes a block of the shared memory with `count` bytes in it.
  fileprivate func take(_ block: UnsafeMutableRawPointer, count: Int, partition: Int) throws {
    // Blocks with little in them would hold a lot of memory.
    if count > SpillMemory.blockSize / 2, memory.keep(SpillMemory.blockSize) {
      return add(.shared(block, count: count), partition)
    }
    defer { memory.giveBack(block) }
    try write(UnsafeRawBufferPointer(start: block, count: count), partition: partition)
  }

  fileprivate func count(_ more: Int) { lock.withLock { records += more } }

  private func add(_ block: Block, _ partition: Int) {
    lock.withLock {
      while blocks.count <= partition {
        blocks.append([])
        wasRead.append(false)
      }
      blocks[partition].append(block)
    }
  }

  private func writeToFile(_ bytes: UnsafeRawBufferPointer, _ partition: Int) throws {
    let (file, offset) = try lock.withLock {
      if descriptor < 0 { descriptor = try openFile() }
      defer { end += bytes.count }
      return (descriptor, end)
    }
    var done = 0
    while done < bytes.count {
      let count = pwrite(file, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw FileFailure.cannotWrite(path: folder, code: count < 0 ? errno : ENOSPC) }
      done += count
    }
    add(.file(offset: offset, count: bytes.count), partition)
  }

  private func openFile() throws -> Int32 {
    let opened = open(folder, Spill.nameless | O_RDWR | O_CLOEXEC, 0o600)
    if opened >= 0 { return opened }
    // File systems without nameless files: a name that is gone at once.
    var name = Array("\(folder)/spill-XXXXXX".utf8CString)
    let made = mkstemp(&name)
    guard made >= 0 else { throw FileFailure.cannotCreate(path: folder, code: errno) }
    unlink(name)
    return made
  }

  /// Calls `body` with the blocks of a partition, which are gone afterwards.
  ///
  /// - Parameter keeping: the partition is read again later.
  func withBlocks<Result>(
    _ partition: Int, keeping: Bool = false, _ body: ([UnsafeRawBufferPointer]) throws -> Result
  ) throws -> Result {
    let (blocks, file) = lock.withLock { () -> ([Block], Int32) in
      guard partition < self.blocks.count else { return ([], -1) }
      precondition(!wasRead[partition], "Spill: partition \(partition) is read twice")
      defer {
        if !keeping {
          self.blocks[partition] = []
          wasRead[partition] = true
        }
      }
      return (self.blocks[partition], descriptor)
    }
    var copies: [UnsafeMutableRawPointer] = []
    defer {
      for copy in copies { copy.deallocate() }
      if !keeping { for block in blocks { dispose(of: block) } }
    }
    let bytes = try blocks.map { block -> UnsafeRawBufferPointer in
      switch block {
      case .shared(let start, let count), .own(let start, let count):
        return UnsafeRawBufferPointer(start: start, count: count)
      case .file(let offset, let count):
        let copy = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 64)
        copies.append(copy)
        try read(file, offset, into: copy, count)
        return UnsafeRawBufferPointer(start: copy, count: count)
      }
    }
    return try body(bytes)
  }

  private func read(_ file: Int32, _ offset: Int, into memory: UnsafeMutableRawPointer, _ count: Int) throws {
    var done = 0
    while done < count {
      let got = pread(file, memory + done, count - done, off_t(offset + done))
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else { throw FileFailure.unreadable(path: folder, code: got < 0 ? errno : EIO) }
      done += got
    }
  }

  private func dispose(of block: Block) {
    switch block {
    case .shared(let start, _):
      memory.giveBack(start)
      memory.release(SpillMemory.blockSize)
    case .own(let start, let count):
      start.deallocate()
      memory.release(count)
    case .file: break
    }
  }
}

/// One worker's way into a spill.
struct SpillWriter: ~Copyable {
  private let spill: Spill
  private let partitions: Int
  /// By partition: its block and how much of that is used.
  private let lanes: UnsafeMutablePointer<(block: UnsafeMutableRawPointer?, used: Int)>
  private var count = 0

  init(_ spill: Spill, partitions: Int = Spill.partitionCount) {
    self.spill = spill
    self.partitions = partitions
    lanes = .allocate(capacity: partitions)
    lanes.initialize(repeating: (nil, 0), count: partitions)
  }

  deinit {
    for partition in 0..<partitions { if let block = lanes[partition].block { spill.memory.giveBack(block) } }
    lanes.deallocate()
  }

  /// The partition's block, where it has one.
  @inline(__always)
  func block(_ partition: Int) -> UnsafeMutableRawPointer? { lanes[partition].block }

  /// Room for a record of at most `most` bytes: the block and how much of it is used.
  ///
  /// `advance` then tells how long the record is.
  @inline(__always)
  mutating func room(_ most: Int, _ partition: Int) throws -> (block: UnsafeMutableRawPointer, used: Int) {
    let lane = lanes[partition]
    if let block = lane.block, lane.used + most <= SpillMemory.blockSize { return (block, lane.used) }
    return (try newBlock(partition), 0)
  }

  /// A record of `bytes` bytes was written where `room` said.
  @inline(__always)
  mutating func advance(_ bytes: Int, _ partition: Int) {
    lanes[partition].used += bytes
    count += 1
  }

  /// Appends a record of a fixed size.
  @inline(__always)
  mutating func append<Record: BitwiseCopyable>(_ record: Record, partition: Int) throws {
    let (block, used) = try room(MemoryLayout<Record>.stride, partition)
    (block + used).storeBytes(of: record, as: Record.self)
    advance(MemoryLayout<Record>.stride, partition)
  }

  /// Writes a record that is longer than a block.
  mutating func write(_ bytes: UnsafeRawBufferPointer, partition: Int) throws {
    try spill.write(bytes, partition: partition)
    count += 1
  }

  private mutating func newBlock(_ partition: Int) throws -> UnsafeMutableRawPointer {
    try flush(partition)
    let block = spill.memory.take()
    lanes[partition] = (block, 0)
    return block
  }

  private mutating func flush(_ partition: Int) throws {
    let (block, used) = lanes[partition]
    guard let block else { return }
    lanes[partition] = (nil, 0)
    try spill.take(block, count: used, partition: partition)
  }

  /// Sends what is still waiting.
  mutating func finish() throws {
    for partition in 0..<partitions { try flush(partition) }
    spill.count(count)
    count = 0
  }
}
