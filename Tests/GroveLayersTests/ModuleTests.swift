import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

/// How parameters are found and named, and how many each layer has.
@Suite("Modules")
struct ModuleTests {
  private static func start() -> Initializer { Initializer(RandomStream(seed: 1)) }

  /// A layer of 5 columns to 4 (or heads of 3), the names of its parameters and their shapes.
  struct Expected: Sendable, CustomTestStringConvertible {
    let name: String
    let make: @Sendable (Initializer) -> any Module
    let parameters: [(String, Int, Int)]
    var testDescription: String { name }
  }

  static let layers: [Expected] = [
    Expected(name: "Linear", make: { Linear(5, 4, from: $0) }, parameters: [("weight", 5, 4), ("bias", 1, 4)]),
    Expected(
      name: "Linear without bias", make: { Linear(5, 4, bias: false, from: $0) }, parameters: [("weight", 5, 4)]),
    Expected(name: "GCN", make: { GCNConvolution(5, 4, from: $0) }, parameters: [("weight", 5, 4), ("bias", 1, 4)]),
    Expected(
      name: "GCN without bias", make: { GCNConvolution(5, 4, bias: false, from: $0) }, parameters: [("weight", 5, 4)]),
    Expected(
      name: "SAGE", make: { SAGEConvolution(5, 4, from: $0) },
      parameters: [("neighbor.weight", 5, 4), ("neighbor.bias", 1, 4), ("own.weight", 5, 4)]),
    Expected(
      name: "GAT", make: { GATConvolution(5, 3, heads: 4, from: $0) },
      parameters: [("weight", 5, 12), ("sourceAttention", 1, 12), ("targetAttention", 1, 12), ("bias", 1, 12)]),
    Expected(
      name: "GAT mean", make: { GATConvolution(5, 3, heads: 4, merge: .mean, from: $0) },
      parameters: [("weight", 5, 12), ("sourceAttention", 1, 12), ("targetAttention", 1, 12), ("bias", 1, 3)]),
    Expected(
      name: "GATv2", make: { GATv2Convolution(5, 3, heads: 4, from: $0) },
      parameters: [
        ("source.weight", 5, 12), ("source.bias", 1, 12), ("target.weight", 5, 12), ("target.bias", 1, 12),
        ("attention", 1, 12), ("bias", 1, 12),
      ]),
    Expected(
      name: "SGC", make: { SGConvolution(5, 4, from: $0) },
      parameters: [("linear.weight", 5, 4), ("linear.bias", 1, 4)]),
    Expected(name: "APPNP", make: { _ in APPNPPropagation() }, parameters: []),
    Expected(name: "GCNII", make: { GCNIIConvolution(5, layer: 1, from: $0) }, parameters: [("weight1", 5, 5)]),
    Expected(
      name: "GCNII two weights", make: { GCNIIConvolution(5, layer: 1, sharedWeights: false, from: $0) },
      parameters: [("weight1", 5, 5), ("weight2", 5, 5)]),
    Expected(name: "LayerNorm", make: { LayerNorm(5, from: $0) }, parameters: [("weight", 1, 5), ("bias", 1, 5)]),
    Expected(name: "BatchNorm", make: { BatchNorm(5, from: $0) }, parameters: [("weight", 1, 5), ("bias", 1, 5)]),
    Expected(
      name: "GraphNorm", make: { GraphNorm(5, from: $0) },
      parameters: [("weight", 1, 5), ("bias", 1, 5), ("meanScale", 1, 5)]),
    Expected(name: "PairNorm", make: { _ in PairNorm() }, parameters: []),
  ]

  @Test("Every layer has its parameters, by name, shape and number", arguments: layers)
  func layerParameters(layer: Expected) {
    let module = layer.make(Self.start())
    let parameters = module.parameters()
    #expect(parameters.map(\.name) == layer.parameters.map(\.0))
    #expect(parameters.map(\.value.shape) == layer.parameters.map { Shape($0.1, $0.2) })
    #expect(module.parameterCount == layer.parameters.reduce(0) { $0 + $1.1 * $1.2 })
    #expect(parameters.allSatisfy { $0.value.isTrainable })
  }

  @Test("Batch norm has its running statistics as buffers, other norms have none")
  func buffers() {
    #expect(BatchNorm(5, from: Self.start()).buffers().map(\.name) == ["runningMean", "runningVariance"])
    #expect(LayerNorm(5, from: Self.start()).buffers().isEmpty)
    let stack = ConvolutionStack(
      convolutions: [GCNConvolution(5, 4, from: Self.start()), GCNConvolution(4, 3, from: Self.start())],
      norms: [BatchNorm(4, from: Self.start())], dropout: 0)
    #expect(stack.buffers().map(\.name) == ["norms.0.runningMean", "norms.0.runningVariance"])
  }

  @Test("Models name their parts by property and place")
  func models() {
    let start = Self.start()
    let stack = ConvolutionStack(
      convolutions: [GCNConvolution(5, 4, from: start), SAGEConvolution(4, 3, from: start)],
      norms: [LayerNorm(4, from: start)], residuals: [Linear(5, 4, from: start)], dropout: 0.5)
    #expect(
      stack.parameters().map(\.name) == [
        "convolutions.0.weight", "convolutions.0.bias", "convolutions.1.neighbor.weight",
        "convolutions.1.neighbor.bias", "convolutions.1.own.weight", "norms.0.weight", "norms.0.bias",
        "residuals.0.weight", "residuals.0.bias",
      ])
    let mlp = MLP(widths: [5, 4, 3], norm: .batch, dropout: 0, from: start)
    #expect(
      mlp.parameters().map(\.name) == [
        "layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias", "norms.0.weight", "norms.0.bias",
      ])
    #expect(
      PropagatedMLP(MLP(widths: [5, 3], dropout: 0, from: start), APPNPPropagation(steps: 2)).parameters().map(\.name)
        == ["network.layers.0.weight", "network.layers.0.bias"])
    let gcnii = GCNII(5, hidden: 4, 3, layers: 2, alpha: 0.1, theta: 0.5, sharedWeights: true, dropout: 0, from: start)
    #expect(gcnii.parameterCount == 5 * 4 + 4 + 2 * 16 + 4 * 3 + 3)
    #expect(
      gcnii.parameters().map(\.value.decayGroup) == [.second, .second, .main, .main, .second, .second])
    let classifier = NodeClassifier(
      features: LearnedFeatures(nodeCount: 7, width: 5, from: start),
      model: SGC(5, 3, propagations: 2, dropout: 0, from: start))
    #expect(
      classifier.parameters().map(\.name)
        == ["features.embedding", "model.convolution.linear.weight", "model.convolution.linear.bias"])
  }

  private class Parent: Module {
    let first = Linear(2, 3, from: ModuleTests.start())
  }

  private final class Child: Parent {
    let count = 3
    let name = "child"
    let missing: Linear? = nil
    let present: Linear? = Linear(3, 1, bias: false, from: ModuleTests.start())
    let nested = [[Parameter(Tensor([[1]]))], [], [Parameter(Tensor([[2, 3]])), Parameter(Tensor([[4]]))]]
    let counts: [String: Int] = ["a": 1]
  }

  @Test("Inherited, optional and nested parts are found, in order of declaration; other properties are passed over")
  func nesting() {
    #expect(
      Child().parameters().map(\.name) == [
        "first.weight", "first.bias", "present.weight", "nested.0.0", "nested.2.0", "nested.2.1",
      ])
  }

  private final class Tied: Module {
    let encoder: Linear
    let decoder: Linear
    let extra: Parameter

    init() {
      encoder = Linear(2, 2, from: ModuleTests.start())
      decoder = encoder
      extra = encoder.weight
    }
  }

  @Test("Tied weights are listed once, under their first name, and counted once")
  func tiedWeights() {
    let tied = Tied()
    #expect(tied.parameters().map(\.name) == ["encoder.weight", "encoder.bias"])
    #expect(tied.parameterCount == 6)
  }

  @Test("Frozen parameters are listed and not counted")
  func frozen() {
    let linear = Linear(2, 3, from: Self.start())
    linear.weight.isTrainable = false
    #expect(linear.parameters().count == 2)
    #expect(linear.parameterCount == 3)
  }

  private final class ByName: Module {
    let layers: [String: any Module]
    init(_ layers: [String: any Module]) { self.layers = layers }
  }

  private final class ByNameDeep: Module {
    let layers: [String: [Parameter]] = ["a": [Parameter(Tensor([[1]]))]]
  }

  @Test("Modules or parameters in a Dictionary trap, naming the property")
  func dictionaryTraps() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ByName(["a": Linear(2, 3, from: ModuleTests.start())]).parameters()
    }
    expectTrapMessage(result, mentions: ["layers", "Dictionary"])
    await #expect(processExitsWith: .failure) { _ = ByNameDeep().parameters() }
    await #expect(processExitsWith: .failure) { _ = ByName(["a": BatchNorm(2, from: ModuleTests.start())]).buffers() }
    #expect(ByName([:]).parameters().isEmpty)
  }
}
