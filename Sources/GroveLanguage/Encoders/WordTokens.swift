/// Words as scikit-learn's vectorizers cut them: the lower-cased text's longest runs of at least two word characters,
/// its token pattern `(?u)\b\w\w+\b`.
///
/// A word character is a letter (L*), a scalar with a numeric value, or `_`; marks are none, so that a decomposed accent
/// ends a word. Lower case is that of Python: a capital sigma is final at the end of a word.
///
/// - Source: scikit-learn 1.9.1, `CountVectorizer`; the Unicode Standard, section 3.13 (final sigma).
enum WordTokens {
  /// Calls `body` with the UTF-8 of each word.
  ///
  /// - Complexity: O(scalars of the text).
  @inline(__always)
  static func forEach(in text: String, shortest: Int = 2, _ body: (_ word: [UInt8]) -> Void) {
    let bytes = Array(text.utf8)
    var word: [UInt8] = []
    var scalars = 0
    func end() {
      if scalars >= shortest { body(word) }
      word.removeAll(keepingCapacity: true)
      scalars = 0
    }
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte < 0x80 {
        switch byte {
        case 97...122, 48...57, 95:
          word.append(byte)
          scalars += 1
        case 65...90:
          word.append(byte + 32)
          scalars += 1
        default: if scalars > 0 { end() }
        }
        at += 1
        continue
      }
      let (value, length) = ScalarBytes.scalar(in: bytes, at: at)
      for part in lowercase(value, in: bytes, at..<at + length) {
        if isWordScalar(part) {
          ScalarBytes.append(part, to: &word)
          scalars += 1
        } else if scalars > 0 {
          end()
        }
      }
      at += length
    }
    if scalars > 0 { end() }
  }

  /// The words of a text, in their order.
  static func words(of text: String) -> [String] {
    var result: [String] = []
    forEach(in: text) { result.append(String(decoding: $0, as: UTF8.self)) }
    return result
  }

  /// A letter, a number or `_`.
  static func isWordScalar(_ value: UInt32) -> Bool {
    guard let properties = Unicode.Scalar(value)?.properties else { return false }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
      return true
    default: return properties.numericType != nil || value == 0x5F
    }
  }

  /// The lower-case form of the scalar that stands in a range.
  static func lowercase(_ value: UInt32, in bytes: [UInt8], _ range: Range<Int>) -> [UInt32] {
    if value == 0x3A3 { return [isFinal(range, in: bytes) ? 0x3C2 : 0x3C3] }
    return ScalarFacts.of(value).contains(.cased) ? ScalarFacts.lowercase(value) : [value]
  }

  /// Whether a cased letter stands before and none behind, those aside that case does not mind.
  private static func isFinal(_ range: Range<Int>, in bytes: [UInt8]) -> Bool {
    var at = range.lowerBound
    var isAfterLetter = false
    while at > 0 {
      let (value, length) = ScalarBytes.scalar(in: bytes, before: at)
      at -= length
      guard let properties = Unicode.Scalar(value)?.properties, properties.isCaseIgnorable else {
        isAfterLetter = Unicode.Scalar(value)?.properties.isCased ?? false
        break
      }
    }
    guard isAfterLetter else { return false }
    at = range.upperBound
    while at < bytes.count {
      let (value, length) = ScalarBytes.scalar(in: bytes, at: at)
      at += length
      guard let properties = Unicode.Scalar(value)?.properties, properties.isCaseIgnorable else {
        return !(Unicode.Scalar(value)?.properties.isCased ?? false)
      }
    }
    return true
  }
}
