import GroveLanguage
import TestSupport
import Testing

/// A vocabulary made by hand, its pieces such that each rule shows.
enum SmallVocabulary {
  static let pieces = """
    [PAD] [UNK] [CLS] [SEP] [MASK] graph ##s ##graph un ##aff ##able unaff a ##a ab ##b cafe caf\u{E9} e ##\u{301} naive i
    ##i \u{307} ##\u{307} \u{3C3} ##\u{3C3} \u{3C2} \u{1112} ##\u{1161} ##\u{11AB} \u{6F22} \u{5B57} \u{304B} ##\u{306A}
    . - ' \u{2B850} ##\u{2B850} $ ## # \u{2212} ##\u{2212} 1 ##1 mask [ ] \u{166D} \u{2E2E} ##\u{2E43} ##\u{1885} Graph
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  /// Texts and their pieces by tokenizers 0.23.3, uncased.
  static let uncased: [(String, String)] = [
    ("", ""), ("   \t\n", ""), ("graphs", "graph ##s"), ("Graph GRAPHS", "graph graph ##s"),
    ("unaffable", "unaff ##able"), ("unaffables", "unaff ##able ##s"), ("unaffx", "[UNK]"),
    ("caf\u{E9} cafe\u{301} CAF\u{C9}", "cafe cafe cafe"), ("na\u{EF}ve", "naive"), ("\u{130} i\u{307} I", "i i i"),
    ("\u{3A3}\u{3A3}", "\u{3C3} ##\u{3C3}"), ("\u{D55C}", "\u{1112} ##\u{1161} ##\u{11AB}"),
    ("\u{6F22}\u{5B57}\u{304B}\u{306A}", "\u{6F22} \u{5B57} \u{304B} ##\u{306A}"),
    ("a\u{6F22}b", "a \u{6F22} [UNK]"), ("a\u{2B850}", "a ##\u{2B850}"), ("gra\u{200B}ph", "graph"),
    ("gra\u{AD}ph", "graph"), ("gra\u{FEFF}ph", "graph"), ("gra\u{0}ph", "graph"), ("gra\u{FFFD}ph", "graph"),
    ("graph\u{A0}graph", "graph graph"), ("graph\u{2028}graph", "graph graph"), ("graph\u{85}graph", "graph ##graph"),
    ("graph\u{1C}graph", "graph ##graph"), ("gra\u{E000}ph", "graph"), ("a\u{378}", "[UNK]"),
    ("a.a-a'a", "a . a - a ' a"), ("a$a", "a $ a"), ("1\u{2212}1", "1 ##\u{2212} ##1"), ("[MASK]", "[MASK]"),
    ("[mask]", "[ mask ]"), ("[MASK", "[ mask"), ("a[MASK]a", "a [MASK] a"), ("[[MASK]]", "[ [MASK] ]"),
    ("##graph", "# # graph"), ("[UNK] [PAD][SEP]", "[UNK] [PAD] [SEP]"), ("graph [CLS]", "graph [CLS]"),
    // Categories as of Unicode 8.0: former punctuation, punctuation, none yet, a former mark, a former letter.
    ("a\u{166D}a", "a \u{166D} a"), ("a\u{2E2E}a", "a \u{2E2E} a"), ("a\u{2E43}a", "a ##\u{2E43} ##a"),
    ("a\u{1734}a", "a ##a"), ("a\u{1885}", "a ##\u{1885}"),
  ]
}

@Suite struct WordPieceTokenizerTests {
  private func pieces(_ text: String, _ normalizer: WordPieceNormalizer = WordPieceNormalizer()) throws -> String {
    let tokenizer = try WordPieceTokenizer(pieces: SmallVocabulary.pieces, normalizer: normalizer)
    return tokenizer.pieces(of: text).map { tokenizer.text(of: $0) ?? "none" }.joined(separator: " ")
  }

  /// Texts as scalars: `String` would take equivalent ones for equal.
  private func expect(
    _ text: String, _ expected: String, _ normalizer: WordPieceNormalizer = WordPieceNormalizer()
  ) throws {
    let found = try pieces(text, normalizer)
    #expect(Array(found.unicodeScalars) == Array(expected.unicodeScalars), "\(text.debugDescription): \(found)")
  }

  @Test func `Each rule cuts as the reference does`() throws {
    for (text, expected) in SmallVocabulary.uncased { try expect(text, expected) }
  }

  @Test func `A word of 100 scalars is cut and one of 101 is unknown`() throws {
    let tokenizer = try WordPieceTokenizer(pieces: SmallVocabulary.pieces)
    #expect(tokenizer.pieces(of: String(repeating: "a", count: 100)).count == 100)
    #expect(tokenizer.pieces(of: String(repeating: "a", count: 101)) == [tokenizer.unknown])
    // Scalars, not bytes nor characters: each is an a and a mark that stripping takes away.
    #expect(tokenizer.pieces(of: String(repeating: "a\u{301}", count: 100)).count == 100)
    #expect(tokenizer.pieces(of: String(repeating: "\u{3A3}", count: 100)).count == 100)
  }

  @Test func `A cased vocabulary keeps capitals and accents`() throws {
    let cased = WordPieceNormalizer(lowercase: false)
    let cases = [
      ("Graph graph", "Graph graph"), ("caf\u{E9}", "caf\u{E9}"), ("cafe\u{301}", "cafe ##\u{301}"),
      ("CAF\u{C9}", "[UNK]"), ("\u{130}", "[UNK]"), ("\u{D55C}", "[UNK]"), ("a\u{6F22}", "a \u{6F22}"),
    ]
    for (text, expected) in cases { try expect(text, expected, cased) }
  }

  @Test func `Every option works alone`() throws {
    let stripping = WordPieceNormalizer(lowercase: false, stripAccents: true)
    try expect("Graph caf\u{E9}", "Graph cafe", stripping)
    try expect("\u{D55C}", "\u{1112} ##\u{1161} ##\u{11AB}", stripping)
    let keeping = WordPieceNormalizer(stripAccents: false)
    try expect("CAF\u{C9}", "caf\u{E9}", keeping)
    try expect("\u{130}", "i ##\u{307}", keeping)
    let western = WordPieceNormalizer(tokenizeChineseCharacters: false)
    try expect("a\u{6F22}", "[UNK]", western)
    let raw = WordPieceNormalizer(cleansText: false)
    try expect("a\u{200B}b", "[UNK]", raw)
    try expect("a\u{85}a", "a a", raw)
  }

  @Test func `Encoding puts the special pieces around at most so many`() throws {
    let tokenizer = try WordPieceTokenizer(pieces: SmallVocabulary.pieces)
    let (first, last) = (tokenizer.classification, tokenizer.separator)
    #expect([first, last] == [2, 3])
    #expect(tokenizer.encode("", limit: 9) == [2, 3])
    #expect(tokenizer.encode("graphs a", limit: 9) == [2, 5, 6, 12, 3])
    #expect(tokenizer.encode("graphs a", limit: 5) == [2, 5, 6, 12, 3])
    #expect(tokenizer.encode("graphs a", limit: 4) == [2, 5, 6, 3])
    #expect(tokenizer.encode("graphs a [MASK]", limit: 3) == [2, 5, 3])
    #expect(tokenizer.encode("[MASK][MASK]", limit: 3) == [2, 4, 3])
    #expect(tokenizer.encode("graphs a", limit: 2) == [2, 3])
  }

  @Test func `A limit without room for the special pieces traps`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tokenizer = try WordPieceTokenizer(pieces: ["[UNK]", "[CLS]", "[SEP]"])
      _ = tokenizer.encode("a", limit: 1)
    }
    expectTrapMessage(result, mentions: ["WordPieceTokenizer", "1", "2"])
  }

  @Test(arguments: ["[UNK]", "[CLS]", "[SEP]"]) func `A vocabulary without a needed piece is refused`(_ piece: String) {
    #expect(throws: TokenizerFailure.missingPiece(path: "the vocabulary", piece: piece)) {
      _ = try WordPieceTokenizer(pieces: SmallVocabulary.pieces.filter { $0 != piece })
    }
  }

  @Test func `Added pieces are found as written, whole, or in the normalized text`() throws {
    let tokenizer = try WordPieceTokenizer(
      pieces: SmallVocabulary.pieces,
      added: [
        AddedPiece("graph", number: 77, isWholeWord: true), AddedPiece("Caf\u{E9}a", number: 80, isNormalized: true),
        AddedPiece("[MASK][SEP]", number: 81),
      ])
    func texts(_ text: String) -> [String?] { tokenizer.pieces(of: text).map { tokenizer.text(of: $0) } }
    // A piece that the vocabulary has keeps its number; numbers up to the largest count, given or not.
    #expect(tokenizer.pieces(of: "graph") == [5])
    #expect(tokenizer.vocabularyCount == 82)
    #expect(tokenizer.text(of: 79) == nil)
    #expect(texts("graphs graph's") == ["graph", "##s", "graph", "'", "[UNK]"])
    #expect(tokenizer.pieces(of: "CAFE\u{301}A") == [80])
    #expect(tokenizer.pieces(of: "[MASK][SEP][MASK]") == [81, 4])
  }

  @Test func `Canonically equivalent pieces have numbers of their own`() throws {
    let tokenizer = try WordPieceTokenizer(
      pieces: ["[UNK]", "[CLS]", "[SEP]", "\u{E9}", "e\u{301}"], normalizer: WordPieceNormalizer(lowercase: false))
    #expect(tokenizer.pieces(of: "\u{E9} e\u{301}") == [3, 4])
  }
}
