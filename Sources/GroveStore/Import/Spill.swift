import Foundation
import GroveKernels

/// Records on their way between two steps of an import, apart by partition, on disk without a name.
///
/// The file has no name, so nothing is left of it however the process ends. Memory: one block a partition and writer.
/// The order of records within a partition depends on threads; readers must not.
final class Spill: @unchecked Sendable {
  // Sendable because `blocks` and `end` are only touched inside `lock`; `descriptor` never changes.
  static let partitionCount = 128

  /// O_TMPFILE, which Swift does not import: __O_TMPFILE | O_DIRECTORY.
  private static let nameless = 0o20_000_000 | O_DIRECTORY

  private let descriptor: Int32
  private let folder: String
  private let lock = NSLock()
  private var blocks: [[(offset: Int, count: Int)]]
  private var end = 0

  /// - Throws: `FileFailure.cannotCreate` where the folder takes no file.
  init(in folder: String, partitions: Int = Spill.partitionCount) throws {
    self.folder = folder
    let opened = open(folder, Spill.nameless | O_RDWR | O_CLOEXEC, 0o600)
    if opened >= 0 {
      descriptor = opened
    } else {
      // File systems without nameless files: a name that is gone at once.
      var name = Array("\(folder)/spill-XXXXXX".utf8CString)
      descriptor = mkstemp(&name)
      guard descriptor >= 0 else { throw FileFailure.cannotCreate(path: folder, code: errno) }
      unlink(name)
    }
    blocks = Array(repeating: [], count: partitions)
  }

  deinit { close(descriptor) }

  /// Bytes written so far.
  var byteCount: Int { lock.withLock { end } }

  /// Writes a block of a partition.
  func write(_ bytes: UnsafeRawBufferPointer, partition: Int) throws {
    guard bytes.count > 0 else { return }
    let offset = lock.withLock {
      let offset = end
      end += bytes.count
      while blocks.count <= partition { blocks.append([]) }
      blocks[partition].append((offset, bytes.count))
      return offset
    }
    var done = 0
    while done < bytes.count {
      let count = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw FileFailure.cannotWrite(path: folder, code: count < 0 ? errno : ENOSPC) }
      done += count
    }
  }

  /// Calls `body` with all records of a partition.
  func withPartition<Result>(
    _ partition: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let blocks = lock.withLock { partition < self.blocks.count ? self.blocks[partition] : [] }
    let count = blocks.reduce(0) { $0 + $1.count }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 64)
    defer { buffer.deallocate() }
    var place = 0
    for block in blocks {
      var done = 0
      while done < block.count {
        let got = pread(descriptor, buffer.baseAddress! + place + done, block.count - done, off_t(block.offset + done))
        if got < 0 && errno == EINTR { continue }
        guard got > 0 else { throw FileFailure.unreadable(path: folder, code: got < 0 ? errno : EIO) }
        done += got
      }
      place += block.count
    }
    return try body(UnsafeRawBufferPointer(start: buffer.baseAddress, count: count))
  }
}

/// One worker's way into a spill.
struct SpillWriter: ~Copyable {
  private let spill: Spill
  private let blockSize: Int
  private let memory: UnsafeMutableRawPointer
  private let filled: UnsafeMutablePointer<Int>
  private let partitions: Int

  init(_ spill: Spill, partitions: Int = Spill.partitionCount, blockSize: Int = 1 << 16) {
    self.spill = spill
    self.blockSize = blockSize
    self.partitions = partitions
    memory = .allocate(byteCount: partitions * blockSize, alignment: 64)
    filled = .allocate(capacity: partitions)
    filled.initialize(repeating: 0, count: partitions)
  }

  deinit {
    memory.deallocate()
    filled.deallocate()
  }

  /// Room for a record of `count` bytes, at most a block.
  @inline(__always)
  private func room(_ count: Int, _ partition: Int) throws -> UnsafeMutableRawPointer {
    var used = filled[partition]
    if used + count > blockSize {
      try flush(partition)
      used = 0
    }
    filled[partition] = used + count
    return memory + (partition * blockSize + used)
  }

  /// Appends a record of a fixed size.
  @inline(__always)
  func append<Record: BitwiseCopyable>(_ record: Record, partition: Int) throws {
    try room(MemoryLayout<Record>.stride, partition).storeBytes(of: record, as: Record.self)
  }

  /// Appends a head and bytes: the head, the bytes, then zeros up to a multiple of eight.
  ///
  /// The head tells the number of bytes.
  func append<Head: BitwiseCopyable>(_ head: Head, _ bytes: Bytes, partition: Int) throws {
    let headSize = MemoryLayout<Head>.stride
    let count = (headSize + bytes.count + 7) & ~7
    if count <= blockSize {
      let place = try room(count, partition)
      place.storeBytes(of: head, as: Head.self)
      if let start = bytes.baseAddress { memcpy(place + headSize, start, bytes.count) }
      memset(place + headSize + bytes.count, 0, count - headSize - bytes.count)
    } else {
      try flush(partition)
      var whole = [UInt8](repeating: 0, count: count)
      try whole.withUnsafeMutableBytes { buffer in
        buffer.storeBytes(of: head, as: Head.self)
        memcpy(buffer.baseAddress! + headSize, bytes.baseAddress!, bytes.count)
        try spill.write(UnsafeRawBufferPointer(buffer), partition: partition)
      }
    }
  }

  private func flush(_ partition: Int) throws {
    try spill.write(
      UnsafeRawBufferPointer(start: memory + partition * blockSize, count: filled[partition]), partition: partition)
    filled[partition] = 0
  }

  /// Sends what is still waiting.
  func finish() throws { for partition in 0..<partitions { try flush(partition) } }
}
