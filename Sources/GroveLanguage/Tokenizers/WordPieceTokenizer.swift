/// The tokenizer of the BERT family: words cut into the longest pieces of a vocabulary.
///
/// A text is handled on Unicode scalars, in this order:
///
/// 1. added pieces such as `[MASK]` are found as they are written and keep their numbers;
/// 2. what lies between is normalized (`WordPieceNormalizer`) and cut into words (`WordPiecePreTokenizer`);
/// 3. a word becomes the longest piece that it begins with, then the longest continuation (`##` and the bytes) that the
///    rest begins with, and so on; a word with a rest that nothing matches, or of more than `longestWord` scalars, is one
///    unknown piece;
/// 4. `encode` cuts the pieces short and puts the first and the last special piece around them.
///
/// - Source: Devlin, Chang, Lee, Toutanova 2019; Wu et al. 2016, section 4.1. Numbers are those of Hugging Face's
///   tokenizers 0.23.3. Differs: truncation and padding that a `tokenizer.json` asks for are not looked at.
public struct WordPieceTokenizer: Tokenizer, Equatable {
  /// Texts of the pieces with a part of their own.
  public struct SpecialPieces: Sendable, Equatable {
    /// Stands for words that the vocabulary cannot spell.
    public var unknown = "[UNK]"
    /// Comes first in a sequence.
    public var classification = "[CLS]"
    /// Comes last in a sequence.
    public var separator = "[SEP]"
    /// Fills sequences up; Grove packs sequences and needs none.
    public var padding = "[PAD]"
    /// Stands for a word to be guessed.
    public var mask = "[MASK]"

    /// BERT's own.
    public init() {}
  }

  /// How texts are normalized.
  public let normalizer: WordPieceNormalizer
  /// Texts of the special pieces.
  public let special: SpecialPieces
  /// Scalars of the longest word that is cut into pieces.
  public let longestWord: Int
  /// Number of the piece for unknown words.
  public let unknown: Int32
  /// Number of the piece that comes first.
  public let classification: Int32
  /// Number of the piece that comes last.
  public let separator: Int32
  /// Number of the padding piece, where the vocabulary has one.
  public let padding: Int32?
  /// Number of the mask, where the vocabulary has one.
  public let mask: Int32?
  /// Pieces that are found in a text as they are written; one that the vocabulary has bears its number there.
  public let added: [AddedPiece]

  private let pieces: PieceList
  private let trie: PieceTrie
  private let continuation: Int32?
  private let literal: AddedPieceFinder
  private let normalizedLiteral: AddedPieceFinder

  /// A tokenizer over pieces at hand; a piece's number is its place.
  ///
  /// - Throws: `TokenizerFailure.missingPiece` where the unknown, first or last piece is not among them.
  public init(
    pieces: [String], normalizer: WordPieceNormalizer = WordPieceNormalizer(),
    special: SpecialPieces = SpecialPieces(), added: [AddedPiece] = [], continuation: String = "##",
    longestWord: Int = 100
  ) throws {
    var list = PieceList()
    for (number, piece) in pieces.enumerated() { list.set(Array(piece.utf8), at: number) }
    try self.init(
      list, place: "the vocabulary", normalizer: normalizer, special: special, added: added,
      continuation: continuation, longestWord: longestWord)
  }

  /// A tokenizer over a vocabulary that was read from `place`.
  init(
    _ list: PieceList, place: String, normalizer: WordPieceNormalizer, special: SpecialPieces, added: [AddedPiece],
    continuation prefix: String, longestWord: Int
  ) throws {
    guard list.byteCount <= PieceTrie.maximalByteCount else {
      throw TokenizerFailure.malformed(path: place, reason: "its pieces have \(list.byteCount) bytes in all")
    }
    var list = list
    var trie = PieceTrie(byteCount: list.byteCount)
    for number in 0..<list.count {
      if let piece = list.bytes(at: number), !piece.isEmpty { trie.insert(piece, as: Int32(number)) }
    }
    func listed(_ piece: String) -> Int32? { trie.node(of: piece.utf8).flatMap { trie.piece(at: $0) } }
    func number(_ piece: String) -> Int32? {
      listed(piece) ?? added.last { $0.text.utf8.elementsEqual(piece.utf8) }?.number
    }
    func needed(_ piece: String) throws -> Int32 {
      guard let found = number(piece) else { throw TokenizerFailure.missingPiece(path: place, piece: piece) }
      return found
    }
    unknown = try needed(special.unknown)
    classification = try needed(special.classification)
    separator = try needed(special.separator)
    padding = number(special.padding)
    mask = number(special.mask)
    // The special pieces are found in texts whether a file lists them as added or not.
    var all = added.map { piece in
      AddedPiece(
        piece.text, number: listed(piece.text) ?? piece.number, isWholeWord: piece.isWholeWord,
        isNormalized: piece.isNormalized)
    }
    for text in [special.padding, special.unknown, special.classification, special.separator, special.mask] {
      guard let number = number(text), !all.contains(where: { $0.number == number }) else { continue }
      all.append(AddedPiece(text, number: number))
    }
    for piece in all where list.bytes(at: Int(piece.number)) == nil {
      list.set(Array(piece.text.utf8), at: Int(piece.number))
    }
    self.added = all
    literal = AddedPieceFinder(all.filter { !$0.isNormalized }.map { (Array($0.text.utf8), $0) })
    normalizedLiteral = AddedPieceFinder(
      all.filter(\.isNormalized).map { (Array(normalizer.normalized($0.text).utf8), $0) })
    continuation = trie.node(of: prefix.utf8)
    self.trie = trie
    self.normalizer = normalizer
    self.special = special
    self.longestWord = longestWord
    pieces = list
  }

  /// V, the number of pieces; the numbers that added pieces brought count too.
  public var vocabularyCount: Int { pieces.count }

  /// A piece as it stands in the vocabulary, or nil for a number that is not in it.
  public func text(of piece: Int32) -> String? { pieces.text(at: Int(piece)) }

  /// Numbers of a text's pieces, without the special ones that a model puts around them.
  ///
  /// - Complexity: O(scalars of the text · `longestWord`), in practice a few steps a byte.
  public func pieces(of text: String) -> [Int32] { pieces(of: text, atMost: .max) }

  /// The pieces between the first and the last special one, cut so that there are at most `limit` in all.
  ///
  /// - Precondition: `limit` is 2 or more.
  /// - Complexity: O(scalars of the text).
  public func encode(_ text: String, limit: Int) -> [Int32] {
    precondition(limit >= 2, "WordPieceTokenizer: a limit of \(limit) pieces has no room for the first and last, 2")
    return [classification] + pieces(of: text, atMost: limit - 2) + [separator]
  }

  /// Whether both give the same numbers to every text, as far as their vocabularies and settings tell.
  public static func == (a: WordPieceTokenizer, b: WordPieceTokenizer) -> Bool {
    a.normalizer == b.normalizer && a.special == b.special && a.longestWord == b.longestWord && a.added == b.added
      && a.pieces == b.pieces && a.continuation == b.continuation
  }

  private func pieces(of text: String, atMost limit: Int) -> [Int32] {
    let bytes = Array(text.utf8)
    var result: [Int32] = []
    var normalized: [UInt8] = []
    normalized.reserveCapacity(bytes.count)
    literal.forEachPart(of: bytes, 0..<bytes.count) { part, piece in
      if let piece {
        result.append(piece)
      } else {
        normalized.removeAll(keepingCapacity: true)
        normalizer.append(bytes, part, to: &normalized)
        appendWords(of: normalized, atMost: limit, to: &result)
      }
      return result.count < limit
    }
    if result.count > limit { result.removeLast(result.count - limit) }
    return result
  }

  private func appendWords(of bytes: [UInt8], atMost limit: Int, to result: inout [Int32]) {
    guard !normalizedLiteral.isEmpty else {
      return appendWords(of: bytes, 0..<bytes.count, atMost: limit, to: &result)
    }
    normalizedLiteral.forEachPart(of: bytes, 0..<bytes.count) { part, piece in
      if let piece { result.append(piece) } else { appendWords(of: bytes, part, atMost: limit, to: &result) }
      return result.count < limit
    }
  }

  private func appendWords(of bytes: [UInt8], _ range: Range<Int>, atMost limit: Int, to result: inout [Int32]) {
    WordPiecePreTokenizer.forEachWord(in: bytes, range) { word, scalars in
      appendPieces(of: bytes, word, scalars: scalars, to: &result)
      return result.count < limit
    }
  }

  /// Step 3 for one word.
  @inline(__always)
  private func appendPieces(of bytes: [UInt8], _ word: Range<Int>, scalars: Int, to result: inout [Int32]) {
    guard scalars <= longestWord else { return result.append(unknown) }
    let before = result.count
    var start: Int32? = PieceTrie.root
    var at = word.lowerBound
    while at < word.upperBound {
      guard let from = start, let (piece, end) = trie.longestPiece(in: bytes, at..<word.upperBound, from: from) else {
        result.removeLast(result.count - before)
        return result.append(unknown)
      }
      result.append(piece)
      at = end
      start = continuation
    }
  }
}
