import Foundation
import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

/// Layers and models over several types.
@Suite struct HeteroLayerTests {
  enum Kind: String, CaseIterable, Sendable {
    case rgcnNarrowing, rgcnWidening, rgcnBases, hgt, hgtSkipping, han, simpleHGN, sageSum, sageMean, gatAttention

    /// Those whose rows depend on their sources alone; semantic attention looks at all rows.
    static let local = allCases.filter { $0 != .han && $0 != .gatAttention }

    func make(_ schema: HeteroSchema) -> any HeteroConvolution {
      let start = Initializer(RandomStream(seed: 4))
      let layer: any HeteroConvolution =
        switch self {
        case .rgcnNarrowing: RGCNConvolution(6, 4, schema: schema, from: start)
        case .rgcnWidening: RGCNConvolution(6, 8, schema: schema, from: start)
        case .rgcnBases: RGCNConvolution(6, 4, schema: schema, bases: 2, from: start)
        case .hgt: HGTConvolution(6, 4, schema: schema, heads: 2, attentionDropout: 0.4, from: start)
        case .hgtSkipping: HGTConvolution(6, 6, schema: schema, heads: 3, attentionDropout: 0.4, from: start)
        case .han: HANConvolution([6, 6, 6], 2, schema: schema, heads: 2, attentionDropout: 0.4, from: start)
        case .simpleHGN:
          OneLayer(SimpleHGNConvolution(6, 2, schema: schema, heads: 2, attentionDropout: 0.4, from: start))
        case .sageSum, .sageMean:
          RelationwiseConvolution(
            schema: schema, outputWidth: 4, merge: self == .sageSum ? .sum : .mean, from: start
          ) { _ in SAGEConvolution(6, 4, from: start) }
        case .gatAttention:
          RelationwiseConvolution(schema: schema, outputWidth: 4, merge: .attention, from: start) { _ in
            GATConvolution(6, 2, heads: 2, attentionDropout: 0.4, from: start)
          }
        }
      var random = TestRandom(9)
      for parameter in layer.parameters() {
        parameter.value.value.buffer.copy(from: FloatBuffer(random.floats(parameter.value.shape.count)))
      }
      return layer
    }
  }

  /// Simple-HGN without a layer before it.
  private final class OneLayer: HeteroConvolution {
    let layer: SimpleHGNConvolution
    init(_ layer: SimpleHGNConvolution) { self.layer = layer }
    func callAsFunction(_ sources: [Tensor], over block: HeteroBlock) -> [Tensor] {
      layer(sources, over: block, after: nil).rows
    }
  }

  private let graph = TestGraphs.hetero(seed: 6)

  private func inputs(_ graph: HeteroGraph) -> [TestInput] {
    graph.nodeCounts.enumerated().map { TestInput(rows: $1, columns: 6, seed: $0 + 1) }
  }

  private func picked(_ rows: [Tensor], _ block: HeteroBlock) -> [Tensor] {
    zip(rows, block.sources).map { rows, source in source.ids.map { rows.gathering(rows: $0) } ?? rows }
  }

  @Test(arguments: Kind.local) func `a block of all neighbors trains as the whole graph does`(kind: Kind) throws {
    let seeds: [Int32] = [17, 0, 29, 5]
    let block = HeteroNeighborSampler(graph, fanouts: [[-1, -1, -1, -1]])
      .sample(from: seeds, of: TestGraphs.paper, using: RandomStream(seed: 1))[0]
    let results = try [true, false].map { isWhole in
      let x = inputs(graph).map { $0.tensor() }
      let layer = kind.make(HeteroSchema(graph))
      let rows = Pass.training(seed: 3, step: 8) {
        let used = isWhole ? graph.block : block
        let given = zip(isWhole ? x : picked(x, block), used.sources).map { $0.droppedOut(0.3, rowIDs: $1.ids) }
        let result = layer(given, over: used)[0]
        return isWhole ? result.gathering(rows: seeds) : result
      }
      let values = rows.values
      let seed = TestInput(rows: rows.rows, columns: rows.columns, seed: 4).tensor(requiresGradient: false)
      let gradients = rows.backward(from: seed)
      return try [values] + x.map { gradients[$0]?.values ?? [] }
        + layer.parameters().map { gradients[$0.value]?.values ?? [] } + [#require(gradients[x[0]]).values]
    }
    #expect(results[0].count == results[1].count && results[0][0].contains { $0 != 0 })
    for (whole, part) in zip(results[0], results[1]) {
      // Parameters of other types get no gradient from a block that does not hold these as targets.
      let wanted = whole.isEmpty || part.isEmpty ? (whole + part).map { _ in Float(0) } : whole
      #expect(difference(part.isEmpty || whole.isEmpty ? whole + part : part, wanted) <= 2e-5)
    }
  }

  @Test(arguments: Kind.allCases) func `renaming the nodes renames the rows`(kind: Kind) {
    let counts = graph.nodeCounts
    var random = TestRandom(7)
    let newNames = counts.map { Array(0..<$0).shuffled(using: &random) }
    let renamed = HeteroGraph(
      types: graph.types, nodeCounts: counts, relations: graph.relations,
      adjacencies: zip(graph.relations, graph.adjacencies).map { relation, adjacency in
        let (from, to) = (graph.index(of: relation.source), graph.index(of: relation.target))
        let targets = (0..<counts[to]).flatMap { row in
          [Int](repeating: newNames[to][row], count: adjacency.incoming[row].count)
        }
        let sources = adjacency.incoming.columns.map { newNames[from][Int($0)] }
        return from == to
          ? .within(TestGraphs.graph(sources, targets, nodeCount: counts[to]))
          : TestGraphs.bipartite(sources, targets, counts[from], counts[to], weights: adjacency.weights)
      })
    let x = inputs(graph).map { $0.tensor(requiresGradient: false) }
    let layer = kind.make(HeteroSchema(graph))
    let result = layer(x, over: graph.block)
    let turned = zip(x, newNames).map { rows, names in
      rows.gathering(rows: names.indices.map { place in Int32(names.firstIndex(of: place)!) })
    }
    for (type, rows) in layer(turned, over: renamed.block).enumerated() {
      let back = rows.gathering(rows: newNames[type].map(Int32.init))
      #expect(difference(back.values, result[type].values) <= 2e-5)
    }
  }

  @Test(arguments: Kind.allCases) func `gradients agree with finite differences`(kind: Kind) {
    let small = TestGraphs.library
    let inputs = small.nodeCounts.enumerated().map { TestInput(rows: $1, columns: 6, seed: $0 + 11, bound: 2) }
    expectGradients(of: inputs, seed: 2, tolerance: 2e-2) {
      let layer = kind.make(HeteroSchema(small))
      let rows = layer($0, over: small.block)
      return Tensor.concatenatingRows(rows)
    }
  }

  @Test(arguments: Kind.allCases) func `one, two and three threads give the same bytes`(kind: Kind) {
    let graph = TestGraphs.hetero(papers: 1500, authors: 700, venues: 50, seed: 2)
    var first: [[Float]]?
    ThreadCounts.forEach([1, 2, 3]) { threads in
      let x = inputs(graph).map { $0.tensor() }
      let layer = kind.make(HeteroSchema(graph))
      let rows = Pass.training(seed: 1, step: 1) { Tensor.concatenatingRows(layer(x, over: graph.block)) }
      let values = rows.values
      let gradients = rows.backward()
      let bytes = [values] + x.map { gradients[$0]?.values ?? [] }
      if let first { #expect(zip(first, bytes).allSatisfy { sameBits($0, $1) }, "\(threads) threads") }
      first = first ?? bytes
    }
  }

  @Test(arguments: Kind.allCases) func `types without nodes and relations without edges`(kind: Kind) {
    for counts in [[0, 0, 0], [3, 0, 1]] {
      let empty = HeteroGraph(
        types: graph.types, nodeCounts: counts, relations: graph.relations,
        adjacencies: [
          .within(TestGraphs.graph([], [], nodeCount: counts[0])), TestGraphs.bipartite([], [], counts[1], counts[0]),
          TestGraphs.bipartite([], [], counts[0], counts[1]), TestGraphs.bipartite([], [], counts[2], counts[0]),
        ])
      let layer = kind.make(HeteroSchema(empty))
      let rows = layer(inputs(empty).map { $0.tensor() }, over: empty.block)
      #expect(rows.map(\.rows) == counts && rows.allSatisfy { $0.values.allSatisfy(\.isFinite) })
    }
  }

  // MARK: - By hand

  private func set(_ parameter: Parameter?, _ values: [Float]) {
    parameter?.value.buffer.copy(from: FloatBuffer(values))
  }

  private let numbers = [Tensor([[1], [2], [3], [4]]), Tensor([[10], [20], [30]]), Tensor([[100], [200]])]

  @Test func `R-GCN: a mean for each relation`() {
    let layer = RGCNConvolution(1, 1, schema: HeteroSchema(TestGraphs.library), from: Initializer(seed: 1))
    for (weight, value) in zip(layer.weights, [2, 3, 5, 7] as [Float]) { set(weight, [value]) }
    for (root, value) in zip(layer.roots, [1, -1, 0.5] as [Float]) { set(root, [value]) }
    set(layer.bias, [0.25])
    let rows = layer(numbers, over: TestGraphs.library.block)
    let papers: [Double] = [5 + 30 + 700 + 1, 45 + 2, 60 + 3, 2 + 700 + 4]
    #expect(difference(rows[0].values, papers.map { $0 + 0.25 }) <= 1e-6)
    #expect(difference(rows[1].values, [7.5 - 9.75, 12.5 - 19.75, -29.75]) <= 1e-6)
    #expect(difference(rows[2].values, [50.25, 100.25]) <= 1e-6)
  }

  @Test func `Simple-HGN: a softmax over all relations and the node itself, and the attention of the layer before`() {
    let schema = HeteroSchema(TestGraphs.library)
    let layer = SimpleHGNConvolution(1, 1, schema: schema, carry: 0.25, from: Initializer(seed: 1))
    set(layer.weight, [1])
    for parameter in [layer.sourceAttention, layer.targetAttention] { set(parameter, [0]) }
    set(layer.relations, [1, 2, 0, 3, -1])
    set(layer.relationWeight, [1])
    set(layer.relationAttention, [1])
    let (rows, attention) = layer(numbers, over: TestGraphs.library.block, after: nil)
    func mixed(_ terms: [(x: Double, relation: Double)], own: Double) -> Double {
      let e = terms.map { exp($0.relation > 0 ? $0.relation : 0.05 * $0.relation) }
      return zip(e, terms).reduce(0) { $0 + $1.0 * $1.1.x } / e.reduce(0, +) + own
    }
    let first = mixed([(2, 1), (3, 1), (10, 2), (100, 3), (1, -1)], own: 1)
    #expect(difference(rows[0].values.prefix(1).map { $0 }, [first]) <= 1e-6)
    #expect(difference(rows[2].values, [200, 400]) <= 1e-6, "nothing but the node itself")
    // With equal scores before and after, the carried attention changes nothing; other scores are mixed in by a quarter.
    let same = layer(numbers, over: TestGraphs.library.block, after: attention).rows
    #expect(difference(same[0].values, rows[0].values) <= 1e-6)
    set(layer.relations, [0, 0, 0, 0, 0])
    let mean = (2.0 + 3 + 10 + 100 + 1) / 5 + 1
    let carried = layer(numbers, over: TestGraphs.library.block, after: attention).rows
    #expect(difference(carried[0].values.prefix(1).map { $0 }, [0.75 * mean + 0.25 * first]) <= 1e-6)
  }

  @Test func `merging by semantic attention, by hand`() {
    let layer = SemanticAttention(1, from: Initializer(seed: 1))
    set(layer.key.weight, [1])
    set(layer.key.bias, [0])
    set(layer.query, [2])
    let result = layer([Tensor([[1], [-1]]), Tensor([[2], [3]])])
    let weights = [0, (tanh(2.0) + tanh(3.0)) / 2].map { exp(2 * $0) }
    let share = weights[1] / (weights[0] + weights[1])
    #expect(difference(result.values, [1 - share + 2 * share, -(1 - share) + 3 * share]) <= 1e-6)
  }
}
