/// A piece that is found in a text as it is written, before words are cut: `[MASK]`, or what a user added to a model.
public struct AddedPiece: Sendable, Equatable {
  /// The text, as it stands in the vocabulary.
  public let text: String
  /// Its number.
  public let number: Int32
  /// Whether it counts only where no letter, digit or underscore touches it.
  public let isWholeWord: Bool
  /// Whether it is looked for in the normalized text instead of the text itself.
  public let isNormalized: Bool

  /// A piece that is looked for in the text itself, anywhere, unless told otherwise.
  public init(_ text: String, number: Int32, isWholeWord: Bool = false, isNormalized: Bool = false) {
    self.text = text
    self.number = number
    self.isWholeWord = isWholeWord
    self.isNormalized = isNormalized
  }
}

/// Finds added pieces in a text: the leftmost, and of several the longest.
struct AddedPieceFinder: Sendable {
  private let trie: PieceTrie
  private let wholeWords: Set<Int32>
  /// Whether a byte begins any piece; nothing is looked up for others.
  private let begins: [Bool]
  let isEmpty: Bool

  init(_ pieces: [(text: [UInt8], piece: AddedPiece)]) {
    let pieces = pieces.filter { !$0.text.isEmpty }
    var trie = PieceTrie(byteCount: pieces.reduce(0) { $0 + $1.text.count })
    var begins = [Bool](repeating: false, count: 256)
    for (text, piece) in pieces {
      trie.insert(text, as: piece.number)
      begins[Int(text[0])] = true
    }
    self.trie = trie
    self.begins = begins
    isEmpty = pieces.isEmpty
    wholeWords = Set(pieces.filter(\.piece.isWholeWord).map(\.piece.number))
  }

  /// Calls `body` with the stretches between pieces, nil beside, and with the pieces, in their order, until it answers
  /// false.
  ///
  /// - Complexity: O(bytes · length of the longest piece).
  func forEachPart(
    of bytes: [UInt8], _ range: Range<Int>, _ body: (_ part: Range<Int>, _ piece: Int32?) -> Bool
  ) {
    var start = range.lowerBound
    var at = range.lowerBound
    while !isEmpty && at < range.upperBound {
      guard begins[Int(bytes[at])],
        let (piece, end) = trie.longestPiece(in: bytes, at..<range.upperBound, from: PieceTrie.root)
      else {
        at += 1
        continue
      }
      if !wholeWords.contains(piece) || isWhole(at..<end, in: bytes, range) {
        if start < at && !body(start..<at, nil) { return }
        if !body(at..<end, piece) { return }
        start = end
      }
      at = end
    }
    if start < range.upperBound { _ = body(start..<range.upperBound, nil) }
  }

  private func isWhole(_ piece: Range<Int>, in bytes: [UInt8], _ range: Range<Int>) -> Bool {
    if piece.lowerBound > range.lowerBound,
      isWordScalar(ScalarBytes.scalar(in: bytes, before: piece.lowerBound).value)
    {
      return false
    }
    return piece.upperBound == range.upperBound
      || !isWordScalar(ScalarBytes.scalar(in: bytes, at: piece.upperBound).value)
  }

  /// What `\w` of regular expressions matches.
  private func isWordScalar(_ value: UInt32) -> Bool {
    guard let properties = Unicode.Scalar(value)?.properties else { return false }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
    default: return properties.isAlphabetic || properties.isJoinControl
    }
  }
}
