public import Foundation
import Crypto

/// SHA-256, as manifests and the catalogue write it: 64 lower-case hexadecimal digits.
public enum Checksum {
  /// Checksum of bytes that are at hand.
  public static func sha256(_ bytes: Data) -> String { hex(SHA256.hash(data: bytes)) }

  /// Checksum of a file, read in pieces.
  ///
  /// - Complexity: O(bytes) time, O(1) memory.
  public static func sha256(ofFile path: String) throws -> String {
    guard let handle = FileHandle(forReadingAtPath: path) else { throw FileFailure.missing(path: path) }
    defer { try? handle.close() }
    var hash = SHA256()
    do {
      while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
    } catch {
      throw FileFailure.unreadable(path: path, code: errno)
    }
    return hex(hash.finalize())
  }

  /// A checksum over bytes that come in pieces.
  public struct Running {
    private var hash = SHA256()

    /// The checksum of nothing yet.
    public init() {}

    /// Adds bytes behind those before.
    public mutating func add(_ bytes: some DataProtocol) { hash.update(data: bytes) }

    /// The checksum of all bytes so far.
    public var text: String { Checksum.hex(hash.finalize()) }
  }

  fileprivate static func hex(_ digest: SHA256.Digest) -> String {
    digest.map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}
