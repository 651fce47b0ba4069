import CXXHash
import Foundation

/// 128 bits that stand for a node's external id, so that ids of any dialect are compared and sorted as numbers.
///
/// The top byte of `high` tells the form; all forms but the long ones hold the id itself.
///
///     0        a 64-bit integer in `low`; written as a number or as its plain decimal text, it is one id
///     1        24 hexadecimal digits in either case: 32 bits in `high`, 64 in `low`
///     3        an integer from 2⁶³ to 2⁶⁴ - 1 in `low`
///     2        text of more than 15 bytes: 120 bits of its XXH3 hash; the text is kept beside
///     16…31    text of 0…15 bytes, 7 in `high` and 8 in `low`
///     128      a name in place of an id (venues, affiliations, authors): 120 bits of the hash of the normalized name
///
/// Source: identity rules 14–16 and 20 of the OAG formats. "00123" is not 123, 23 hexadecimal digits are plain text.
struct NodeKey: Hashable, Comparable, Sendable {
  var high: UInt64
  var low: UInt64

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  init(number: Int64) {
    high = 0
    low = UInt64(bitPattern: number)
  }

  /// The key of an integer of which some are beyond Int64.
  init(unsigned: UInt64) {
    high = unsigned > UInt64(Int64.max) ? 3 << 56 : 0
    low = unsigned
  }

  /// The key of an id given as text.
  init(id: Bytes) {
    if let number = NodeKey.plainDecimal(id) {
      self.init(number: number)
    } else if id.count >= 19, id.count <= 20, id[0] > 48, let number = UInt64(String(decoding: id, as: UTF8.self)) {
      self.init(unsigned: number)
    } else if id.count == 24, let (high, low) = NodeKey.hexadecimal(id) {
      self.init(high: 1 << 56 | high, low: low)
    } else if id.count <= 15 {
      var words: (UInt64, UInt64) = (0, 0)
      for (place, byte) in id.enumerated() {
        if place < 7 {
          words.0 |= UInt64(byte) << (48 - 8 * UInt64(place))
        } else {
          words.1 |= UInt64(byte) << (56 - 8 * UInt64(place - 7))
        }
      }
      self.init(high: UInt64(16 + id.count) << 56 | words.0, low: words.1)
    } else {
      let hash = grove_hash128_of(id.baseAddress, id.count, 0)
      self.init(high: 2 << 56 | hash.high >> 8, low: hash.low)
    }
  }

  /// The key of something that has a name and no id; never equal to an id's.
  init(name: Bytes) {
    let hash = grove_hash128_of(name.baseAddress, name.count, 1)
    self.init(high: 128 << 56 | hash.high >> 8, low: hash.low)
  }

  private var form: UInt8 { UInt8(high >> 56) }

  /// Whether the node is known by its name alone.
  var isName: Bool { form == 128 }
  /// Whether the id's text has to be kept beside the key.
  var isLong: Bool { form == 2 }
  /// The id as an integer, where it is one.
  var number: Int64? { form == 0 ? Int64(bitPattern: low) : nil }

  /// The id as text, or nil for the forms that do not hold it.
  var text: String? {
    switch form {
    case 0: return String(Int64(bitPattern: low))
    case 3: return String(low)
    case 1:
      let digits = (0..<24).map { place -> UInt8 in
        let shift = UInt64(4 * (23 - place))
        let digit = UInt8(truncatingIfNeeded: (shift >= 64 ? high >> (shift - 64) : low >> shift) & 15)
        return digit < 10 ? 48 + digit : 87 + digit
      }
      return String(decoding: digits, as: UTF8.self)
    case 16...31:
      let bytes = (0..<Int(form - 16)).map { place -> UInt8 in
        let word = place < 7 ? high >> UInt64(48 - 8 * place) : low >> UInt64(56 - 8 * (place - 7))
        return UInt8(truncatingIfNeeded: word)
      }
      return String(decoding: bytes, as: UTF8.self)
    default: return nil
    }
  }

  /// Bits that are spread evenly, for partitions and hash tables.
  var mixed: UInt64 {
    var bits = low ^ (high &* 0x9e37_79b9_7f4a_7c15)
    bits = (bits ^ bits >> 32) &* 0xd6e8_feb8_6659_fd93
    bits = (bits ^ bits >> 32) &* 0xd6e8_feb8_6659_fd93
    return bits ^ bits >> 32
  }

  static func < (left: NodeKey, right: NodeKey) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }

  /// The integer that a text is the plain decimal form of, without sign but minus, leading zeros or spaces.
  private static func plainDecimal(_ text: Bytes) -> Int64? {
    guard text.count >= 1, text.count <= 20 else { return nil }
    let isNegative = text[0] == 45
    let digits = isNegative ? 1 : 0
    guard text.count > digits, text[digits] != 48 || (text.count == 1) else { return nil }
    var value: Int64 = 0
    for place in digits..<text.count {
      let digit = Int64(text[place]) - 48
      guard digit >= 0, digit <= 9 else { return nil }
      let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) =
        isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      if overflowed || carried { return nil }
      value = sum
    }
    return value
  }

  private static func hexadecimal(_ text: Bytes) -> (UInt64, UInt64)? {
    var high: UInt64 = 0
    var low: UInt64 = 0
    for byte in text {
      let digit: UInt8
      switch byte {
      case 48...57: digit = byte - 48
      case 97...102: digit = byte - 87
      case 65...70: digit = byte - 55
      default: return nil
      }
      high = high << 4 | low >> 60
      low = low << 4 | UInt64(digit)
    }
    return (high, low)
  }
}

/// Bytes of the record being read; they last until the next one is.
typealias Bytes = UnsafeBufferPointer<UInt8>

extension Bytes {
  /// Without white space at both ends.
  var trimmed: Bytes {
    var first = 0
    var last = count
    while first < last, self[first] <= 32 { first += 1 }
    while last > first, self[last - 1] <= 32 { last -= 1 }
    return Bytes(rebasing: self[first..<last])
  }

  /// Puts spaces in place of zeros.
  func replaceZeros() {
    guard let baseAddress, memchr(baseAddress, 0, count) != nil else { return }
    // The bytes are those of the parser's own buffer, which it fills anew for the next record.
    let bytes = UnsafeMutableBufferPointer(mutating: self)
    for place in bytes.indices where bytes[place] == 0 { bytes[place] = 32 }
  }

  /// Whether they spell `word`.
  @inline(__always)
  func equals(_ word: StaticString) -> Bool {
    count == word.utf8CodeUnitCount && memcmp(baseAddress ?? word.utf8Start, word.utf8Start, count) == 0
  }
}
