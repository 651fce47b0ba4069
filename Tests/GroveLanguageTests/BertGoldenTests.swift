import Foundation
import GroveGraphs
import GroveTensors
import TestSupport
import Testing

@testable import GroveLanguage

/// Rows of all-MiniLM-L6-v2 against sentence-transformers 6.2.0 with PyTorch 2.13.0.
@Suite(
  "Golden sentence rows",
  .enabled(if: MiniLMReference.isTestable, "no model or reference; set GROVE_MODELS, GROVE_SHARED"))
struct GoldenBertTests {
  /// What the reference says of its hidden states, those of the first text.
  private struct Reference: Decodable {
    struct Layer: Decodable {
      let layer: Int
      let cls_first8: [Double]
      let last_token_first8: [Double]
      let l2: Double
    }
    let hidden_state_trace: [Layer]
    let cosine_first5: [[Double]]
  }

  private static func reference() throws -> Reference {
    let path = try #require(MiniLMReference.path)
    return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private static func encoder() throws -> BertEncoder { try BertEncoder(folder: try #require(ModelData.minilm)) }

  private func cosine(_ a: [Double], _ b: [Double]) -> Double {
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
  }

  @Test func `All reference texts have the reference's rows, in a batch and alone`() throws {
    let encoder = try Self.encoder()
    #expect(encoder.width == 384 && encoder.limit == 256)
    let sentences = try MiniLMReference.load().sentences
    #expect(sentences.count == 25)
    let batch = try encoder.encode(sentences.map(\.text))
    #expect(batch.rowCount == 25)
    for (number, sentence) in sentences.enumerated() {
      let row = denseRow(batch, number)
      #expect(row.count == 384 && sentence.embedding.count == 384)
      let worst = zip(row, sentence.embedding).map { abs(Double($0) - $1) }.max() ?? 1
      #expect(worst <= 2e-5, "\(sentence.name)")
      #expect(cosine(row.map(Double.init), sentence.embedding) >= 0.99999, "\(sentence.name)")
      let alone = denseRow(try encoder.encode([sentence.text]), 0)
      #expect((zip(row, alone).map { abs($0 - $1) }.max() ?? 1) <= 1e-6, "\(sentence.name)")
    }
  }

  @Test func `Hidden states are the reference's after the embeddings and after each layer`() throws {
    let encoder = try Self.encoder()
    let reference = try Self.reference()
    let text = try #require(try MiniLMReference.load().sentences.first)
    #expect(reference.hidden_state_trace.map(\.layer) == Array(0...6))
    var states: [Tensor] = []
    _ = Pass.evaluation { encoder.model(PackedTokens([text.token_ids])) { states.append($0) } }
    #expect(states.count == 7)
    for (state, layer) in zip(states, reference.hidden_state_trace) {
      let values = state.values
      let last = 384 * (text.token_ids.count - 1)
      #expect(state.shape == Shape(text.token_ids.count, 384))
      #expect(difference(Array(values[..<8]), layer.cls_first8) <= 2e-5, "layer \(layer.layer)")
      #expect(difference(Array(values[last..<last + 8]), layer.last_token_first8) <= 2e-5, "layer \(layer.layer)")
      let length = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(abs(length / layer.l2 - 1) <= 1e-5, "layer \(layer.layer): \(length)")
    }
  }

  @Test func `The cosines of the first five texts are the reference's`() throws {
    let texts = try MiniLMReference.load().sentences.prefix(5).map(\.text)
    let rows = try Self.encoder().encode(texts)
    let cosines = try Self.reference().cosine_first5
    #expect(cosines.map(\.count) == [5, 5, 5, 5, 5])
    for i in 0..<5 {
      for j in 0..<5 {
        let found = cosine(denseRow(rows, i).map(Double.init), denseRow(rows, j).map(Double.init))
        #expect(abs(found - cosines[i][j]) <= 1e-5, "\(i), \(j)")
      }
    }
  }

  @Test func `One, two and three threads give the same bytes`() throws {
    let encoder = try Self.encoder()
    let texts = try MiniLMReference.load().sentences.map(\.text)
    var first: FeatureMatrix?
    try ThreadCounts.forEach([1, 2, 3]) { count in
      let rows = try encoder.encode(texts)
      if let first { #expect(rows == first, "\(count) threads") }
      first = first ?? rows
    }
  }
}
