import CSimdJSON
import Foundation
import GroveKernels

/// JSON text of one record into its fields.
struct RecordDecoder: ~Copyable {
  var json = AcademicJSON()
  private let parser: OpaquePointer
  private var repaired: [UInt8] = []

  init() throws {
    guard let parser = grove_json_create() else { throw FileFailure.cannotCreate(path: "a JSON parser", code: ENOMEM) }
    self.parser = parser
  }

  deinit { grove_json_free(parser) }

  /// Reads a record into `json.paper` or `json.entity`; 64 bytes behind it must be readable.
  ///
  /// Control characters and halves of surrogate pairs inside strings, which JSON forbids and dumps contain, are
  /// tolerated: the former are kept, the latter become U+FFFD.
  mutating func decode(_ record: Bytes, hint: RecordKind?) throws -> AcademicJSON.Outcome {
    var tape: UnsafePointer<UInt64>?
    var strings: UnsafePointer<UInt8>?
    guard let start = record.baseAddress else { return .bad("the record is empty") }
    var code = start.withMemoryRebound(to: CChar.self, capacity: record.count) {
      grove_json_parse(parser, $0, record.count, &tape, &strings)
    }
    let isRepaired = code != 0 && repair(record)
    if isRepaired {
      code = repaired.withUnsafeBytes {
        grove_json_parse(
          parser, $0.baseAddress!.assumingMemoryBound(to: CChar.self), repaired.count - 64, &tape, &strings)
      }
    }
    guard code == 0, let tape, let strings else { return .bad(RecordDecoder.reason(code)) }
    let mayHoldZeros = isRepaired || RecordDecoder.holdsZeroEscape(record)
    return json.read(JSONTape(words: tape, strings: strings, mayHoldZeros: mayHoldZeros), hint: hint)
  }

  /// Whether `\u0000` stands anywhere in a record.
  private static func holdsZeroEscape(_ record: Bytes) -> Bool {
    var place = 0
    while let base = record.baseAddress, let found = memchr(base + place, 0x5c, record.count - place) {
      place = found.assumingMemoryBound(to: UInt8.self) - UnsafeMutablePointer(mutating: base) + 1
      if record[place...].starts(with: "u0000".utf8) { return true }
      place += 1
      if place >= record.count { return false }
    }
    return false
  }

  private static func reason(_ code: Int32) -> String {
    let text = grove_json_error(code).map { String(cString: $0) } ?? "unknown"
    return "not JSON: \(plain(text.prefix { $0 != "\n" }.description).lowercased())"
  }

  /// Writes a copy in which strings hold what JSON allows.
  ///
  /// - Returns: false where nothing had to be changed.
  private mutating func repair(_ record: Bytes) -> Bool {
    repaired.removeAll(keepingCapacity: true)
    var changed = false
    var inString = false
    var place = 0
    while place < record.count {
      let byte = record[place]
      if inString, byte < 32 {
        repaired.append(contentsOf: "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
        changed = true
      } else if inString, byte == 0x5c, place + 1 < record.count {
        if record[place + 1] == 0x75, let unit = RecordDecoder.unit(record, place), unit & 0xf800 == 0xd800 {
          let low = RecordDecoder.unit(record, place + 6)
          if unit < 0xdc00, let low, low & 0xfc00 == 0xdc00 {
            repaired.append(contentsOf: record[place..<place + 12])
            place += 12
          } else {
            repaired.append(contentsOf: "\\ufffd".utf8)
            changed = true
            place += 6
          }
          continue
        }
        repaired.append(byte)
        repaired.append(record[place + 1])
        place += 1
      } else {
        if byte == 0x22 { inString.toggle() }
        repaired.append(byte)
      }
      place += 1
    }
    repaired.append(contentsOf: repeatElement(0, count: 64))
    return changed
  }

  /// The code unit that `\uXXXX` at `place` stands for.
  private static func unit(_ bytes: Bytes, _ place: Int) -> UInt16? {
    guard place + 6 <= bytes.count, bytes[place] == 0x5c, bytes[place + 1] == 0x75 else { return nil }
    return UInt16(String(decoding: bytes[(place + 2)..<(place + 6)], as: UTF8.self), radix: 16)
  }
}
