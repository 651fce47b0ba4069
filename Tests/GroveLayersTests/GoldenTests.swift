import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

/// Layers and losses against PyTorch and PyTorch Geometric, number by number.
@Suite("Golden vectors", .enabled(if: GoldenFolder.isPresent, "no golden vectors; set GROVE_GOLDEN"))
struct GoldenTests {
  /// Relative to the largest entry of each tensor.
  static let tolerance = 1e-4

  @Test("The folder holds cases")
  func folderHoldsCases() {
    #expect(!GoldenFolder.caseNames.isEmpty, "\(GoldenFolder.path ?? "") holds no case")
  }

  @Test("No case is claimed twice")
  func noCaseIsClaimedTwice() {
    let lists = [GoldenFolder.layers, GoldenFolder.losses, GoldenFolder.optimizers, GoldenFolder.heterogeneousLayers]
    #expect(GoldenFolder.known.count == lists.reduce(0) { $0 + $1.count })
  }

  @Test("Every case agrees, forward and in all gradients", arguments: GoldenFolder.caseNames)
  func caseAgrees(name: String) throws {
    if GoldenFolder.layers.contains(name) {
      try checkLayer(GoldenFolder.load(name))
    } else if GoldenFolder.losses.contains(name) {
      try checkLoss(GoldenFolder.load(name))
    } else {
      let others = GoldenFolder.optimizers.union(GoldenFolder.heterogeneousLayers)
      #expect(others.contains(name), "golden case \(name) is known to no suite")
    }
  }

  private func checkLayer(_ golden: GoldenCase) throws {
    let layer = try #require(try GoldenLayer(golden), "no layer for golden case \(golden.name)")
    #expect(golden.kind == "layer")
    let parameters = try golden.arrays("parameters")
    #expect(Set(parameters.keys) == Set(layer.parameters.keys))
    #expect(layer.module.parameters().count == layer.parameters.values.reduce(0) { $0 + $1.count })
    for (name, published) in parameters {
      let owns = try #require(layer.parameters[name])
      #expect(owns.reduce(0) { $0 + $1.parameter.shape.count } == published.values.count)
      for own in owns { own.parameter.value.buffer.copy(from: FloatBuffer(own.ours(published).map(Float.init))) }
    }

    let input = try golden.array("x")
    let x = Tensor(input.floats, rows: input.shape[0], columns: input.shape[1], requiresGradient: true)
    let graph = try golden.graph()
    let output = Pass.training(seed: 1, step: 0) { layer.run(x, graph.block) }
    let expected = try golden.array("output")
    #expect([output.rows, output.columns] == expected.shape)
    #expect(difference(output.values, expected.values) <= Self.tolerance, "output")

    let seed = try golden.array("outputGradient")
    let gradients = output.backward(from: Tensor(seed.floats, rows: output.rows, columns: output.columns))
    let expectedGradients = try golden.arrays("gradients")
    #expect(Set(expectedGradients.keys) == Set(parameters.keys).union(["x"]))
    for (name, published) in expectedGradients {
      let slots = layer.parameters[name].map { $0.map { ($0.parameter.value, $0.ours(published)) } }
      let found = try (slots ?? [(x, published.values)]).map { tensor, wanted in
        (given: try #require(gradients[tensor], "no gradient for \(name)").values, wanted: wanted)
      }
      Self.expectGradient(found.flatMap(\.given), found.flatMap(\.wanted), name)
    }
  }

  /// Relative to the largest entry of the whole published array; a gradient that is nothing but the rounding of doubles
  /// is zero to floats as well.
  static func expectGradient(_ given: [Float], _ wanted: [Double], _ name: String) {
    let isZero = wanted.allSatisfy { abs($0) < 1e-13 }
    #expect(
      difference(given, wanted, atLeast: isZero ? 1 : 0) <= (isZero ? 1e-6 : tolerance), "gradient of \(name)")
  }

  private func checkLoss(_ golden: GoldenCase) throws {
    #expect(golden.kind == "loss")
    let inputs = try golden.list("inputs").map {
      Tensor($0.floats, rows: $0.shape[0], columns: $0.shape[1], requiresGradient: true)
    }
    let loss = try golden.loss(of: inputs)
    #expect(difference([loss.scalar], [try golden.number("value")]) <= Self.tolerance, "value")
    let gradients = loss.backward()
    let expected = try golden.list("gradients")
    try #require(expected.count == inputs.count)
    for (input, wanted) in zip(inputs, expected) {
      let given = try #require(gradients[input])
      #expect(difference(given.values, wanted.values) <= Self.tolerance, "gradient")
    }
  }
}

extension GoldenCase {
  /// The graph of a layer case; edge weights follow the edges into their rows.
  func graph() throws -> Graph {
    let edges = try array("edges")
    let count = edges.shape[1]
    return TestGraphs.graph(
      edges.values[..<count].map { Int($0) }, edges.values[count...].map { Int($0) },
      nodeCount: Int(try number("nodeCount")), weights: has("edgeWeights") ? try array("edgeWeights").floats : nil)
  }

  fileprivate func loss(of inputs: [Tensor]) throws -> Tensor {
    switch name {
    case "info-nce":
      let classes = (0..<Int32(inputs[0].rows)).map { $0 }
      return inputs[0].normalizedRows().contrastiveLoss(
        against: inputs[1].normalizedRows(), classes: classes, candidateClasses: classes,
        temperature: Float(try number("temperature")))
    case "sup-con":
      let classes = try array("labels").values.map { Int32($0) }
      let rows = inputs[0].normalizedRows()
      return rows.contrastiveLoss(
        against: rows, classes: classes, candidateClasses: classes, temperature: Float(try number("temperature")),
        excludingSelf: true)
    case "bce-logits":
      let (logits, labels) = (inputs[0], try array("labels").values)
      let targets = labels.flatMap { label in (0..<logits.columns).map { Float($0 == Int(label) ? 1 : 0) } }
      return logits.binaryCrossEntropy(Tensor(targets, rows: logits.rows, columns: logits.columns))
    default:
      return inputs[0].crossEntropy(
        try array("labels").values.map { Int32($0) }, smoothing: has("smoothing") ? Float(try number("smoothing")) : 0)
    }
  }
}
