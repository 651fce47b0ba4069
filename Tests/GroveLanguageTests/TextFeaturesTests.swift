import Foundation
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

@testable import GroveLanguage

/// Rows of texts that training changes through the encoder.
@Suite struct TextFeaturesTests {
  private static let sequences: [[Int32]] = [
    [2, 5, 6, 3], [2, 3], [2, 10, 11, 12, 13, 3], [2, 7, 9, 3], [2, 15, 15, 5, 8, 14, 10, 3],
  ]

  /// An encoder of its own, prepared, and its features.
  private func features(
    of sequences: [[Int32]] = sequences, dropout: Double = 0, rateScale: Float = 0.5,
    prepare: (BertModel) -> Void
  ) throws -> (features: TextFeatures, encoder: BertEncoder) {
    let folder = try ScratchFolder()
    let encoder = try TinyBert.encoder(settings: ["hidden_dropout_prob": dropout], in: folder)
    prepare(encoder.model)
    let rows = Tensor(encoder.rows(of: sequences), rows: sequences.count, columns: encoder.width)
    return (TextFeatures(encoder, sequences: sequences, rows: rows, rateScale: rateScale), encoder)
  }

  private func tuned(_ sequences: [[Int32]] = sequences, dropout: Double = 0) throws -> (
    features: TextFeatures, encoder: BertEncoder
  ) {
    let made = try features(of: sequences, dropout: dropout) { $0.tune(lastLayers: 1) }
    made.features.isTuning = true
    return made
  }

  private func training<Result>(_ body: () -> Result) -> Result { Pass.training(seed: 4, step: 2, body) }

  /// Gradients of the sum of squares of some rows.
  private func gradients(_ features: TextFeatures, _ nodes: [Int32]?) -> Gradients {
    training {
      let rows = features.features(of: nodes)
      return (rows * rows).sum().backward()
    }
  }

  /// The same without chunks and without computing anything twice.
  private func direct(_ encoder: BertEncoder, _ sequences: [[Int32]]) -> Gradients {
    training {
      let tokens = PackedTokens(sequences)
      let rows = encoder.pooled(encoder.model(tokens), over: tokens.segments)
      return (rows * rows).sum().backward()
    }
  }

  private func expectEqual(
    _ a: Gradients, _ b: Gradients, of parameters: [Named<Parameter>], tolerance: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for parameter in parameters {
      let (given, wanted) = (a[parameter.value]?.values ?? [], b[parameter.value]?.values ?? [1])
      // The gradient of a key's bias is nothing but rounding.
      #expect(
        difference(given, wanted.map(Double.init), atLeast: 0.1) <= tolerance, "\(parameter.name)",
        sourceLocation: sourceLocation)
    }
  }

  private func length(_ vector: [Double]) -> Double { vector.reduce(0.0) { $0 + $1 * $1 }.squareRoot() }

  /// A sequence of so many pieces between the first and the last.
  private static func sequence(_ count: Int, _ piece: (Int) -> Int) -> [Int32] {
    let pieces = (0..<count).map { Int32(5 + piece($0) % 11) }
    return [2] + pieces + [3]
  }

  /// Checks gradients against differences of the sum of squares along each gradient and along a random direction.
  private func expectDifferences(_ features: TextFeatures, sourceLocation: SourceLocation = #_sourceLocation) {
    let gradients = self.gradients(features, nil)
    func loss() -> Double {
      training { features.features(of: nil).values }.reduce(0) { $0 + Double($1) * Double($1) }
    }
    var random = TestRandom(8)
    for parameter in features.parameters() {
      let buffer = parameter.value.value.buffer
      let gradient = (gradients[parameter.value]?.values ?? []).map { Double($0) }
      #expect(gradient.count == buffer.count, "\(parameter.name)", sourceLocation: sourceLocation)
      let start = buffer.values
      let size = length(gradient)
      let anywhere = random.floats(gradient.count).map { Double($0) }
      for direction in [gradient, anywhere] {
        let length = length(direction)
        if length < 1e-3 { continue }
        func moved(_ step: Double) -> Double {
          buffer.write { for k in 0..<start.count { $0[k] = start[k] + Float(step * direction[k] / length) } }
          defer { buffer.copy(from: FloatBuffer(start)) }
          return loss()
        }
        let numeric = (moved(5e-3) - moved(-5e-3)) / 1e-2
        let along = zip(gradient, direction).reduce(0.0) { $0 + $1.0 * $1.1 }
        let analytic = along / length
        let scale = max(abs(numeric), abs(analytic), 0.1 * size, 0.1)
        #expect(
          abs(numeric - analytic) <= 1e-2 * scale,
          "\(parameter.name): gradient \(analytic), differences \(numeric)", sourceLocation: sourceLocation)
      }
    }
  }

  @Test func `Before tuning rows are those that were given, and no gradient flows`() throws {
    let folder = try ScratchFolder()
    let encoder = try TinyBert.encoder(in: folder)
    encoder.model.tune(lastLayers: 1)
    let given = TestInput(rows: 5, columns: 8, seed: 1)
    let features = TextFeatures(
      encoder, sequences: Self.sequences, rows: given.tensor(requiresGradient: false), rateScale: 1)
    #expect(features.width == 8 && !features.isTuning)
    for rows in [features.features(of: nil), training { features.features(of: nil) }] {
      #expect(rows.values == given.values && !rows.requiresGradient)
    }
    let some = training { features.features(of: [4, 0, 4]) }
    let rows = (0..<5).map { Array(given.values[8 * $0..<8 * $0 + 8]) }
    #expect(some.values == rows[4] + rows[0] + rows[4])
    // Tuning changes what training sees; evaluation sees the given rows until they are refreshed.
    features.isTuning = true
    #expect(features.features(of: [1]).values == rows[1])
    let live = training { features.features(of: [1]).values }
    #expect(difference(live, rows[1]) > 1e-2)
  }

  @Test(arguments: [nil, [2, 0, 2], [4], [0, 1, 2, 3, 4]] as [[Int32]?])
  func `Rows and gradients are those of the encoder called directly`(nodes: [Int32]?) throws {
    let (features, encoder) = try tuned()
    let asked = (nodes ?? [0, 1, 2, 3, 4]).map { Self.sequences[Int($0)] }
    let rows = training { features.features(of: nodes) }
    #expect(rows.requiresGradient && rows.shape == Shape(asked.count, 8))
    #expect(difference(rows.values, encoder.rows(of: asked).values) <= 1e-6)
    #expect(features.parameters().count == 16)
    expectEqual(
      gradients(features, nodes), direct(encoder, asked), of: features.parameters(), tolerance: 1e-5)
  }

  @Test(arguments: [0, 0.3]) func `Gradients agree with finite differences, with dropout and without`(
    dropout: Double
  ) throws {
    expectDifferences(try tuned(dropout: dropout).features)
  }

  @Test func `What is frozen gets no gradient`() throws {
    let (features, encoder) = try tuned()
    let gradients = self.gradients(features, nil)
    let trained = Set(features.parameters().map { ObjectIdentifier($0.value) })
    #expect(trained == Set(encoder.model.layers[1].parameters().map { ObjectIdentifier($0.value) }))
    let all = encoder.model.parameters()
    #expect(all.count == 36)
    for parameter in all {
      let isTrained = trained.contains(ObjectIdentifier(parameter.value))
      #expect((gradients[parameter.value] != nil) == isTrained, "\(parameter.name)")
      #expect(parameter.value.isTrainable == isTrained, "\(parameter.name)")
      #expect(parameter.value.rateScale == (isTrained ? 0.5 : 1), "\(parameter.name)")
    }
  }

  @Test func `Only what is trained is listed, whatever was chosen`() throws {
    for (count, expected) in [(0, 0), (1, 16), (2, 32)] {
      let features = try features { $0.tune(lastLayers: count) }.features
      #expect(features.parameters().count == expected)
    }
    let adapted = try features { $0.adapt(rank: 3, alpha: 6, from: Initializer(seed: 1)) }.features
    #expect(
      adapted.parameters().map(\.value.shape) == [
        Shape(8, 3), Shape(3, 8), Shape(8, 3), Shape(3, 8),
        Shape(8, 3), Shape(3, 8), Shape(8, 3), Shape(3, 8),
      ])
    #expect(adapted.parameters().allSatisfy { $0.value.isTrainable })
    // Tuned once, frozen again.
    let frozen = try features {
      $0.tune(lastLayers: 2)
      $0.tune(lastLayers: 0)
    }.features
    #expect(frozen.parameters().isEmpty)
  }

  // 400 texts are several chunks; of 2,900 the rows before the first trained layer are not kept.
  @Test(arguments: [400, 2900]) func `Many texts are those of one go, chunk by chunk`(count: Int) throws {
    let sequences = (0..<count).map { text in Self.sequence(22) { text * 7 + $0 * $0 } }
    let (features, encoder) = try tuned(sequences)
    let rows = training { features.features(of: nil) }
    #expect(difference(rows.values, encoder.rows(of: sequences).values) <= 1e-6)
    expectEqual(gradients(features, nil), direct(encoder, sequences), of: features.parameters(), tolerance: 1e-4)
  }

  @Test func `No nodes have no rows`() throws {
    let features = try tuned().features
    let rows = training { features.features(of: []) }
    #expect(rows.shape == Shape(0, 8))
    #expect(features.features(of: []).shape == Shape(0, 8))
  }

  @Test func `Adapters change nothing at first, get gradients, and train`() throws {
    let folder = try ScratchFolder()
    let plain = try TinyBert.encoder(in: folder).rows(of: Self.sequences).values
    let (features, encoder) = try features { $0.adapt(rank: 2, alpha: 4, from: Initializer(seed: 3)) }
    features.isTuning = true
    #expect(sameBits(encoder.rows(of: Self.sequences).values, plain))
    let live = training { features.features(of: nil).values }
    #expect(sameBits(live, plain))
    let first = gradients(features, nil)
    for parameter in features.parameters() {
      let values = try #require(first[parameter.value]?.values, "\(parameter.name)")
      // B starts with zeros: A hears nothing yet.
      #expect(values.contains { $0 != 0 } == parameter.name.hasSuffix("up"), "\(parameter.name)")
    }
    for parameter in encoder.model.parameters() where !parameter.name.contains("adapter") {
      #expect(first[parameter.value] == nil, "\(parameter.name)")
    }
    var random = TestRandom(6)
    for parameter in features.parameters() where parameter.name.hasSuffix("up") {
      parameter.value.value.buffer.copy(from: FloatBuffer(random.floats(parameter.value.shape.count, bound: 0.4)))
    }
    #expect(difference(encoder.rows(of: Self.sequences).values, plain) > 1e-3)
    expectDifferences(features)
  }

  @Test func `Tuned layers and adapters train together`() throws {
    let features = try features(dropout: 0.2) {
      $0.tune(lastLayers: 1)
      $0.adapt(rank: 2, alpha: 4, from: Initializer(seed: 3))
    }.features
    features.isTuning = true
    #expect(features.parameters().count == 4 + 16 + 4)
    var random = TestRandom(6)
    for parameter in features.parameters() where parameter.name.hasSuffix("up") {
      parameter.value.value.buffer.copy(from: FloatBuffer(random.floats(parameter.value.shape.count, bound: 0.4)))
    }
    expectDifferences(features)
  }

  @Test func `An adapter adds α / r times its product`() throws {
    let layer = PretrainedLinear(weight: Tensor([[1, 2], [3, 4]]), bias: Tensor([[10, 20]]))
    layer.adapt(rank: 1, scale: 3, from: Initializer(seed: 1))
    let adapter = try #require(layer.adapter)
    adapter.down.value.buffer.copy(from: FloatBuffer([1, -1]))
    adapter.up.value.buffer.copy(from: FloatBuffer([5, 7]))
    // x = [2, 1]: x · W + b = [15, 28], x · A = 1.
    #expect(layer(Tensor([[2, 1]])).values == [30, 49])
  }

  @Test func `Rows follow the weights when they are refreshed, and not before`() throws {
    let (features, encoder) = try tuned()
    let before = features.features(of: nil).values
    features.refresh()
    #expect(sameBits(features.features(of: nil).values, before))
    let weight = encoder.model.layers[1].narrowing.weight.value.buffer
    weight.write { $0[3] += 0.25 }
    let now = encoder.rows(of: Self.sequences).values
    #expect(difference(now, before) > 1e-3)
    #expect(sameBits(features.features(of: nil).values, before))
    let live = training { features.features(of: nil).values }
    #expect(difference(live, now) <= 1e-6)
    features.refresh()
    #expect(sameBits(features.features(of: nil).values, now))
    #expect(sameBits(features.features(of: [3]).values, Array(now[24..<32])))
    weight.write { $0[3] -= 0.25 }
    features.refresh()
    #expect(difference(features.features(of: nil).values, before) <= 1e-5)
  }

  @Test func `One, two and three threads give the same bytes, forward and back`() throws {
    let sequences = (0..<300).map { text in Self.sequence(text % 23) { text + $0 } }
    let (features, _) = try tuned(sequences, dropout: 0.2)
    var first: [[Float]]?
    ThreadCounts.forEach([1, 2, 3]) { count in
      let gradients = gradients(features, nil)
      var all = features.parameters().map { gradients[$0.value]?.values ?? [] }
      all.append(training { features.features(of: nil).values })
      if let first { #expect(zip(first, all).allSatisfy { sameBits($0, $1) }, "\(count) threads") }
      first = first ?? all
    }
  }

  @Test(arguments: 0..<4) func `A caller's mistake traps`(mistake: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [mistake] in
      let folder = try ScratchFolder()
      let encoder = try TinyBert.encoder(in: folder)
      switch mistake {
      case 0: _ = TextFeatures(encoder, sequences: [[2, 3]], rows: Tensor([[1, 2]]), rateScale: 1)
      case 1: _ = TextFeatures(encoder, sequences: [], rows: Tensor([[1, 2, 3, 4, 5, 6, 7, 8]]), rateScale: 1)
      case 2: encoder.model.tune(lastLayers: 3)
      default: encoder.model.adapt(rank: 0, alpha: 1, from: Initializer(seed: 1))
      }
    }
    expectTrapMessage(result, mentions: [mistake < 2 ? "TextFeatures" : "BertModel"])
  }
}
