import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

@testable import GroveLearning

@Suite struct LinkTrainingTests {
  /// Groups of twenty nodes, joined within more often than between.
  private func planted(seed: Int, groups: Int = 4) throws -> Graph {
    var random = TestRandom(seed)
    let count = 20 * groups
    var pairs: [(Int, Int)] = []
    for a in 0..<count {
      for b in a + 1..<count where Double.random(in: 0..<1, using: &random) < (a / 20 == b / 20 ? 0.5 : 0.01) {
        pairs.append((a, b))
      }
    }
    return try Graph(
      EdgeList(sources: pairs.map { Int32($0.0) }, targets: pairs.map { Int32($0.1) }, isDirected: false),
      nodeCount: count, undirected: true)
  }

  private func split(_ graph: Graph) throws -> LinkSplit {
    try LinkSplit.drawn(
      from: graph, undirected: true,
      plan: LinkSplitPlan(validation: 0.1, test: 0.2, negatives: .uniform(perPositive: 20)),
      name: "planted", random: RandomStream(seed: 5))
  }

  private func sampler(_ split: LinkSplit, _ name: String = "uniform") throws -> any NegativeSampler {
    let edges = split.training.bothWays()
    let count = split.ends.sourceCount
    let rows = SparseRows.grouping(
      rows: edges.sources, columns: edges.targets, rowCount: count, columnCount: count
    ).rows
    let filter = NegativeFilter([rows], anchorCount: count, candidateCount: count, excludesSelf: true)
    return try NegativeCatalogue.recipe(named: name).sampler(
      on: NegativeSetting(positives: filter.excluded, isSquare: true, filter: filter, random: RandomStream(seed: 2)))
  }

  private func training(
    _ split: LinkSplit, _ model: LinkModel, _ negatives: String, batchSize: Int = 64, fanouts: [Int] = []
  ) throws -> LinkTraining {
    try LinkTraining(
      model, on: split,
      objective: LinkObjective(
        positives: LinkPositives(of: split), sampler: sampler(split, negatives), count: 4,
        loss: NegativeLoss(.skipGram), batchSize: batchSize),
      optimizer: OptimizerKind.adam.make(for: model.parameters()), seed: 3, fanouts: fanouts)
  }

  private func graphModel(_ count: Int) -> LinkModel {
    let start = Initializer(seed: 1)
    let convolutions: [any GraphConvolution] = [
      SAGEConvolution(16, 32, from: start), SAGEConvolution(32, 16, from: start),
    ]
    return LinkModel(
      encoder: GraphLinkEncoder(
        features: LearnedFeatures(nodeCount: count, width: 16, from: start),
        model: ConvolutionStack(convolutions: convolutions, dropout: 0), width: 16), decoder: DotDecoder())
  }

  @Test(arguments: ["table", "graph"], ["uniform", "unigram", "in-batch", "bernoulli"])
  func `held-out links of planted groups are found`(kind: String, negatives: String) throws {
    let graph = try planted(seed: 1)
    let split = try split(graph)
    let model =
      kind == "graph"
      ? graphModel(graph.nodeCount)
      : LinkModel(
        encoder: TableEncoder(nodeCount: graph.nodeCount, width: 16, hasContexts: false, from: Initializer(seed: 1)),
        decoder: DotDecoder())
    let training = try training(split, model, negatives)
    let evaluator = LinkEvaluator(split)
    let before = try #require(evaluator.metrics(of: model, on: training.graph, part: .test)["auc"])
    var losses: [Double] = []
    for epoch in 1...12 { losses.append(try training.epoch(epoch, learningRate: 0.02).loss) }
    let after = try #require(evaluator.metrics(of: model, on: training.graph, part: .test)["auc"])
    #expect(losses[11] < losses[0] && after > 0.65 && after > before + 0.1, "\(before) → \(after)")
  }

  // The whole graph's pass hides the links of its batch, so blocks that showed them would come to other losses.
  @Test(arguments: ["uniform", "in-batch", "bernoulli"])
  func `blocks of all neighbors train as the whole graph does`(negatives: String) throws {
    let graph = try planted(seed: 1)
    let split = try split(graph)
    func losses(_ fanouts: [Int]) throws -> [Double] {
      let training = try training(split, graphModel(graph.nodeCount), negatives, fanouts: fanouts)
      return try (1...4).map { try training.epoch($0, learningRate: 0.01).loss }
    }
    let (whole, all, some) = (try losses([]), try losses([-1, -1]), try losses([3, 3]))
    for (a, b) in zip(whole, all) { #expect(abs(a - b) < 1e-4 * a, "\(whole) \(all)") }
    #expect(some != all)
  }

  @Test func `rows of a trained model are the same layer by layer`() throws {
    let graph = try planted(seed: 1)
    let model = graphModel(graph.nodeCount)
    let whole = try #require(model.encoder as? GraphLinkEncoder)
    let layerwise = GraphLinkEncoder(
      features: whole.features, model: whole.model, width: whole.width, isLayerwise: true)
    #expect(layerwise.embeddings(on: graph).values == model.embeddings(on: graph).values)
  }

  @Test func `flipping test links changes no weight`() throws {
    let graph = try planted(seed: 1)
    let split = try split(graph)
    var turned = split.test.positives
    swap(&turned.sources, &turned.targets)
    // The test links removed altogether, and turned round: training must not notice either.
    let others = [
      LinkSplit(
        name: "without", kind: "test", ends: split.ends, messages: split.messages, training: split.training,
        validation: split.validation, test: .empty(isDirected: false)),
      LinkSplit(
        name: "turned", kind: "test", ends: split.ends, messages: split.messages, training: split.training,
        validation: split.validation, test: LinkEvaluation(positives: turned)),
    ]
    func weights(_ split: LinkSplit) throws -> [[Float]] {
      let model = graphModel(graph.nodeCount)
      let training = try training(split, model, "dns")
      for epoch in 1...3 { _ = try training.epoch(epoch, learningRate: 0.02) }
      return model.parameters().map { $0.value.value.values }
    }
    let wanted = try weights(split)
    for other in others { #expect(try weights(other) == wanted) }
  }

  /// Keeps the graphs that it was shown.
  private final class Spy: LinkEncoder {
    let table: Parameter
    private(set) var graphs: [Graph] = []

    init(count: Int) { table = Initializer(seed: 1).normal(count, 4, deviation: 1) }
    var width: Int { 4 }
    var readsEdges: Bool { true }
    func rows(on graph: Graph) -> LinkRows {
      graphs.append(graph)
      return LinkRows(anchors: table.value, candidates: table.value)
    }
    func embeddings(on graph: Graph) -> Tensor { table.value }
  }

  @Test func `an encoder never sees the links of its own batch, nor those that are held out`() throws {
    let graph = try planted(seed: 1)
    let split = try split(graph)
    let spy = Spy(count: graph.nodeCount)
    let model = LinkModel(encoder: spy, decoder: DotDecoder())
    let training = try training(split, model, "uniform", batchSize: 50)
    _ = try training.epoch(1, learningRate: 0.01)
    let links = LinkPositives(of: split).pairs(epoch: 1, using: RandomStream(seed: 3))
    #expect(spy.graphs.count == (links.anchors.count + 49) / 50)
    // Each step hides its links in both directions, so that together the steps hide every one.
    var hidden: Set<[Int32]> = []
    for seen in spy.graphs {
      let missing = Set(pairs(training.graph)).subtracting(pairs(seen))
      #expect(!missing.isEmpty && missing.count <= 100)
      for pair in missing { #expect(missing.contains([pair[1], pair[0]])) }
      hidden.formUnion(missing)
    }
    #expect(hidden == Set(pairs(training.graph)))
    for part in [split.validation.positives, split.test.positives] {
      for (a, b) in zip(part.sources, part.targets) {
        #expect(!pairs(training.graph).contains([a, b]) && !pairs(training.graph).contains([b, a]))
      }
    }
  }

  private func pairs(_ graph: Graph) -> [[Int32]] {
    (0..<graph.nodeCount).flatMap { node in graph.incoming[node].map { [$0, Int32(node)] } }
  }

  @Test func `decoders score pairs as their formulas say`() {
    var random = TestRandom(4)
    let (a, c) = (Tensor(random.floats(3 * 5), rows: 3, columns: 5), Tensor(random.floats(4 * 5), rows: 4, columns: 5))
    let pairs = Aggregation(
      incoming: EdgeIndex(offsets: [0, 2, 2, 5], columns: [0, 3, 1, 2, 0]), sourceCount: 4)
    let ends = [(0, 0), (0, 3), (2, 1), (2, 2), (2, 0)]
    let start = Initializer(seed: 2)
    let (bilinear, distMult, network) = (
      BilinearDecoder(width: 5, from: start), DistMultDecoder(width: 5, from: start), MLPDecoder(width: 5, from: start)
    )
    func row(_ x: Tensor, _ r: Int) -> [Float] { Array(x.values[r * 5..<(r + 1) * 5]) }
    let w = bilinear.weight.value.values
    let decoders: [any LinkDecoder] = [DotDecoder(), bilinear, distMult, network, CosineDecoder()]
    let found = decoders.map { $0.scores($0.rows(a), $0.rows(c), over: pairs).values }
    for (place, (i, j)) in ends.enumerated() {
      let (x, y) = (row(a, i), row(c, j))
      var (dot, product): (Float, Float) = (0, 0)
      let lengths = [x, y].map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
      for k in 0..<5 {
        dot += x[k] * y[k]
        for l in 0..<5 { product += x[k] * w[k * 5 + l] * y[l] }
      }
      let joint = Tensor(zip(x, y).map { $0 * $1 }, rows: 1, columns: 5)
      let perceptron = network.output(network.hidden(joint).relu()).values[0]
      let wanted = [dot, product, dot, perceptron, dot / (lengths[0] * lengths[1])]
      for (scores, want) in zip(found, wanted) { #expect(abs(scores[place] - want) < 1e-5) }
    }
  }
}
