/// Finds the words of a text in the vocabulary of word vectors.
///
/// The text is lower-cased and split at white space; a typographic apostrophe counts as a plain one. Of each stretch,
/// signs before the first and behind the last letter or digit go, and then the first that the vocabulary has is taken:
///
/// 1. the rest with one sign behind it ("e.g."), 2. the rest ("state-of-the-art", "3.14"), 3. its runs of letters, marks,
/// digits and `_`, where "'s", "'re", "'ve", "'ll", "'d", "'m" and "n't" are words of their own.
///
/// Words that the vocabulary lacks are passed over.
/// - Source: near to the tokenizer of Pennington, Socher, Manning 2014, which is Stanford's. Differs: signs are not words.
struct GloVeWords: Sendable {
  private let table: WordTable
  private let lowercase: Bool
  /// Longer stretches are looked up by their runs only.
  private static let longestStretch = 128
  private static let clitics = ["s", "re", "ve", "ll", "d", "m"].map { Array($0.utf8) }
  private static let apostrophe = UInt8(ascii: "'")

  init(_ table: WordTable, lowercase: Bool) {
    self.table = table
    self.lowercase = lowercase
  }

  /// Calls `body` with the number of each word that is known.
  ///
  /// - Complexity: O(bytes of the text).
  func forEach(in text: String, _ body: (_ number: Int) -> Void) {
    let bytes = folded(text)
    var at = 0
    while at < bytes.count {
      // A stretch, its first and last word scalar's places.
      var first: Int?
      var last = at
      var end: Int?
      while at < bytes.count && end == nil {
        let (value, length) = ScalarBytes.scalar(in: bytes, at: at)
        switch GloVeWords.kind(value) {
        case .space: end = at
        case .sign: break
        case .word:
          if first == nil { first = at }
          last = at + length
        }
        at += length
      }
      if let first { lookUp(bytes, first..<last, end: end ?? at, body) }
    }
  }

  /// Looks a stretch up from its first letter to its last; `end` is where the signs behind them end.
  private func lookUp(_ bytes: [UInt8], _ rest: Range<Int>, end: Int, _ body: (Int) -> Void) {
    if rest.count <= GloVeWords.longestStretch {
      if rest.upperBound < end {
        let length = ScalarBytes.scalar(in: bytes, at: rest.upperBound).length
        if let number = table.number(of: bytes[rest.lowerBound..<rest.upperBound + length]) { return body(number) }
      }
      if let number = table.number(of: bytes[rest]) { return body(number) }
    }
    runs(bytes, rest, body)
  }

  private func runs(_ bytes: [UInt8], _ rest: Range<Int>, _ body: (Int) -> Void) {
    func look(_ word: some RandomAccessCollection<UInt8>) {
      if !word.isEmpty, let number = table.number(of: word) { body(number) }
    }
    var at = rest.lowerBound
    while at < rest.upperBound {
      var run = self.run(bytes, at..<rest.upperBound)
      // The run behind an apostrophe may belong to this one.
      let mark = run.upperBound
      var suffix: [UInt8] = []
      if !run.isEmpty, mark + 1 < rest.upperBound, bytes[mark] == GloVeWords.apostrophe {
        let next = self.run(bytes, mark + 1..<rest.upperBound)
        if GloVeWords.clitics.contains(where: { $0.elementsEqual(bytes[next]) }) {
          suffix = [GloVeWords.apostrophe] + bytes[next]
        } else if bytes[next].elementsEqual("t".utf8), bytes[run].last == UInt8(ascii: "n") {
          suffix = Array("n't".utf8)
          run = run.dropLast()
        }
        if !suffix.isEmpty { at = next.upperBound }
      }
      look(bytes[run])
      if suffix.isEmpty {
        at = mark < rest.upperBound ? mark + ScalarBytes.scalar(in: bytes, at: mark).length : mark
      } else {
        look(suffix)
      }
    }
  }

  /// The word scalars that a range begins with.
  private func run(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
    var at = range.lowerBound
    while at < range.upperBound {
      let (value, length) = ScalarBytes.scalar(in: bytes, at: at)
      guard GloVeWords.kind(value) == .word else { break }
      at += length
    }
    return range.lowerBound..<at
  }

  /// The text's bytes with small letters and plain apostrophes.
  private func folded(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var at = 0
    while at < bytes.count {
      let (value, length) = ScalarBytes.scalar(in: bytes, at: at)
      if value < 0x80 {
        result.append(lowercase && 65...90 ~= value ? UInt8(value + 32) : UInt8(value))
      } else if value == 0x2019 {
        result.append(GloVeWords.apostrophe)
      } else if lowercase {
        for part in WordTokens.lowercase(value, in: bytes, at..<at + length) { ScalarBytes.append(part, to: &result) }
      } else {
        ScalarBytes.append(value, to: &result)
      }
      at += length
    }
    return result
  }

  private enum Kind { case word, sign, space }

  private static func kind(_ value: UInt32) -> Kind {
    switch value {
    case 97...122, 65...90, 48...57, 95: return .word
    case 0...32: return value == 32 || 9...13 ~= value ? .space : .sign
    case 33..<0x80: return .sign
    default:
      let facts = ScalarFacts.of(value)
      if facts.contains(.whitespace) { return .space }
      switch Unicode.Scalar(value)?.properties.generalCategory {
      case .nonspacingMark, .spacingMark, .enclosingMark: return .word
      default: return WordTokens.isWordScalar(value) ? .word : .sign
      }
    }
  }
}
