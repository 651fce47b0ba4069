import Foundation
import GroveKernels

/// What the elements of a store's array file are.
enum StoreElement: String, Codable, Sendable {
  case int32, uint32, int64, float32
  /// IEEE half precision.
  case float16
  /// 16 bytes: `high`, then `low` of a `NodeKey`.
  case key
  /// 24 bytes: a key and a number.
  case reference

  var stride: Int {
    switch self {
    case .int32, .uint32, .float32: 4
    case .int64: 8
    case .float16: 2
    case .key: 16
    case .reference: 24
    }
  }

  /// The first 64 bytes of a file: "GROVEARR", version 1, the element's name, the count, zeros; integers little-endian.
  func header(count: Int) -> [UInt8] {
    var bytes = Array("GROVEARR".utf8) + [1, 0, 0, 0, 0, 0, 0, 0]
    bytes += Array(rawValue.utf8) + Array(repeating: 0, count: 16 - rawValue.utf8.count)
    bytes += withUnsafeBytes(of: UInt64(count).littleEndian) { Array($0) }
    return bytes + Array(repeating: 0, count: 64 - bytes.count)
  }
}

/// Writes an array file of a store from front to back, hashing as it goes.
final class StoreArrayWriter {
  /// Bytes before the first element.
  static let headerSize = 64

  let path: String
  let element: StoreElement
  private(set) var count = 0
  private let descriptor: Int32
  private let hash = RunningHash()
  private var pending: [UInt8] = []

  /// - Throws: `FileFailure.cannotCreate`.
  init(_ path: String, _ element: StoreElement) throws {
    self.path = path
    self.element = element
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFailure.cannotCreate(path: path, code: errno) }
    pending = [UInt8](repeating: 0, count: StoreArrayWriter.headerSize)
    try send()
  }

  deinit { close(descriptor) }

  func append<Value: BitwiseCopyable>(_ value: Value) throws {
    withUnsafeBytes(of: value) { pending.append(contentsOf: $0) }
    count += 1
    if pending.count >= 1 << 18 { try flush() }
  }

  func append<Value: BitwiseCopyable>(contentsOf values: [Value]) throws {
    values.withUnsafeBytes { pending.append(contentsOf: $0) }
    count += values.count
    if pending.count >= 1 << 18 { try flush() }
  }

  /// Writes what waits and the header; the disk is waited for when the store's writer commits.
  func finish() throws -> StoreFile {
    try flush()
    let header = element.header(count: count)
    guard pwrite(descriptor, header, header.count, 0) == header.count else {
      throw FileFailure.cannotWrite(path: path, code: errno)
    }
    WriteBack.begin(descriptor)
    return StoreFile(
      name: (path as NSString).lastPathComponent, bytes: StoreArrayWriter.headerSize + count * element.stride,
      checksum: hash.value.text, element: element, count: count)
  }

  private func flush() throws {
    pending.withUnsafeBytes { hash.update($0) }
    try send()
  }

  private func send() throws {
    var done = 0
    try pending.withUnsafeBytes { bytes in
      while done < bytes.count {
        let count = write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw FileFailure.cannotWrite(path: path, code: count < 0 ? errno : ENOSPC) }
        done += count
      }
    }
    pending.removeAll(keepingCapacity: true)
  }
}

/// Writes an array file of a store in any order, by all threads at once.
final class StoreScatterFile: @unchecked Sendable {
  // Sendable because each element is stored once, by one thread, and read after all are.
  private let path: String
  private let element: StoreElement
  private let count: Int
  private let byteCount: Int
  private let start: UnsafeMutableRawPointer

  /// - Throws: `FileFailure.cannotCreate`, also where the disk has no room for the whole file.
  init(_ path: String, _ element: StoreElement, count: Int) throws {
    self.path = path
    self.element = element
    self.count = count
    byteCount = StoreArrayWriter.headerSize + count * element.stride
    let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFailure.cannotCreate(path: path, code: errno) }
    defer { close(descriptor) }
    // Room is taken at once: a full disk is an error here and not a fault later.
    let code = posix_fallocate(descriptor, 0, off_t(byteCount))
    guard code == 0 else { throw FileFailure.cannotWrite(path: path, code: code) }
    let mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let mapped, mapped != MAP_FAILED else { throw FileFailure.cannotCreate(path: path, code: errno) }
    start = mapped
  }

  deinit { munmap(start, byteCount) }

  /// Stores an element.
  func store<Value: BitwiseCopyable>(_ value: Value, at position: Int) {
    precondition(position >= 0 && position < count, "StoreScatterFile: position \(position) of \(count)")
    start.storeBytes(
      of: value, toByteOffset: StoreArrayWriter.headerSize + position * element.stride, as: Value.self)
  }

  /// Writes the header; the disk is waited for when the store's writer commits.
  func finish() throws -> StoreFile {
    element.header(count: count).withUnsafeBytes { start.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    let body = UnsafeRawBufferPointer(
      start: start + StoreArrayWriter.headerSize, count: byteCount - StoreArrayWriter.headerSize)
    return StoreFile(
      name: (path as NSString).lastPathComponent, bytes: byteCount, checksum: StoreHash(body).text, element: element,
      count: count)
  }
}

/// A file of a store, as the manifest lists it.
struct StoreFile: Codable, Sendable, Equatable {
  /// Its name in the store's folder.
  let name: String
  /// Its length.
  let bytes: Int
  /// 32 digits: XXH3-128 over the elements of an array, over the whole of any other file.
  let checksum: String
  /// What an array holds; nil for other files.
  let element: StoreElement?
  /// How many elements.
  let count: Int?
}
