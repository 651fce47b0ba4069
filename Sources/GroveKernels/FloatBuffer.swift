import Foundation

/// A fixed number of floats in memory aligned to 64 bytes; the storage of every dense tensor.
///
/// Memory of a released buffer is kept for the next one of about the same size, because a training step asks for the
/// same sizes again and again, and one on a sampled batch for nearly the same. Contents are undefined until written unless
/// `zeroed` is asked for.
///
/// Not `Sendable`: one task owns a buffer; kernels hand disjoint ranges of it to the worker pool.
public final class FloatBuffer {
  /// Number of floats.
  public let count: Int
  let pointer: UnsafeMutablePointer<Float>
  /// What holds the memory that this buffer shows; nil where it has its own.
  private let owner: AnyObject?
  /// Whether the memory may not be written to.
  private let isReadOnly: Bool

  /// - Complexity: O(1) where a released buffer of that size is at hand; O(count) if `zeroed`.
  public init(count: Int, zeroed: Bool = false) {
    precondition(count >= 0, "FloatBuffer: count \(count) is negative")
    self.count = count
    owner = nil
    isReadOnly = false
    pointer = BufferPool.take(count)
    if zeroed { pointer.update(repeating: 0, count: count) }
  }

  /// A buffer holding a copy of `values`.
  public convenience init(_ values: [Float]) {
    self.init(count: values.count)
    values.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { pointer.update(from: base, count: count) }
    }
  }

  /// The first floats of another buffer: the same memory.
  public init(first count: Int, of owner: FloatBuffer) {
    precondition(count >= 0 && count <= owner.count, "FloatBuffer: the first \(count) of \(owner.count)")
    self.count = count
    self.owner = owner
    isReadOnly = owner.isReadOnly
    pointer = owner.pointer
  }

  /// The numbers of a mapped file in place, to be read only.
  public init(reading mapped: MappedArray<Float>) {
    count = mapped.count
    owner = mapped.mapping
    isReadOnly = true
    pointer =
      mapped.withUnsafeBufferPointer { UnsafeMutablePointer(mutating: $0.baseAddress) } ?? BufferPool.nothing
  }

  deinit { if owner == nil { BufferPool.give(pointer, count) } }

  /// The contents as an array.
  public var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// The float at a place in 0..<count; another place traps.
  public subscript(index: Int) -> Float {
    get {
      precondition(index >= 0 && index < count, "FloatBuffer: index \(index) of \(count)")
      return pointer[index]
    }
    set {
      precondition(index >= 0 && index < count && !isReadOnly, "FloatBuffer: index \(index) of \(count), to be written")
      pointer[index] = newValue
    }
  }

  /// Reads the contents in place.
  public func read<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
    try body(Span(_unsafeStart: UnsafePointer(pointer), count: count))
  }

  /// Reads and writes the contents in place.
  public func write<Result>(_ body: (inout MutableSpan<Float>) throws -> Result) rethrows -> Result {
    checkWritable()
    var span = MutableSpan(_unsafeStart: pointer, count: count)
    return try body(&span)
  }

  /// The contents as little-endian bytes, read in place.
  public func readBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try body(UnsafeRawBufferPointer(start: pointer, count: count * MemoryLayout<Float>.stride))
  }

  private func checkWritable() { precondition(!isReadOnly, "FloatBuffer: \(count) floats of a file cannot be written") }

  /// Copies the contents of a buffer of the same size.
  public func copy(from other: FloatBuffer) {
    checkWritable()
    precondition(count == other.count, "copy: \(other.count) floats into \(count)")
    pointer.update(from: other.pointer, count: count)
  }

  /// A buffer of its own with the same contents, which may be written to.
  ///
  /// - Complexity: O(count).
  public func copied() -> FloatBuffer {
    let result = FloatBuffer(count: count)
    result.copy(from: self)
    return result
  }

  /// Copies all of a smaller buffer into the elements from `start` on.
  ///
  /// - Precondition: it ends within this one.
  public func copy(from other: FloatBuffer, at start: Int) {
    precondition(
      start >= 0 && start + other.count <= count && !isReadOnly, "copy: \(other.count) floats at \(start) of \(count)")
    (pointer + start).update(from: other.pointer, count: other.count)
  }

  /// Sets every element to zero.
  public func clear() {
    checkWritable()
    pointer.update(repeating: 0, count: count)
  }

  /// Position of the first element that is not finite, or nil.
  ///
  /// - Complexity: O(count).
  public var firstNonFinite: Int? {
    for index in 0..<count where !pointer[index].isFinite { return index }
    return nil
  }
}

/// Released memory by size, until the next buffer of about that size wants it.
///
/// Sizes are rounded up to 16 floats, and larger ones by at most an eighth, so that buffers of batches, no two of which
/// are of one size, serve each other. As much is kept as buffers once held beyond what they hold now, or 1 GiB if that is
/// more; what was released first goes first. New pages must be cleared before use, which can take longer than the work on
/// them.
private enum BufferPool {
  /// Released memory; of two pieces the one with the smaller number was released first.
  private struct Piece {
    let pointer: UnsafeMutablePointer<Float>
    let number: Int
  }

  /// What the pool has, and how much; all counts are of floats.
  ///
  /// The pointers are owned by the pool alone while they are in it; the mutex guards the table.
  private struct Table: @unchecked Sendable {
    private var free: [Int: [Piece]] = [:]
    private var released = 0
    private var kept = 0
    private var used = 0
    private var mostUsed = 0

    private static let limit = 1 << 28  // 1 GiB

    private var allowed: Int { max(Table.limit, mostUsed - used) }

    mutating func take(_ size: Int) -> UnsafeMutablePointer<Float>? {
      used += size
      mostUsed = max(mostUsed, used)
      guard let piece = free[size]?.popLast() else { return nil }
      kept -= size
      return piece.pointer
    }

    mutating func give(_ pointer: UnsafeMutablePointer<Float>, _ size: Int) {
      used -= size
      kept += size
      released += 1
      free[size, default: []].append(Piece(pointer: pointer, number: released))
    }

    /// Pieces that are too many, the first released first.
    mutating func surplus() -> [UnsafeMutablePointer<Float>] {
      var pieces: [UnsafeMutablePointer<Float>] = []
      while kept > allowed {
        let oldest = free.min { ($0.value.first?.number ?? .max) < ($1.value.first?.number ?? .max) }
        guard let size = oldest?.key, let piece = free[size]?.first else { break }
        free[size]?.removeFirst()
        kept -= size
        pieces.append(piece.pointer)
      }
      return pieces
    }
  }
  private static let table = Guarded(Table())

  /// Where an empty buffer points to.
  nonisolated(unsafe) static let nothing = UnsafeMutablePointer<Float>.allocate(capacity: 1)

  private static func rounded(_ count: Int) -> Int {
    let bits = Int.bitWidth - max(1, count).leadingZeroBitCount
    let step = 1 << max(4, bits - 4)
    return max(16, (count + step - 1) & ~(step - 1))
  }

  static func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    let size = rounded(count)
    let (kept, surplus) = table.withLock { ($0.take(size), $0.surplus()) }
    for pointer in surplus { pointer.deallocate() }
    if let kept { return kept }
    let bytes = size * MemoryLayout<Float>.stride
    let isLarge = bytes >= 2 * hugePage
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: isLarge ? hugePage : 64)
    if isLarge { madvise(raw, bytes, MADV_HUGEPAGE) }
    return raw.bindMemory(to: Float.self, capacity: size)
  }

  /// Bytes of a page of the larger kind.
  ///
  /// Rows are gathered from everywhere in a buffer: with small pages a third of the time goes into finding them.
  private static let hugePage = 1 << 21

  static func give(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) {
    let surplus = table.withLock { table in
      table.give(pointer, rounded(count))
      return table.surplus()
    }
    for pointer in surplus { pointer.deallocate() }
  }
}
