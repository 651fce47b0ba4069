import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

/// Whole models: shapes, modes, blocks.
@Suite("Models")
struct ModelTests {
  enum Kind: String, CaseIterable, Sendable {
    case mlp, gcn, sageResidual, gat, gatv2, sgc, appnp, gcnii, jumpConcatenated, jumpMax, jumpLSTM

    static let overBlocks: [Kind] = [
      .mlp, .gcn, .sageResidual, .gat, .gatv2, .jumpConcatenated, .jumpMax, .jumpLSTM,
    ]

    func make() -> any NodeModel {
      let start = Initializer(RandomStream(seed: 4))
      return switch self {
      case .mlp: MLP(widths: [6, 8, 3], norm: .layer, dropout: 0.5, from: start)
      case .gcn:
        ConvolutionStack(
          convolutions: [GCNConvolution(6, 8, from: start), GCNConvolution(8, 3, from: start)],
          norms: [LayerNorm(8, from: start)], dropout: 0.5)
      case .sageResidual:
        ConvolutionStack(
          convolutions: [SAGEConvolution(6, 8, from: start), SAGEConvolution(8, 3, aggregator: .max, from: start)],
          residuals: [Linear(6, 8, from: start)], dropout: 0.5)
      case .gat:
        ConvolutionStack(
          convolutions: [
            GATConvolution(6, 2, heads: 4, attentionDropout: 0.5, from: start),
            GATConvolution(8, 3, heads: 2, merge: .mean, attentionDropout: 0.5, from: start),
          ], dropout: 0.5, activation: .elu(alpha: 1))
      case .gatv2:
        ConvolutionStack(
          convolutions: [
            GATv2Convolution(6, 4, heads: 2, attentionDropout: 0.5, from: start), GATv2Convolution(8, 3, from: start),
          ], dropout: 0.5)
      case .sgc: SGC(6, 3, propagations: 2, dropout: 0.5, from: start)
      case .appnp: PropagatedMLP(MLP(widths: [6, 8, 3], dropout: 0.5, from: start), APPNPPropagation(steps: 4))
      case .jumpConcatenated: ModelTests.jumping(.concatenated, from: start)
      case .jumpMax: ModelTests.jumping(.max, from: start)
      case .jumpLSTM: ModelTests.jumping(.lstm, from: start)
      case .gcnii:
        GCNII(6, hidden: 8, 3, layers: 3, alpha: 0.1, theta: 0.5, sharedWeights: true, dropout: 0.5, from: start)
      }
    }
  }

  private static func jumping(_ kind: JumpingKind, from start: Initializer) -> ConvolutionStack {
    ConvolutionStack(
      convolutions: [
        GCNConvolution(6, 8, from: start), SAGEConvolution(8, 8, from: start), GCNConvolution(8, 8, from: start),
      ], norms: (0..<3).map { _ in LayerNorm(8, from: start) },
      head: ConvolutionStack.Head(
        JumpingKnowledge(kind, width: 8, layers: 3, from: start),
        Linear(JumpingKnowledge.width(kind, of: 8, layers: 3), 3, from: start)), dropout: 0.5)
  }

  private let graph = TestGraphs.random(nodeCount: 40, edgeCount: 120, seed: 2)
  private let features = TestInput(rows: 40, columns: 6, seed: 3)

  @Test("Evaluation is deterministic, training depends on the step", arguments: Kind.allCases)
  func modes(kind: Kind) {
    let model = kind.make()
    let x = features.tensor(requiresGradient: false)
    func evaluated() -> [Float] { Pass.evaluation { model(x, on: graph).logits.values } }
    func trained(_ step: Int) -> [Float] { Pass.training(seed: 1, step: step) { model(x, on: graph).logits.values } }
    #expect(sameBits(evaluated(), evaluated()))
    #expect(sameBits(trained(1), trained(1)))
    #expect(trained(1) != trained(2))
    #expect(trained(1) != evaluated())
    #expect(!Pass.evaluation { model(x, on: graph).logits.requiresGradient })
  }

  @Test(
    "Rows rectified as they are written are those of a pass of its own, after any convolution", arguments: [0, 0.5])
  func rectified(dropout: Float) throws {
    func run(recomputes: Bool) throws -> [[Float]] {
      let start = Initializer(RandomStream(seed: 4))
      let model = ConvolutionStack(
        convolutions: [
          GCNConvolution(6, 4, from: start), GCNConvolution(4, 8, from: start), SAGEConvolution(8, 8, from: start),
          SAGEConvolution(8, 5, normalized: true, from: start),
          GATConvolution(5, 4, heads: 2, attentionDropout: dropout, from: start),
          SAGEConvolution(8, 4, aggregator: .max, from: start), GCNConvolution(4, 3, from: start),
        ], dropout: dropout, recomputes: recomputes)
      let x = features.tensor(requiresGradient: false)
      return try Pass.training(seed: 5, step: 6) {
        let output = model(x, on: graph)
        let gradients = output.logits.crossEntropy((0..<40).map { $0 % 3 }).backward()
        return try [output.logits.values, output.embedding.values]
          + model.parameters().map { try #require(gradients[$0.value]).values }
      }
    }
    // What is computed twice is never rectified on the way.
    for (one, other) in zip(try run(recomputes: false), try run(recomputes: true)) {
      #expect(difference(one, other) <= 1e-6)
    }
  }

  @Test("Logits and embedding have a row a node, and every parameter gets a gradient", arguments: Kind.allCases)
  func shapes(kind: Kind) {
    let model = kind.make()
    let output = Pass.training(seed: 1, step: 1) { model(features.tensor(requiresGradient: false), on: graph) }
    #expect(output.logits.shape == Shape(40, 3))
    #expect(output.embedding.rows == 40)
    let gradients = output.logits.crossEntropy((0..<40).map { $0 % 3 }).backward()
    for parameter in model.parameters() {
      #expect(gradients[parameter.value]?.shape == parameter.value.shape, "\(parameter.name)")
    }
  }

  @Test("Blocks with all neighbours give the rows of the whole graph, dropout included", arguments: Kind.overBlocks)
  func blocks(kind: Kind) {
    let model = kind.make()
    let seeds = [31, 0, 39, 7]
    var blocks = [TestGraphs.block(of: seeds, in: graph)]
    while blocks.count < model.blockCount {
      blocks.insert(TestGraphs.block(of: blocks[0].sourceIDs!.map { Int($0) }, in: graph), at: 0)
    }
    let x = features.tensor(requiresGradient: false)
    let whole = Pass.training(seed: 5, step: 6) { model(x, on: graph) }
    let part = Pass.training(seed: 5, step: 6) { model(x.gathering(rows: blocks[0].sourceIDs!), over: blocks) }
    let rows = seeds.map(Int32.init)
    #expect(difference(part.logits.values, whole.logits.gathering(rows: rows).values) <= 1e-5)
    #expect(difference(part.embedding.values, whole.embedding.gathering(rows: rows).values) <= 1e-5)
  }

  @Test("Training a few steps of plain descent lowers the loss", arguments: Kind.allCases)
  func descends(kind: Kind) {
    let model = kind.make()
    let classes = (0..<40).map { Int32(features.values[$0 * 6] > 0 ? 1 : 0) }
    let x = features.tensor(requiresGradient: false)
    func loss() -> Float { Pass.evaluation { model(x, on: graph).logits.crossEntropy(classes).scalar } }
    let before = loss()
    for _ in 0..<60 {
      let gradients = model(x, on: graph).logits.crossEntropy(classes).backward()
      for parameter in model.parameters() {
        guard let gradient = gradients[parameter.value] else { continue }
        Kernels.add(gradient.buffer, times: -0.2, to: parameter.value.value.buffer)
      }
    }
    #expect(loss() < 0.9 * before, "\(before) → \(loss())")
  }

  @Test("Learned and fixed features give rows by node")
  func featureRows() {
    let learned = LearnedFeatures(nodeCount: 5, width: 3, from: Initializer(RandomStream(seed: 1)))
    let fixed = FixedFeatures(Tensor([[1, 2], [3, 4], [5, 6]]))
    #expect(learned.width == 3 && fixed.width == 2)
    #expect(learned.features(of: nil).shape == Shape(5, 3))
    #expect(learned.features(of: [4, 1]).values == learned.embedding.value.gathering(rows: [4, 1]).values)
    #expect(fixed.features(of: [2, 0]).values == [5, 6, 1, 2])
    #expect(
      learned.features(of: [1]).backward()[learned.embedding]?.values == [0, 0, 0, 1, 1, 1]
        + [Float](repeating: 0, count: 9))
    #expect(fixed.parameters().isEmpty)
  }

  private static func make(_ mistake: Int) {
    let start = Initializer(RandomStream(seed: 1))
    switch mistake {
    case 0: _ = MLP(widths: [3], dropout: 0, from: start)
    case 1: _ = ConvolutionStack(convolutions: [], dropout: 0)
    default:
      let model = Kind.gcn.make()
      _ = model(Tensor([Float](repeating: 0, count: 30), rows: 5, columns: 6), over: [TestGraphs.five.block])
    }
  }

  @Test("Models without layers and stacks with the wrong number of blocks trap", arguments: 0..<3)
  func mistakesTrap(mistake: Int) async {
    await #expect(processExitsWith: .failure) { [mistake] in ModelTests.make(mistake) }
  }
}
