import GroveGraphs
import GroveKernels
@testable import GroveLayers
import GroveTensors
import TestSupport
import Testing

/// Blocks of all neighbors give the numbers of the whole graph, through one layer and through several.
@Suite struct SampledBlockTests {
  private static let width = LayerKind.inputWidth
  /// Out of order, the hub 0 and the isolated last node among them.
  private static let seeds: [Int32] = [17, 0, 39, 5, 22, 8]

  private static func graph(weighted: Bool, repeats: Bool = true) -> Graph {
    TestGraphs.random(nodeCount: 40, edgeCount: 160, seed: 6, weighted: weighted, repeats: repeats)
  }

  private static func fill(_ module: any Module, _ numbers: (Int) -> [Float]) {
    for parameter in module.parameters() {
      parameter.value.value.buffer.copy(from: FloatBuffer(numbers(parameter.value.shape.count)))
    }
  }

  @Test(
    "A block of all neighbors gives the very rows of the whole graph", arguments: LayerKind.projectingFirst,
    [false, true])
  func oneLayer(kind: LayerKind, weighted: Bool) {
    let graph = Self.graph(weighted: weighted)
    var random = TestRandom(2)
    let x = Tensor(random.floats(40 * Self.width), rows: 40, columns: Self.width)
    let layer = kind.make(attentionDropout: 0.5)
    Self.fill(layer.module) { random.floats($0) }
    let sampled = NeighborSampler(graph, fanouts: [-1]).sample(from: Self.seeds, using: RandomStream(seed: 1))[0]
    let rows = [graph.block, sampled].map { block in
      Pass.training(seed: 3, step: 8) {
        let input = block.sourceIDs.map { x.gathering(rows: $0) } ?? x
        let result = layer.run(input.droppedOut(0.5, rowIDs: block.sourceIDs), block)
        return block.targetIDs == nil ? result.gathering(rows: Self.seeds) : result
      }
    }
    #expect(sameBits(rows[0].values, rows[1].values))
    #expect(rows[0].values.contains { $0 != 0 })
  }

  enum Stack: String, CaseIterable { case gcn, sage, sageMax, gat, gatV2, gin, morris, transformer, pna }

  private static func stack(
    _ kind: Stack, norm: NormKind = .none, isResidual: Bool = false, layers: Int = 3
  ) -> ConvolutionStack {
    let start = Initializer(RandomStream(seed: 4))
    let widths = [width] + [Int](repeating: 8, count: layers - 1) + [3]
    let convolutions: [any GraphConvolution] = (0..<layers).map { layer in
      let (i, o) = (widths[layer], widths[layer + 1])
      let isLast = layer == layers - 1
      return switch kind {
      case .gcn: GCNConvolution(i, o, from: start)
      case .sage: SAGEConvolution(i, o, from: start)
      case .sageMax: SAGEConvolution(i, o, aggregator: .max, from: start)
      case .gat:
        GATConvolution(
          i, isLast ? o : 4, heads: 2, merge: isLast ? .mean : .concatenated, attentionDropout: 0.4, from: start)
      case .gatV2:
        GATv2Convolution(
          i, isLast ? o : 4, heads: 2, merge: isLast ? .mean : .concatenated, attentionDropout: 0.4, from: start)
      case .gin: GINConvolution(i, o, hidden: 5, from: start)
      case .morris: MorrisConvolution(i, o, from: start)
      case .transformer:
        TransformerConvolution(
          i, isLast ? o : 4, heads: 2, merge: isLast ? .mean : .concatenated, attentionDropout: 0.4, from: start)
      case .pna: PNAConvolution(i, o, averageLogDegree: 1.2, from: start)
      }
    }
    let inner = 0..<layers - 1
    let stack = ConvolutionStack(
      convolutions: convolutions, norms: inner.compactMap { norm.make(widths[$0 + 1], from: start) },
      residuals: isResidual ? inner.map { Linear(widths[$0], widths[$0 + 1], from: start) } : [], dropout: 0.5)
    var random = TestRandom(9)
    fill(stack) { random.floats($0) }
    return stack
  }

  @Test("Three layers of all neighbors train as the whole graph does", arguments: Stack.allCases, [false, true])
  func severalLayers(kind: Stack, isSparse: Bool) throws {
    let graph = Self.graph(weighted: true)
    let model = Self.stack(kind, norm: .layer, isResidual: !isSparse)
    let blocks = NeighborSampler(graph, fanouts: [-1, -1, -1]).sample(from: Self.seeds, using: RandomStream(seed: 1))
    let results = try [true, false].map { isWhole in
      let x =
        isSparse
        ? Tensor(
          SparseValues(
            entries: Aggregation(
              incoming: TestGraphs.index(rowCount: 40, columnCount: Self.width, entryCount: 90, seed: 3),
              sourceCount: Self.width), values: nil))
        : TestInput(rows: 40, columns: Self.width, seed: 1).tensor()
      let output = Pass.training(seed: 3, step: 8) {
        isWhole ? model(x, on: graph) : model(x.gathering(rows: blocks[0].sourceIDs ?? []), over: blocks)
      }
      let logits = isWhole ? output.logits.gathering(rows: Self.seeds) : output.logits
      let embedding = isWhole ? output.embedding.gathering(rows: Self.seeds) : output.embedding
      let numbers = (logits.values, embedding.values)
      let seed = TestInput(rows: logits.rows, columns: 3, seed: 4).tensor(requiresGradient: false)
      let all = logits.backward(from: seed)
      let gradients = try model.parameters().map { try #require(all[$0.value], "\($0.name)").values }
      return [numbers.0, numbers.1] + gradients + (isSparse ? [] : [try #require(all[x]).values])
    }
    #expect(results[0][0].contains { $0 != 0 } && results[0].count == results[1].count)
    // The softmax hides what is added to all keys: the gradient of their bias is rounding alone, and zero to floats.
    let hidden = model.parameters().indices.filter { model.parameters()[$0].name.hasSuffix(".key.bias") }.map { $0 + 2 }
    for (number, (whole, sampled)) in zip(results[0], results[1]).enumerated() {
      let isHidden = hidden.contains(number)
      // The slope of PNA's deviation is steep where messages are nearly equal, and steepens what other orders of a sum round.
      let bound = isHidden ? 1e-6 : kind == .pna ? 1e-4 : 2e-5
      #expect(difference(sampled, whole.map(Double.init), atLeast: isHidden ? 1 : 0) <= bound, "\(number)")
    }
  }

  @Test("Layer by layer gives the very bits that the whole graph gives", arguments: Stack.allCases, NormKind.allCases)
  func layerwise(kind: Stack, norm: NormKind) {
    // PNA's deviation of equal messages, which repeated edges bring, is the root of a rounding.
    let graph = Self.graph(weighted: true, repeats: kind != .pna)
    let x = TestInput(rows: 40, columns: Self.width, seed: 1).tensor(requiresGradient: false)
    for layers in [1, 3] {
      let model = Self.stack(kind, norm: norm, isResidual: norm == .batch, layers: layers)
      let whole = Pass.evaluation { model(x, on: graph) }
      for (rows, edges) in [(40, 1 << 20), (7, 1 << 20), (40, 20), (1, 1)] {
        let output = model.layerwise(on: graph, chunkRows: rows, chunkEdges: edges) { nodes in
          nodes.map { x.gathering(rows: $0) } ?? x
        }
        #expect(output.logits.rows == 40 && output.embedding.shape == whole.embedding.shape)
        #expect(sameBits(output.logits.values, whole.logits.values), "\(rows) \(edges)")
        #expect(sameBits(output.embedding.values, whole.embedding.values), "\(rows) \(edges)")
      }
    }
  }

  @Test("Layers that walk their block again and again say so")
  func walksOnce() {
    let start = Initializer(RandomStream(seed: 1))
    let several: [any GraphConvolution] = [
      SGConvolution(2, 2, from: start), APPNPPropagation(), TAGConvolution(2, 2, from: start),
      ChebConvolution(2, 2, from: start), ARMAConvolution(2, 2, from: start), LightGCNPropagation(),
    ]
    #expect(several.allSatisfy { !$0.walksOnce })
    #expect(Stack.allCases.allSatisfy { Self.stack($0).convolutions.allSatisfy(\.walksOnce) })
  }
}
