import Foundation
import GroveGraphs
import GroveKernels
import GroveTensors
import TestSupport
import Testing

@testable import GroveLanguage

/// Small BERT and DistilBERT folders against a slow reference in Double.
@Suite struct BertModelTests {
  private static let modes = ["cls_token", "max_tokens", "mean_tokens", "mean_sqrt_len_tokens"]
  private static let families = [BertConfiguration.Family.bert, .distilbert]

  /// Checks rows against the slow reference's, made of the encoder's own pieces.
  private func expectRows(
    _ encoder: BertEncoder, _ slow: SlowBert, _ texts: [String] = TinyBert.texts, tolerance: Double = 2e-5,
    sourceLocation: SourceLocation = #_sourceLocation, _ row: (SlowBert, [Int32]) -> [Double]
  ) throws {
    let rows = try encoder.encode(texts)
    #expect(rows.rowCount == texts.count, sourceLocation: sourceLocation)
    for (number, text) in texts.enumerated() {
      let expected = row(slow, encoder.tokenizer.encode(text, limit: encoder.limit))
      #expect(
        difference(denseRow(rows, number), expected) <= tolerance, "'\(text.prefix(40))'",
        sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: families) func `Hidden states agree, sequence by sequence`(family: BertConfiguration.Family) throws {
    let folder = try ScratchFolder()
    let tiny = TinyBert(family)
    try tiny.write(into: folder)
    let model = try BertModel(folder: folder.path)
    let sequences: [[Int32]] = [[2, 3], [2, 5, 9, 6, 3], Array(repeating: 7, count: 24), [2]]
    var states: [Tensor] = []
    let tokens = PackedTokens(sequences)
    let out = model(tokens) { states.append($0) }
    #expect(states.count == 3 && sameBits(out.values, states[2].values))
    #expect(!out.requiresGradient)
    for (number, ids) in sequences.enumerated() {
      let range = Int(tokens.segments.offsets[number]) * 8..<Int(tokens.segments.offsets[number + 1]) * 8
      for (layer, expected) in SlowBert(tiny: tiny).hidden(ids).enumerated() {
        #expect(difference(Array(states[layer].values[range]), expected.values) <= 2e-5, "\(ids), layer \(layer)")
      }
    }
  }

  @Test(arguments: modes, families) func `Each kind of pooling agrees`(
    mode: String, family: BertConfiguration.Family
  ) throws {
    let folder = try ScratchFolder()
    let tiny = TinyBert(family)
    try tiny.write(into: folder)
    try TinyBert.writeModules([mode], into: folder)
    let encoder = try BertEncoder(folder: folder.path)
    #expect(encoder.width == 8)
    try expectRows(encoder, SlowBert(tiny: tiny)) { $0.pooled($1, mode) }
  }

  @Test func `Several kinds of pooling stand side by side in the library's order`() throws {
    let folder = try ScratchFolder()
    let tiny = TinyBert()
    try tiny.write(into: folder)
    try TinyBert.writeModules(["mean_sqrt_len_tokens", "mean_tokens", "cls_token", "max_tokens"], into: folder)
    let encoder = try BertEncoder(folder: folder.path)
    #expect(encoder.width == 32)
    try expectRows(encoder, SlowBert(tiny: tiny)) { slow, ids in Self.modes.flatMap { slow.pooled(ids, $0) } }
    try TinyBert.writeModules(["mean_tokens", "cls_token"], normalize: true, into: folder)
    try expectRows(try BertEncoder(folder: folder.path), SlowBert(tiny: tiny)) { slow, ids in
      normalized(slow.pooled(ids, "cls_token") + slow.pooled(ids, "mean_tokens"))
    }
  }

  @Test(arguments: ["mean", "cls", "max", "mean_sqrt_len_tokens"]) func `A pooling that is named agrees`(
    name: String
  ) throws {
    let folder = try ScratchFolder()
    let tiny = TinyBert()
    try tiny.write(into: folder)
    try TinyBert.writeModules([], into: folder)
    try write(["1_Pooling/config.json": #"{"pooling_mode": "\#(name)"}"#], into: folder)
    let mode = try #require(Self.modes.first { $0.hasPrefix(name) })
    try expectRows(try BertEncoder(folder: folder.path), SlowBert(tiny: tiny)) {
      $0.pooled($1, name == "mean" ? "mean_tokens" : mode)
    }
  }

  @Test(arguments: ["torch.nn.modules.activation.Tanh", "torch.nn.modules.linear.Identity", ""])
  func `A dense module follows pooling`(activation: String) throws {
    let folder = try ScratchFolder()
    let tiny = TinyBert()
    try tiny.write(into: folder)
    try TinyBert.writeModules(["mean_tokens"], dense: true, normalize: true, into: folder)
    let weight = TestInput(rows: 5, columns: 8, seed: 1)
    let bias = TestInput(rows: 1, columns: 5, seed: 2)
    try FileManager.default.createDirectory(atPath: folder.file("2_Dense"), withIntermediateDirectories: true)
    let named = activation.isEmpty ? "" : #", "activation_function": "\#(activation)""#
    try write(["2_Dense/config.json": #"{"in_features": 8, "out_features": 5, "bias": true\#(named)}"#], into: folder)
    try SafetensorsFile.write(
      [("linear.weight", [5, 8], FloatBuffer(weight.values)), ("linear.bias", [5], FloatBuffer(bias.values))],
      metadata: [:], to: folder.file("2_Dense/model.safetensors"))
    let encoder = try BertEncoder(folder: folder.path)
    #expect(encoder.width == 5)
    try expectRows(encoder, SlowBert(tiny: tiny)) { slow, ids in
      let pooled = slow.pooled(ids, "mean_tokens")
      let row = (0..<5).map { k in (0..<8).reduce(bias.matrix[0, k]) { $0 + weight.matrix[k, $1] * pooled[$1] } }
      return normalized(activation.hasSuffix("Identity") ? row : row.map { tanh($0) })
    }
  }

  @Test func `Rows have length 1 where the modules or the caller say so`() throws {
    let folder = try ScratchFolder()
    let slow = SlowBert(tiny: TinyBert())
    var options = BertEncoder.Options()
    try expectRows(try TinyBert.encoder(in: folder), slow) { $0.pooled($1, "mean_tokens") }
    options.normalizes = true
    try expectRows(try BertEncoder(folder: folder.path, options: options), slow) {
      normalized($0.pooled($1, "mean_tokens"))
    }
    try expectRows(try TinyBert.encoder(normalize: true, in: folder), slow) { normalized($0.pooled($1, "mean_tokens")) }
    options.normalizes = false
    try expectRows(try BertEncoder(folder: folder.path, options: options), slow) { $0.pooled($1, "mean_tokens") }
  }

  @Test(arguments: families) func `A folder without modules averages; names may have the family before them`(
    family: BertConfiguration.Family
  ) throws {
    let folder = try ScratchFolder()
    let tiny = TinyBert(family)
    try tiny.write(into: folder) { "\(family.rawValue).\($0)" }
    try expectRows(try BertEncoder(folder: folder.path), SlowBert(tiny: tiny)) { $0.pooled($1, "mean_tokens") }
  }

  @Test func `Norms may have their old names`() throws {
    let folder = try ScratchFolder()
    let tiny = TinyBert()
    try tiny.write(into: folder) { name in
      let old = name.replacing("LayerNorm.weight", with: "LayerNorm.gamma").replacing(
        "LayerNorm.bias", with: "LayerNorm.beta")
      return "bert.\(old)"
    }
    try expectRows(try BertEncoder(folder: folder.path), SlowBert(tiny: tiny)) { $0.pooled($1, "mean_tokens") }
  }

  @Test func `Weights of 16 bits are widened`() throws {
    let folder = try ScratchFolder()
    let tiny = TinyBert()
    try tiny.write(into: folder, as: .f16)
    try expectRows(try BertEncoder(folder: folder.path), SlowBert(tiny: tiny.rounded())) {
      $0.pooled($1, "mean_tokens")
    }
  }

  @Test func `Activation and ε are the configuration's`() throws {
    let folder = try ScratchFolder()
    var tiny = TinyBert()
    tiny.settings = ["hidden_act": "relu", "layer_norm_eps": 0.25]
    try tiny.write(into: folder)
    try expectRows(try BertEncoder(folder: folder.path), SlowBert(tiny: tiny, epsilon: 0.25, isRectified: true)) {
      $0.pooled($1, "mean_tokens")
    }
  }

  @Test func `A row does not depend on its batch or the threads, to the bit`() throws {
    let folder = try ScratchFolder()
    let encoder = try TinyBert.encoder(normalize: true, in: folder)
    var random = TestRandom(3)
    let words = ["graph", "nodes", "a", "b", "text", ".", "paper"]
    let texts = (0..<400).map { _ in
      (0..<Int.random(in: 0..<30, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
        .joined(separator: " ")
    }
    let all = try encoder.encode(texts)
    let turned = try encoder.encode(texts.reversed())
    for number in texts.indices {
      #expect(sameBits(denseRow(all, number), denseRow(turned, texts.count - 1 - number)), "text \(number)")
      if number % 20 == 0 {
        #expect(sameBits(denseRow(all, number), denseRow(try encoder.encode([texts[number]]), 0)), "text \(number)")
      }
    }
    try ThreadCounts.forEach([1, 2, 3]) { count in
      let rows = try encoder.encode(texts)
      #expect(rows == all, "\(count) threads")
    }
    #expect(try encoder.encode([]).rowCount == 0)
  }

  @Test func `Long texts lose their end, or are averaged piece by piece`() throws {
    let folder = try ScratchFolder()
    let slow = SlowBert(tiny: TinyBert())
    let long = Array(repeating: "graph nodes, paper b", count: 20).joined(separator: " ")
    for normalize in [false, true] {
      let cut = try TinyBert.encoder(normalize: normalize, in: folder)
      let pieces = cut.tokenizer.pieces(of: long)
      #expect(pieces.count == 120)
      try expectRows(cut, slow, [long, "a"]) { slow, ids in
        #expect(ids.count <= 24)
        let row = slow.pooled(ids, "mean_tokens")
        return normalize ? normalized(row) : row
      }
      #expect(cut.tokens(of: [long]) == [[[2] + pieces[..<22] + [3]]])
      var options = BertEncoder.Options()
      (options.longTexts, options.limit) = (.average, 12)
      let averaging = try BertEncoder(folder: folder.path, options: options)
      let rows = try averaging.encode(["a", long, ""])
      var sum = [Double](repeating: 0, count: 8)
      for start in stride(from: 0, to: 120, by: 10) {
        let row = slow.pooled([2] + pieces[start..<start + 10] + [3], "mean_tokens")
        for k in 0..<8 { sum[k] += 12 * row[k] / 144 }
      }
      #expect(difference(denseRow(rows, 1), normalize ? normalized(sum) : sum) <= 2e-5)
      let short = slow.pooled([2, 10, 3], "mean_tokens")
      #expect(difference(denseRow(rows, 0), normalize ? normalized(short) : short) <= 2e-5)
    }
  }

  @Test func `Pieces of unequal length weigh by their tokens`() throws {
    let folder = try ScratchFolder()
    let slow = SlowBert(tiny: TinyBert())
    _ = try TinyBert.encoder(in: folder)
    var options = BertEncoder.Options()
    (options.longTexts, options.limit) = (.average, 6)
    let rows = try BertEncoder(folder: folder.path, options: options).encode(["a b c graph node"])
    let (first, second) = (slow.pooled([2, 10, 11, 12, 5, 3], "mean_tokens"), slow.pooled([2, 6, 3], "mean_tokens"))
    #expect(difference(denseRow(rows, 0), zip(first, second).map { (6 * $0 + 3 * $1) / 9 }) <= 2e-5)
  }

  @Test func `An empty text and one of 100,000 characters have rows`() throws {
    let folder = try ScratchFolder()
    let encoder = try TinyBert.encoder(in: folder)
    let slow = SlowBert(tiny: TinyBert())
    let spaced = String(repeating: "a ", count: 50_000)
    try expectRows(encoder, slow, ["", " \n", spaced, String(repeating: "a", count: 100_000)]) {
      $0.pooled($1, "mean_tokens")
    }
    var options = BertEncoder.Options()
    options.longTexts = .average
    let rows = try BertEncoder(folder: folder.path, options: options).encode([spaced, ""])
    #expect(denseRow(rows, 0).allSatisfy { $0.isFinite })
    #expect(difference(denseRow(rows, 1), slow.pooled([2, 3], "mean_tokens")) <= 2e-5)
  }
}
