/// What BERT does to a text before it is cut into words: cleaning, spaces around Chinese characters, accents, case.
///
/// It works scalar by scalar, in this order:
///
/// 1. cleaning drops U+0000, U+FFFD and the categories Cc, Cf and Co, except tab, line feed and carriage return;
///    unassigned scalars stay; white space of any kind becomes a space;
/// 2. a Chinese character gets a space on either side; kana and Hangul do not;
/// 3. stripping accents decomposes (NFD) and drops the marks of category Mn, so that Hangul becomes jamo;
/// 4. each scalar gives way to its lower-case mapping, whatever stands around it: a sigma is never final.
///
/// - Source: Devlin, Chang, Lee, Toutanova 2019, its tokenizer as `BertNormalizer` of Hugging Face has it.
public struct WordPieceNormalizer: Sendable, Equatable {
  /// Whether controls go and white space becomes spaces.
  public var cleansText = true
  /// Whether capitals become small letters.
  public var lowercase = true
  /// Whether accents go; nil: as `lowercase` says.
  public var stripAccents: Bool?
  /// Whether Chinese characters are words of their own.
  public var tokenizeChineseCharacters = true

  /// The rules of uncased BERT, which every option may change.
  public init(
    cleansText: Bool = true, lowercase: Bool = true, stripAccents: Bool? = nil, tokenizeChineseCharacters: Bool = true
  ) {
    self.cleansText = cleansText
    self.lowercase = lowercase
    self.stripAccents = stripAccents
    self.tokenizeChineseCharacters = tokenizeChineseCharacters
  }

  /// The text as words are cut from it.
  ///
  /// - Complexity: O(scalars), and O(k log k) for k combining marks in a row.
  public func normalized(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    append(bytes, 0..<bytes.count, to: &result)
    return String(decoding: result, as: UTF8.self)
  }

  /// Appends the normalized form of a range of valid UTF-8.
  func append(_ bytes: [UInt8], _ range: Range<Int>, to result: inout [UInt8]) {
    var marks: [UInt32] = []
    var at = range.lowerBound
    while at < range.upperBound {
      let byte = bytes[at]
      if byte < 0x80 {
        if !marks.isEmpty { settle(&marks, into: &result) }
        if lowercase && byte >= 65 && byte <= 90 {
          result.append(byte + 32)
        } else if !cleansText || (byte >= 32 && byte != 127) {
          result.append(byte)
        } else if byte == 9 || byte == 10 || byte == 13 {
          result.append(32)
        }
        at += 1
      } else {
        let (value, length) = ScalarBytes.scalar(in: bytes, at: at)
        push(value, waiting: &marks, into: &result)
        at += length
      }
    }
    if !marks.isEmpty { settle(&marks, into: &result) }
  }

  /// Steps 1 to 3 for a scalar beyond ASCII.
  private func push(_ value: UInt32, waiting marks: inout [UInt32], into result: inout [UInt8]) {
    let facts = ScalarFacts.of(value)
    if cleansText {
      if facts.contains(.other) || value == 0xFFFD { return }
      if facts.contains(.whitespace) {
        settle(&marks, into: &result)
        return result.append(32)
      }
    }
    let isApart = tokenizeChineseCharacters && facts.contains(.ideograph)
    if isApart {
      settle(&marks, into: &result)
      result.append(32)
    }
    if stripAccents ?? lowercase {
      if facts.contains(.composed) {
        for part in ScalarFacts.decomposition(value) { place(part, waiting: &marks, into: &result) }
      } else {
        place(value, waiting: &marks, into: &result)
      }
    } else {
      write(value, facts, into: &result)
    }
    if isApart {
      settle(&marks, into: &result)
      result.append(32)
    }
  }

  /// A scalar of a decomposition: what combines waits for its neighbors, so that they can be put in order.
  private func place(_ value: UInt32, waiting marks: inout [UInt32], into result: inout [UInt8]) {
    let facts = ScalarFacts.of(value)
    if facts.contains(.combining) {
      if !facts.contains(.nonspacingMark) { marks.append(value) }
      return
    }
    if !marks.isEmpty { settle(&marks, into: &result) }
    if !facts.contains(.nonspacingMark) { write(value, facts, into: &result) }
  }

  /// Writes the waiting marks in the order of their combining classes, equal ones as they came.
  private func settle(_ marks: inout [UInt32], into result: inout [UInt8]) {
    guard !marks.isEmpty else { return }
    if marks.count > 1 {
      let ordered = marks.enumerated().map { (ScalarFacts.combiningClass($0.element), $0.offset, $0.element) }
      marks = ordered.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }
    for mark in marks { write(mark, ScalarFacts.of(mark), into: &result) }
    marks.removeAll(keepingCapacity: true)
  }

  /// Step 4.
  private func write(_ value: UInt32, _ facts: ScalarFacts, into result: inout [UInt8]) {
    if lowercase && facts.contains(.cased) {
      for part in ScalarFacts.lowercase(value) { ScalarBytes.append(part, to: &result) }
    } else {
      ScalarBytes.append(value, to: &result)
    }
  }
}
