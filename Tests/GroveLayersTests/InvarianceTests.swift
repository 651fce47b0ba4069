import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

/// What must hold for every convolution.
@Suite("Invariants of convolutions")
struct InvarianceTests {
  private static let width = LayerKind.inputWidth

  /// Sources, targets and weights of every edge of a graph.
  private static func edges(of graph: Graph) -> (sources: [Int], targets: [Int], weights: [Float]?) {
    let targets = (0..<graph.nodeCount).flatMap { node in [Int](repeating: node, count: graph.incoming[node].count) }
    return (graph.incoming.columns.map { Int($0) }, targets, graph.weights)
  }

  private static func largest(_ lists: [[Float]]) -> Double {
    Double(lists.reduce(0) { max($0, $1.reduce(0) { max($0, abs($1)) }) })
  }

  private static func features(_ graph: Graph, seed: Int = 1) -> TestInput {
    TestInput(rows: graph.nodeCount, columns: width, seed: seed)
  }

  @Test("Renaming the nodes renames the rows of the result", arguments: LayerKind.allCases, [false, true])
  func relabelling(kind: LayerKind, weighted: Bool) {
    let graph = TestGraphs.random(nodeCount: 30, edgeCount: 90, seed: 5, weighted: weighted, repeats: false)
    let x = Self.features(graph).tensor(requiresGradient: false)
    var random = TestRandom(7)
    let newName = Array(0..<30).shuffled(using: &random)
    let oldName = (0..<30).map { name in newName.firstIndex(of: name)! }
    let (sources, targets, weights) = Self.edges(of: graph)
    let renamed = TestGraphs.graph(
      sources.map { newName[$0] }, targets.map { newName[$0] }, nodeCount: 30, weights: weights)
    let layer = kind.make()
    let result = layer.run(x, graph.block)
    let other = layer.run(x.gathering(rows: oldName.map(Int32.init)), renamed.block)
    #expect(difference(other.gathering(rows: newName.map(Int32.init)).values, result.values) <= 1e-5)
  }

  @Test("Two graphs in one give what each gives apart", arguments: LayerKind.allCases)
  func batching(kind: LayerKind) {
    let (a, b) = (
      TestGraphs.random(nodeCount: 13, edgeCount: 30, seed: 1), TestGraphs.random(nodeCount: 9, edgeCount: 20, seed: 2)
    )
    let (ea, eb) = (Self.edges(of: a), Self.edges(of: b))
    let both = TestGraphs.graph(
      ea.sources + eb.sources.map { $0 + 13 }, ea.targets + eb.targets.map { $0 + 13 }, nodeCount: 22)
    let (xa, xb) = (Self.features(a, seed: 1), Self.features(b, seed: 2))
    let layer = kind.make()
    let together = layer.run(Tensor(xa.values + xb.values, rows: 22, columns: Self.width), both.block)
    let apart = layer.run(xa.tensor(), a.block).values + layer.run(xb.tensor(), b.block).values
    #expect(difference(together.values, apart) <= 1e-6)
  }

  /// Seeds out of order, the hub 0 and the isolated last node among them.
  private static let seeds = [17, 0, 39, 5, 22, 8]

  /// Rows of the seeds in the whole graph and in a block that holds all their neighbours, in a training step with
  /// dropout of features and of attention.
  private static func seedRows(
    _ kind: LayerKind, graph: Graph, features: Tensor, whole: Bool, prepare: (any Module) -> Void
  ) -> Tensor {
    let layer = kind.make(attentionDropout: 0.5)
    prepare(layer.module)
    let block = whole ? graph.block : TestGraphs.block(of: seeds, in: graph)
    return Pass.training(seed: 3, step: 8) {
      let rows = block.sourceIDs.map { features.gathering(rows: $0) } ?? features
      let result = layer.run(rows.droppedOut(0.5, rowIDs: block.sourceIDs), block)
      return whole ? result.gathering(rows: seeds.map(Int32.init)) : result
    }
  }

  @Test(
    "A block with all neighbours gives the very rows of the whole graph, dropout included",
    arguments: LayerKind.projectingFirst, [false, true])
  func blockIsExact(kind: LayerKind, weighted: Bool) {
    let graph = TestGraphs.random(nodeCount: 40, edgeCount: 160, seed: 6, weighted: weighted)
    var random = TestRandom(2)
    let x = Tensor(random.floats(40 * Self.width), rows: 40, columns: Self.width)
    let rows = [true, false].map { whole in
      Self.seedRows(kind, graph: graph, features: x, whole: whole) { module in
        var random = TestRandom(3)
        for parameter in module.parameters() {
          parameter.value.value.buffer.copy(from: FloatBuffer(random.floats(parameter.value.shape.count)))
        }
      }
    }
    #expect(sameBits(rows[0].values, rows[1].values))
    #expect(rows[0].values.contains { $0 != 0 })
  }

  @Test("A block with all neighbours gives the rows of the whole graph for any numbers", arguments: LayerKind.forBlocks)
  func blockIsClose(kind: LayerKind) {
    let graph = TestGraphs.random(nodeCount: 40, edgeCount: 160, seed: 6, weighted: true)
    let x = Self.features(graph).tensor(requiresGradient: false)
    let rows = [true, false].map { Self.seedRows(kind, graph: graph, features: x, whole: $0) { _ in } }
    #expect(difference(rows[1].values, rows[0].values) <= 2e-6)
  }

  @Test("Gradients of a block are those of the whole graph", arguments: LayerKind.forBlocks)
  func blockGradients(kind: LayerKind) throws {
    let graph = TestGraphs.random(nodeCount: 40, edgeCount: 160, seed: 6, weighted: true)
    let input = Self.features(graph)
    let gradients = try [true, false].map { whole in
      let x = input.tensor()
      var module: (any Module)?
      let rows = Self.seedRows(kind, graph: graph, features: x, whole: whole) { module = $0 }
      let seed = TestInput(rows: rows.rows, columns: rows.columns, seed: 4).tensor(requiresGradient: false)
      let all = rows.backward(from: seed)
      let layer = try #require(module)
      return try [#require(all[x]).values] + layer.parameters().map { try #require(all[$0.value]).values }
    }
    // The softmax hides what is added to all keys: the gradient of their bias is rounding alone.
    let floor = Self.largest(gradients[0]) / 10
    for (whole, part) in zip(gradients[0], gradients[1]) {
      #expect(difference(part, whole.map(Double.init), atLeast: floor) <= 1e-5)
    }
  }

  @Test(
    "Sparse features give what the same features give dense",
    arguments: LayerKind.forSparse)
  func sparseFeatures(kind: LayerKind) throws {
    let graph = TestGraphs.random(nodeCount: 20, edgeCount: 60, seed: 9)
    let index = TestGraphs.index(rowCount: 20, columnCount: Self.width, entryCount: 50, seed: 3)
    let sparse = Tensor(SparseValues(entries: Aggregation(incoming: index, sourceCount: Self.width), values: nil))
    // GAT and GATv2 pick targets from their projection, GCN and GraphSAGE choose their order by sparsity.
    let layer = kind.make()
    let seed = TestInput(rows: 20, columns: layer.run(sparse, graph.block).columns, seed: 4).tensor(
      requiresGradient: false)
    let (a, b) = (layer.run(sparse, graph.block), layer.run(sparse.densified(), graph.block))
    #expect(difference(a.values, b.values) <= 1e-5)
    let (ga, gb) = (a.backward(from: seed), b.backward(from: seed))
    let pairs = try layer.module.parameters().map {
      (try #require(ga[$0.value]).values, try #require(gb[$0.value]).values)
    }
    let floor = Self.largest(pairs.map(\.1)) / 10
    for (given, wanted) in pairs { #expect(difference(given, wanted.map(Double.init), atLeast: floor) <= 2e-5) }
  }

  @Test("One, two and three threads give the same bytes, forward and in every gradient", arguments: LayerKind.allCases)
  func threads(kind: LayerKind) throws {
    let graph = TestGraphs.random(nodeCount: 3000, edgeCount: 9000, seed: 4, weighted: true)
    let input = Self.features(graph)
    var first: [[Float]]?
    try ThreadCounts.forEach([1, 2, 3]) { threads in
      let layer = kind.make(attentionDropout: 0.3)
      let x = input.tensor()
      let result = Pass.training(seed: 1, step: 1) { layer.run(x.droppedOut(0.3), graph.block) }
      let seed = TestInput(rows: result.rows, columns: result.columns, seed: 4).tensor(requiresGradient: false)
      let values = result.values
      let all = result.backward(from: seed)
      let bytes =
        try [values, #require(all[x]).values] + layer.module.parameters().map { try #require(all[$0.value]).values }
      if let first { #expect(zip(first, bytes).allSatisfy { sameBits($0, $1) }, "\(threads) threads") }
      first = first ?? bytes
    }
  }

  @Test("A graph without edges, and one without nodes", arguments: LayerKind.allCases)
  func emptyGraphs(kind: LayerKind) {
    for nodes in [0, 1, 3] {
      let graph = TestGraphs.graph([], [], nodeCount: nodes)
      let layer = kind.make()
      let x = TestInput(rows: nodes, columns: Self.width, seed: 1).tensor()
      let result = layer.run(x, graph.block)
      #expect(result.rows == nodes)
      #expect(result.values.allSatisfy { $0.isFinite })
      #expect(result.backward()[x]?.values.allSatisfy { $0.isFinite } == true)
    }
  }

  @Test("Gradients agree with finite differences", arguments: LayerKind.allCases)
  func gradients(kind: LayerKind) {
    let graph = TestGraphs.random(nodeCount: 8, edgeCount: 20, seed: 3, weighted: true)
    // A seed whose scores and winners stay clear of the kinks along the directions tried.
    expectGradients(of: [TestInput(rows: 8, columns: Self.width, seed: 12, bound: 3)], seed: 2, tolerance: 2e-2) {
      kind.make().run($0[0], graph.block)
    }
  }
}
