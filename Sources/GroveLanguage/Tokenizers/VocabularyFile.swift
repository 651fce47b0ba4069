import Foundation
import GroveKernels

/// Vocabularies as model folders hold them: `vocab.txt`, or the object `model.vocab` of a `tokenizer.json`.
enum VocabularyFile {
  /// The largest piece number that is believed.
  private static let largestNumber = 1 << 24

  /// The bytes of a file.
  ///
  /// - Throws: `FileFailure.missing` or `.unreadable`.
  static func bytes(of path: String) throws -> Data {
    guard FileManager.default.fileExists(atPath: path) else { throw FileFailure.missing(path: path) }
    do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw FileFailure.unreadable(path: path, code: EACCES)
    }
  }

  /// A JSON object of a file.
  ///
  /// - Throws: `FileFailure`, or `TokenizerFailure.malformed`.
  static func object(_ path: String) throws -> (values: [String: Any], bytes: [UInt8]) {
    let data = try bytes(of: path)
    guard let values = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
      throw TokenizerFailure.malformed(path: path, reason: "it is not a JSON object")
    }
    return (values, [UInt8](data))
  }

  /// One piece a line, its number being that of the line from 0; either end of line is known.
  static func lines(_ path: String) throws -> PieceList {
    let bytes = [UInt8](try bytes(of: path))
    var list = PieceList()
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      list.set(line.last == 13 ? line.dropLast() : line, at: list.count)
    }
    // What follows the last end of line is no piece unless something stands there.
    if list.bytes(at: list.count - 1)?.isEmpty == true { list.removeLast() }
    return list
  }

  /// The pieces of `model.vocab` in a JSON text that is known to be valid.
  ///
  /// They are read byte by byte: a dictionary of strings would take canonically equivalent pieces for one.
  /// - Throws: `TokenizerFailure.malformed` where there is no such object or a number is none.
  static func pieces(ofTokenizer bytes: [UInt8], path: String) throws -> PieceList {
    var reader = JSONKeys(bytes)
    guard reader.enter("model"), reader.enter("vocab"), reader.isAtObject else {
      throw TokenizerFailure.malformed(path: path, reason: "it has no object model.vocab")
    }
    var list = PieceList()
    while let key = reader.nextKey() {
      guard let number = reader.wholeNumber(), number <= largestNumber else {
        let piece = String(decoding: key, as: UTF8.self)
        throw TokenizerFailure.malformed(
          path: path, reason: "the number of piece '\(piece)' is not a whole number from 0 to \(largestNumber)")
      }
      list.set(key, at: number)
    }
    return list
  }
}

/// Walks the objects of a valid JSON text, key by key, in the order of the file.
private struct JSONKeys {
  private let bytes: [UInt8]
  private var at = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Goes into the object that stands here and on to the value of one of its keys; false where there is none.
  mutating func enter(_ key: String) -> Bool {
    while let found = nextKey() {
      if found.elementsEqual(key.utf8) { return true }
      skipValue()
    }
    return false
  }

  /// Whether the value that stands here is an object.
  var isAtObject: Bool { bytes[at...].first { $0 > 32 } == UInt8(ascii: "{") }

  /// The next key of the object that stands here, or nil after its last; the reader then stands before its value.
  mutating func nextKey() -> [UInt8]? {
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        let key = string()
        while at < bytes.count && bytes[at] != UInt8(ascii: ":") { at += 1 }
        at += 1
        return key
      case UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"): return nil
      default: at += 1
      }
    }
    return nil
  }

  /// The whole number that stands here, or nil where something else does.
  mutating func wholeNumber() -> Int? {
    skipSpace()
    let start = at
    while at < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[at] { at += 1 }
    if at < bytes.count, [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(bytes[at]) { return nil }
    return Int(String(decoding: bytes[start..<at], as: UTF8.self))
  }

  private mutating func skipSpace() { while at < bytes.count && bytes[at] <= 32 { at += 1 } }

  private mutating func skipValue() {
    var depth = 0
    skipSpace()
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""): _ = string()
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        at += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return }
        depth -= 1
        at += 1
      case UInt8(ascii: ","):
        if depth == 0 { return }
        at += 1
      default: at += 1
      }
    }
  }

  /// The string that begins here, its escapes undone.
  private mutating func string() -> [UInt8] {
    var result: [UInt8] = []
    at += 1
    while at < bytes.count && bytes[at] != UInt8(ascii: "\"") {
      guard bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.count else {
        result.append(bytes[at])
        at += 1
        continue
      }
      let letter = bytes[at + 1]
      at += 2
      switch letter {
      case UInt8(ascii: "b"): result.append(8)
      case UInt8(ascii: "f"): result.append(12)
      case UInt8(ascii: "n"): result.append(10)
      case UInt8(ascii: "r"): result.append(13)
      case UInt8(ascii: "t"): result.append(9)
      case UInt8(ascii: "u"): ScalarBytes.append(escapedScalar(), to: &result)
      default: result.append(letter)
      }
    }
    at += 1
    return result
  }

  /// The scalar of one `\u` escape, or of two that are a surrogate pair.
  private mutating func escapedScalar() -> UInt32 {
    let first = fourDigits()
    guard 0xD800..<0xDC00 ~= first, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
      bytes[at + 1] == UInt8(ascii: "u")
    else { return Unicode.Scalar(first) == nil ? 0xFFFD : first }
    at += 2
    let second = fourDigits()
    return 0xDC00..<0xE000 ~= second ? 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00) : 0xFFFD
  }

  private mutating func fourDigits() -> UInt32 {
    let end = min(at + 4, bytes.count)
    defer { at = end }
    return UInt32(String(decoding: bytes[at..<end], as: UTF8.self), radix: 16) ?? 0xFFFD
  }
}
