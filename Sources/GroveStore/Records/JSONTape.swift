import CSimdJSON

/// One parsed JSON document: simdjson's tape, a word a value, its kind in the top byte.
///
/// Places are positions of words. Nothing here recurses, and unknown values are passed over in one step however deep
/// they nest. Source: "Tape structure", simdjson documentation.
struct JSONTape {
  let words: UnsafePointer<UInt64>
  let strings: UnsafePointer<UInt8>
  /// Whether strings may hold zero bytes.
  let mayHoldZeros: Bool

  /// Place of the document's value.
  static let root = 1

  enum Kind: UInt8 {
    case object = 0x7b, objectEnd = 0x7d, array = 0x5b, arrayEnd = 0x5d, string = 0x22, signed = 0x6c, unsigned = 0x75,
      double = 0x64, yes = 0x74, no = 0x66, null = 0x6e
  }

  @inline(__always) func byte(at place: Int) -> UInt8 { UInt8(truncatingIfNeeded: words[place] >> 56) }

  @inline(__always) func isKind(_ kind: Kind, at place: Int) -> Bool { byte(at: place) == kind.rawValue }

  /// Place of the value after this one.
  @inline(__always) func next(after place: Int) -> Int {
    switch byte(at: place) {
    case Kind.object.rawValue, Kind.array.rawValue: Int(words[place] & 0xffff_ffff)
    case Kind.signed.rawValue, Kind.unsigned.rawValue, Kind.double.rawValue: place + 2
    default: place + 1
    }
  }

  /// Bytes of the string there.
  @inline(__always) func bytes(at place: Int) -> Bytes {
    let start = strings + Int(words[place] & 0x00ff_ffff_ffff_ffff)
    let count = UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
    return Bytes(start: start + 4, count: Int(count))
  }

  /// The string there without white space around it, or nil for other values and for nothing; a zero byte inside,
  /// where databases would end the text, becomes a space.
  func text(at place: Int) -> Bytes? {
    guard isKind(.string, at: place) else { return nil }
    let text = bytes(at: place).trimmed
    if text.isEmpty { return nil }
    if mayHoldZeros { text.replaceZeros() }
    return text
  }

  /// The same, where the word "null" stands for nothing too.
  func value(at place: Int) -> Bytes? { text(at: place).flatMap { $0.equals("null") ? nil : $0 } }

  /// A whole number, given as an integer, as a number without fraction or as text of either; nil for anything else.
  func integer(at place: Int) -> Int64? {
    switch byte(at: place) {
    case Kind.signed.rawValue: return Int64(bitPattern: words[place + 1])
    case Kind.unsigned.rawValue: return Int64(exactly: words[place + 1])
    case Kind.double.rawValue: return Int64(exactly: Double(bitPattern: words[place + 1]))
    case Kind.string.rawValue:
      let text = String(decoding: bytes(at: place).trimmed, as: UTF8.self)
      return Int64(text) ?? Double(text).flatMap { Int64(exactly: $0) }
    default: return nil
    }
  }

  /// Any number.
  func number(at place: Int) -> Double? {
    switch byte(at: place) {
    case Kind.signed.rawValue: return Double(Int64(bitPattern: words[place + 1]))
    case Kind.unsigned.rawValue: return Double(words[place + 1])
    case Kind.double.rawValue: return Double(bitPattern: words[place + 1])
    case Kind.string.rawValue: return Double(String(decoding: bytes(at: place).trimmed, as: UTF8.self))
    default: return nil
    }
  }

  /// The external id there: a string that is not empty or "null", or a whole number.
  func id(at place: Int) -> Identifier? {
    switch byte(at: place) {
    case Kind.string.rawValue: return value(at: place).map { Identifier(key: NodeKey(id: $0), text: $0) }
    case Kind.signed.rawValue:
      return Identifier(key: NodeKey(number: Int64(bitPattern: words[place + 1])), text: nil)
    case Kind.unsigned.rawValue: return Identifier(key: NodeKey(unsigned: words[place + 1]), text: nil)
    case Kind.double.rawValue:
      let value = Double(bitPattern: words[place + 1])
      guard abs(value) < 9_007_199_254_740_992, let whole = Int64(exactly: value) else { return nil }
      return Identifier(key: NodeKey(number: whole), text: nil)
    default: return nil
    }
  }

  /// Calls `body` with each key and the place of its value.
  @inline(__always) func forEachMember(of object: Int, _ body: (Bytes, Int) -> Void) {
    var place = object + 1
    let end = next(after: object) - 1
    while place < end {
      body(bytes(at: place), place + 1)
      place = next(after: place + 1)
    }
  }

  /// Calls `body` with the place of each element.
  @inline(__always) func forEachElement(of array: Int, _ body: (Int) -> Void) {
    var place = array + 1
    let end = next(after: array) - 1
    while place < end {
      body(place)
      place = next(after: place)
    }
  }
}

/// An external id as a record gives it.
struct Identifier {
  var key: NodeKey
  /// Its text where that was given as text; needed for long keys only.
  var text: Bytes?
}
