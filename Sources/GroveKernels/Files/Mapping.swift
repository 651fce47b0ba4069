import Foundation

/// A file in memory without being read: pages come when they are touched.
///
/// The file stays mapped, even when its name is gone, for as long as anything holds the mapping.
public final class Mapping: @unchecked Sendable {
  // Sendable because the mapped bytes are never written.
  @usableFromInline let start: UnsafeMutableRawPointer?
  /// The file's length in bytes.
  public let byteCount: Int

  /// Maps a file for reading.
  ///
  /// - Throws: `FileFailure.missing` or `.unreadable`.
  public init(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? FileFailure.missing(path: path) : FileFailure.unreadable(path: path, code: errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileFailure.unreadable(path: path, code: errno) }
    byteCount = Int(status.st_size)
    if byteCount == 0 {
      start = nil
      return
    }
    let mapped = mmap(nil, byteCount, PROT_READ, MAP_SHARED, descriptor, 0)
    guard let mapped, mapped != MAP_FAILED else { throw FileFailure.unreadable(path: path, code: errno) }
    start = mapped
  }

  deinit { if let start { munmap(start, byteCount) } }

  /// The file's bytes, good for as long as this mapping is held.
  @inlinable public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : byteCount)
  }

  /// The bytes will be read from front to back soon.
  public func expectSequentialReading() { if let start { madvise(start, byteCount, MADV_SEQUENTIAL) } }

  /// The bytes have been read; their pages may go.
  public func forgetPages() { if let start { madvise(start, byteCount, MADV_DONTNEED) } }
}

/// Elements of a mapped file, read in place.
public struct MappedArray<Element: BitwiseCopyable & Sendable>: RandomAccessCollection, Sendable {
  @usableFromInline let mapping: Mapping
  @usableFromInline let offset: Int
  /// Number of elements.
  public let count: Int

  /// `count` elements that begin `offset` bytes into the mapping.
  ///
  /// - Precondition: they lie inside the file, aligned.
  public init(_ mapping: Mapping, offset: Int, count: Int) {
    precondition(
      count >= 0 && offset % MemoryLayout<Element>.alignment == 0
        && offset + count * MemoryLayout<Element>.stride <= mapping.byteCount,
      "MappedArray: \(count) elements at byte \(offset) of a file of \(mapping.byteCount)")
    self.mapping = mapping
    self.offset = offset
    self.count = count
  }

  /// The first position, 0.
  @inlinable public var startIndex: Int { 0 }
  /// The position after the last element.
  @inlinable public var endIndex: Int { count }

  /// The element at a position.
  @inlinable public subscript(position: Int) -> Element {
    precondition(position >= 0 && position < count, "MappedArray: position \(position) of \(count)")
    return mapping.bytes.load(fromByteOffset: offset + position * MemoryLayout<Element>.stride, as: Element.self)
  }

  /// All elements in place.
  @inlinable public func withUnsafeBufferPointer<Result>(
    _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(mapping) {
      guard count > 0, let start = mapping.bytes.baseAddress else {
        return try body(UnsafeBufferPointer(start: nil, count: 0))
      }
      return try body(
        UnsafeBufferPointer(start: (start + offset).assumingMemoryBound(to: Element.self), count: count))
    }
  }

  /// The same under the name that the standard library's algorithms look for.
  @inlinable public func withContiguousStorageIfAvailable<Result>(
    _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) rethrows -> Result? { try withUnsafeBufferPointer(body) }
}
