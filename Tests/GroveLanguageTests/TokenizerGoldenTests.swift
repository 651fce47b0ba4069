import GroveLanguage
import TestSupport
import Testing

/// Piece numbers of all-MiniLM-L6-v2 against tokenizers 0.23.3.
@Suite(
  "Golden pieces", .enabled(if: MiniLMReference.isTestable, "no model or reference; set GROVE_MODELS, GROVE_SHARED"))
struct GoldenTokenizerTests {
  @Test func `All reference texts have the reference's pieces`() throws {
    let tokenizer = try WordPieceTokenizer(folder: try #require(ModelData.minilm))
    let sentences = try MiniLMReference.load().sentences
    #expect(sentences.count == 25)
    for sentence in sentences {
      let numbers = tokenizer.encode(sentence.text, limit: 256)
      #expect(numbers == sentence.token_ids, "\(sentence.name)")
      #expect(numbers.map { tokenizer.text(of: $0) } == sentence.tokens, "\(sentence.name)")
      #expect(tokenizer.pieces(of: sentence.text).count + 2 == sentence.n_tokens_untruncated, "\(sentence.name)")
    }
  }

  @Test func `The model's folder says who the special pieces are`() throws {
    let tokenizer = try WordPieceTokenizer(folder: try #require(ModelData.minilm))
    #expect(tokenizer.vocabularyCount == 30522)
    #expect([tokenizer.padding, tokenizer.mask] == [0, 103])
    #expect([tokenizer.unknown, tokenizer.classification, tokenizer.separator] == [100, 101, 102])
    #expect(tokenizer.normalizer == WordPieceNormalizer())
    #expect(tokenizer.text(of: 30521) == "##～")
    #expect(tokenizer.text(of: 30522) == nil)
    #expect(tokenizer.text(of: -1) == nil)
  }

  @Test func `A long text takes time in proportion to its length`() throws {
    let tokenizer = try WordPieceTokenizer(folder: try #require(ModelData.minilm))
    func time(_ length: Int, _ unit: String) -> Double {
      let text = String(repeating: unit, count: length)
      return (0..<3).map { _ in
        let start = ContinuousClock.now
        _ = tokenizer.pieces(of: text)
        return (ContinuousClock.now - start) / .seconds(1)
      }.min() ?? 0
    }
    for unit in ["a", "ab ", "é", "漢", "한", "!", "[", "[MASK", "\u{302F}\u{302E}"] {
      // Ten times the text in far less than a hundred times the time that a quadratic rule would take.
      #expect(time(100_000, unit) < 40 * time(10_000, unit) + 0.05, "\(unit)")
    }
  }
}
