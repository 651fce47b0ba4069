/// Cuts normalized text into words: at white space, which goes, and around punctuation, each mark a word of its own.
///
/// Punctuation is every sign of ASCII that is neither letter, digit nor space, and the Unicode categories P*; other
/// symbols, such as the minus sign U+2212 or an emoji, stay inside words.
///
/// - Source: Devlin, Chang, Lee, Toutanova 2019, its tokenizer as `BertPreTokenizer` of Hugging Face has it.
public enum WordPiecePreTokenizer {
  /// The words of a text.
  ///
  /// - Complexity: O(scalars).
  public static func words(of text: String) -> [String] {
    let bytes = Array(text.utf8)
    var result: [String] = []
    forEachWord(in: bytes, 0..<bytes.count) { range, _ in
      result.append(String(decoding: bytes[range], as: UTF8.self))
      return true
    }
    return result
  }

  /// Calls `body` with the bytes of each word and the number of its scalars until it answers false.
  @inline(__always)
  static func forEachWord(
    in bytes: [UInt8], _ range: Range<Int>, _ body: (_ word: Range<Int>, _ scalars: Int) -> Bool
  ) {
    var start = range.lowerBound
    var scalars = 0
    var at = range.lowerBound
    while at < range.upperBound {
      let (kind, length) = kind(in: bytes, at: at)
      switch kind {
      case .letter: scalars += 1
      case .space, .punctuation:
        if scalars > 0 && !body(start..<at, scalars) { return }
        if kind == .punctuation && !body(at..<at + length, 1) { return }
        start = at + length
        scalars = 0
      }
      at += length
    }
    if scalars > 0 { _ = body(start..<at, scalars) }
  }

  private enum Kind { case letter, space, punctuation }

  @inline(__always)
  private static func kind(in bytes: [UInt8], at position: Int) -> (Kind, length: Int) {
    let byte = bytes[position]
    switch byte {
    case 97...122, 48...57, 65...90: return (.letter, 1)
    case 9...13, 32: return (.space, 1)
    case 33...47, 58...64, 91...96, 123...126: return (.punctuation, 1)
    case 0..<0x80: return (.letter, 1)
    default:
      let (value, length) = ScalarBytes.scalar(in: bytes, at: position)
      let facts = ScalarFacts.of(value)
      if facts.isDisjoint(with: [.whitespace, .punctuation]) { return (.letter, length) }
      return (facts.contains(.whitespace) ? .space : .punctuation, length)
    }
  }
}
