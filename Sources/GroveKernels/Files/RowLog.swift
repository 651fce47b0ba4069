import Crypto
import Foundation

/// Rows of numbers under keys, in one file that is only appended to: what was computed once and may be wanted again.
///
///     "GROVE ROWS 1\n", width as 8 bytes, then pieces: count and checksum as 8 bytes each, keys [count, 2] as 8 bytes each,
///     rows [count, width] as 4 bytes each; all little-endian
///
/// A piece reaches the disk before `append` returns. A process that is killed while it appends leaves a piece that is cut
/// short: the next one to open the file takes it off. Several processes may append in turn.
public final class RowLog {
  /// 128 bits that stand for what a row was made of.
  public struct Key: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    /// The first half of the text's SHA-256: two texts of one key will not be met.
    public init(of text: String) {
      let digest = Array(SHA256.hash(data: Data(text.utf8)))
      func word(_ range: Range<Int>) -> UInt64 { digest[range].reduce(0) { $0 << 8 | UInt64($1) } }
      (high, low) = (word(0..<8), word(8..<16))
    }
  }

  /// Numbers of a row.
  public let width: Int
  private let path: String
  private let descriptor: Int32
  /// Where the row of each key begins.
  private var places: [Key: Int] = [:]
  /// Where the last whole piece ends that this log knows of.
  private var end = 0
  private var mapping: Mapping?

  private static let magic = Array("GROVE ROWS 1\n".utf8) + [0, 0, 0]
  private static let headerSize = 24

  /// Opens the file, or makes it with its folder.
  ///
  /// - Throws: `FileFailure`; `RowLogFailure` for a file that is something else, or of rows of another width.
  /// - Complexity: O(bytes): every piece is compared with its checksum.
  public init(_ path: String, width: Int) throws {
    precondition(width >= 1, "RowLog: rows of \(width) numbers")
    (self.path, self.width) = (path, width)
    try AtomicFile.makeFolder((path as NSString).deletingLastPathComponent)
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFailure.cannotCreate(path: path, code: errno) }
    try alone { try scan() }
  }

  deinit { close(descriptor) }

  /// How many rows there are.
  public var count: Int { places.count }

  /// Whether there is a row of that key.
  public func contains(_ key: Key) -> Bool { places[key] != nil }

  /// Adds rows; they are on the disk when this returns.
  ///
  /// - Shape: rows [keys, width].
  /// - Throws: `FileFailure.cannotWrite`; the file is then as it was. `RowLogFailure` where someone cut it meanwhile.
  public func append(_ keys: [Key], _ rows: FloatBuffer) throws {
    precondition(rows.count == keys.count * width, "RowLog: \(rows.count) numbers for \(keys.count) rows of \(width)")
    if keys.isEmpty { return }
    var body = Data(capacity: 16 * keys.count + 4 * rows.count)
    for key in keys { for word in [key.high, key.low] { body.append(word.littleEndianBytes) } }
    rows.readBytes { body.append(contentsOf: $0) }
    let sum = body.withUnsafeBytes(RowLog.checksum)
    let piece = UInt64(keys.count).littleEndianBytes + sum.littleEndianBytes + body
    try alone {
      let length = Int(lseek(descriptor, 0, SEEK_END))
      guard length >= end else { throw RowLogFailure(path: path, reason: "it was cut short while it was open") }
      // Others have appended, or were killed while they did.
      if length > end { try notePieces(of: try Mapping(path)) }
      do { try send(piece) } catch {
        ftruncate(descriptor, off_t(end))
        throw error
      }
      note(keys, at: end + 16)
      end += piece.count
    }
    mapping = nil
  }

  /// The rows of some keys, in their order.
  ///
  /// - Shape: out [keys, width].
  /// - Precondition: there is a row of every key.
  public func read(_ keys: some Collection<Key>, into out: FloatBuffer) throws {
    precondition(out.count == keys.count * width, "RowLog: room for \(out.count) numbers of \(keys.count) rows")
    if keys.isEmpty { return }
    let mapping = try self.mapping ?? Mapping(path)
    self.mapping = mapping
    for (row, key) in keys.enumerated() {
      guard let place = places[key] else { preconditionFailure("RowLog: no row of key \(key)") }
      let bytes = UnsafeRawBufferPointer(rebasing: mapping.bytes[place..<place + 4 * width])
      UnsafeMutableRawPointer(out.pointer + row * width).copyMemory(from: bytes.baseAddress!, byteCount: 4 * width)
    }
  }

  // MARK: - Inside

  /// Runs `body` while no other process reads or writes the file's end.
  private func alone<Result>(_ body: () throws -> Result) throws -> Result {
    while flock(descriptor, LOCK_EX) != 0 {
      if errno != EINTR { throw FileFailure.cannotWrite(path: path, code: errno) }
    }
    defer { flock(descriptor, LOCK_UN) }
    return try body()
  }

  /// Reads where rows lie.
  private func scan() throws {
    let mapping = try Mapping(path)
    let bytes = mapping.bytes
    if mapping.byteCount < RowLog.headerSize {
      // New, or killed before its first bytes were there.
      guard RowLog.magic.starts(with: bytes.prefix(RowLog.magic.count)) else {
        throw RowLogFailure(path: path, reason: "it is no file of encoded rows")
      }
      guard ftruncate(descriptor, 0) == 0 else { throw FileFailure.cannotWrite(path: path, code: errno) }
      end = RowLog.headerSize
      return try send(Data(RowLog.magic) + UInt64(width).littleEndianBytes)
    }
    guard
      bytes.prefix(RowLog.magic.count).elementsEqual(RowLog.magic),
      RowLog.word(bytes, RowLog.magic.count) == UInt64(width)
    else { throw RowLogFailure(path: path, reason: "it holds no encoded rows of \(width) numbers") }
    mapping.expectSequentialReading()
    end = RowLog.headerSize
    try notePieces(of: mapping)
  }

  /// Notes the whole pieces from `end` on, and takes off a last one that is not whole.
  private func notePieces(of mapping: Mapping) throws {
    let bytes = mapping.bytes
    func word(_ place: Int) -> UInt64 { RowLog.word(bytes, place) }
    let size = 16 + 4 * width
    while end + 16 <= mapping.byteCount {
      let (count, first) = (word(end), end + 16)
      guard count >= 1, count <= UInt64((mapping.byteCount - first) / size) else { break }
      let body = UnsafeRawBufferPointer(rebasing: bytes[first..<first + Int(count) * size])
      guard RowLog.checksum(body) == word(end + 8) else { break }
      note((0..<Int(count)).map { Key(high: word(first + 16 * $0), low: word(first + 8 + 16 * $0)) }, at: first)
      end = first + Int(count) * size
    }
    if end < mapping.byteCount, ftruncate(descriptor, off_t(end)) != 0 {
      throw FileFailure.cannotWrite(path: path, code: errno)
    }
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
  }

  /// Notes the rows of a piece whose keys begin at a byte; of two rows of one key the first counts.
  private func note(_ keys: [Key], at start: Int) {
    for (row, key) in keys.enumerated() where places[key] == nil {
      places[key] = start + 16 * keys.count + 4 * width * row
    }
  }

  private func send(_ bytes: Data) throws {
    var sink = ByteSink(descriptor: descriptor, path: path)
    try bytes.withUnsafeBytes { try sink.write($0) }
    try sink.flush()
    guard fdatasync(descriptor) == 0 else { throw FileFailure.cannotWrite(path: path, code: errno) }
  }

  /// A word at a time (64-bit FNV-1a): finds damage, not forgery.
  private static func checksum(_ body: UnsafeRawBufferPointer) -> UInt64 {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    for place in stride(from: 0, through: body.count - 4, by: 4) {
      let word = UInt32(littleEndian: body.loadUnaligned(fromByteOffset: place, as: UInt32.self))
      value = (value ^ UInt64(word)) &* 0x100_0000_01b3
    }
    return value
  }
}

extension RowLog.Key {
  fileprivate init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }
}

extension UInt64 {
  fileprivate var littleEndianBytes: Data { Swift.withUnsafeBytes(of: littleEndian) { Data($0) } }
}

/// A file of rows that is not what it should be.
public struct RowLogFailure: Failure, Equatable {
  /// The file.
  public let path: String
  /// What is wrong with it, in words.
  public let reason: String
  /// `badData`.
  public var kind: FailureKind { .badData }
  /// The path, the reason and what to do, in one sentence.
  public var description: String { "\(path): \(reason); remove it, and what it kept is computed again" }
}
