import CSimdJSON
import Foundation
import GroveKernels

/// JSON text of one record into its fields.
struct RecordDecoder: ~Copyable {
  var json = AcademicJSON()
  private var s2orc = S2ORCJSON()
  private var abstracts = InvertedAbstract()
  private let parser: OpaquePointer
  private var repaired: [UInt8] = []
  /// Whether the record before had to be repaired: those of the shell of MongoDB all have to be.
  private var repairsFirst = false

  init() throws {
    guard let parser = grove_json_create() else { throw FileFailure.cannotCreate(path: "a JSON parser", code: ENOMEM) }
    self.parser = parser
  }

  deinit { grove_json_free(parser) }

  /// Reads a record into `json.paper`, `json.entity` or `json.link`; 64 bytes behind it must be readable.
  ///
  /// Control characters and halves of surrogate pairs inside strings, which JSON forbids and dumps contain, are
  /// tolerated: the former are kept, the latter become U+FFFD. So are the literals of MongoDB's shell, `NumberInt(5)`
  /// and its like, in the place of a value.
  mutating func decode(
    _ record: Bytes, _ dialect: JSONDialect = .academic, hint: RecordKind?
  ) throws -> AcademicJSON.Outcome {
    try withTape(of: record) { decoder, tape in
      switch dialect {
      case .academic: return decoder.json.read(tape, hint: hint)
      case .openAlex: return OpenAlexJSON.read(tape, &decoder.abstracts, into: &decoder.json)
      case .s2orc: return decoder.s2orc.read(tape, into: &decoder.json)
      }
    } bad: {
      .bad($0)
    }
  }

  /// Which keys a record has; nil where it cannot be read.
  mutating func dialect(of record: Bytes) throws -> JSONDialect? {
    try withTape(of: record) { _, tape in
      guard tape.isKind(.object, at: JSONTape.root) else { return nil }
      if S2ORCJSON.isRecord(tape) { return .s2orc }
      return OpenAlexJSON.isRecord(tape) ? .openAlex : .academic
    } bad: { _ in
      nil
    }
  }

  /// Reads an abstract that is given by an inverted index alone.
  ///
  /// - Returns: nil where it cannot be read.
  mutating func abstract(of index: Bytes) throws -> [UInt8]? {
    try withTape(of: index) { decoder, tape in
      guard tape.isKind(.object, at: JSONTape.root) else { return nil }
      var text: [UInt8] = []
      decoder.abstracts.rebuild(tape, JSONTape.root, into: &text)
      return text
    } bad: { _ in
      nil
    }
  }

  private mutating func withTape<Result>(
    of record: Bytes, _ body: (inout RecordDecoder, JSONTape) -> Result, bad: (String) -> Result
  ) throws -> Result {
    guard let start = record.baseAddress else { return bad("the record is empty") }
    var tape: UnsafePointer<UInt64>?
    var strings: UnsafePointer<UInt8>?
    var code: Int32 = -1
    if !repairsFirst {
      code = start.withMemoryRebound(to: CChar.self, capacity: record.count) {
        grove_json_parse(parser, $0, record.count, &tape, &strings)
      }
    }
    let isRepaired = code != 0 && repair(record)
    if isRepaired || code == -1 {
      code = repaired.withUnsafeBytes {
        grove_json_parse(
          parser, $0.baseAddress!.assumingMemoryBound(to: CChar.self), repaired.count - 64, &tape, &strings)
      }
    }
    repairsFirst = isRepaired
    guard code == 0, let tape, let strings else { return bad(RecordDecoder.reason(code)) }
    let mayHoldZeros = isRepaired || RecordDecoder.holdsZeroEscape(record)
    return body(&self, JSONTape(words: tape, strings: strings, mayHoldZeros: mayHoldZeros))
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
      } else if !inString, byte >= 0x41, byte <= 0x5a, let end = appendLiteral(record, place) {
        changed = true
        place = end
        continue
      } else {
        if byte == 0x22 { inString.toggle() }
        repaired.append(byte)
      }
      place += 1
    }
    repaired.append(contentsOf: repeatElement(0, count: 64))
    return changed
  }

  private static let literals = ["NumberInt", "NumberLong", "NumberDecimal", "ObjectId", "ISODate"].map {
    Array($0.utf8)
  }

  /// Appends the value inside a literal of MongoDB's shell at `place`, such as the 5 of `NumberInt(5)`.
  ///
  /// - Returns: the place after it; nil where no such literal stands there.
  private mutating func appendLiteral(_ record: Bytes, _ place: Int) -> Int? {
    guard let word = RecordDecoder.literals.first(where: { record[place...].starts(with: $0) }) else { return nil }
    let open = place + word.count
    // What is inside is short: a number, or a text without parentheses.
    guard open < record.count, record[open] == 0x28,
      let close = record[open..<min(open + 80, record.count)].firstIndex(of: 0x29)
    else { return nil }
    var value = Bytes(rebasing: record[(open + 1)..<close]).trimmed
    // A number may stand in quotes: NumberLong("12").
    if word.starts(with: "Number".utf8), value.count >= 2, value.first == 0x22, value.last == 0x22 {
      value = Bytes(rebasing: value[1..<(value.count - 1)])
    }
    json.traits.insert(.shellLiterals)
    if value.isEmpty { repaired.append(contentsOf: "null".utf8) } else { repaired.append(contentsOf: value) }
    return close + 1
  }

  /// The code unit that `\uXXXX` at `place` stands for.
  private static func unit(_ bytes: Bytes, _ place: Int) -> UInt16? {
    guard place + 6 <= bytes.count, bytes[place] == 0x5c, bytes[place + 1] == 0x75 else { return nil }
    return UInt16(String(decoding: bytes[(place + 2)..<(place + 6)], as: UTF8.self), radix: 16)
  }
}
