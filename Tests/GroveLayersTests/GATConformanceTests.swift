import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

/// C-11 and C-12 of `specs/openima.md`, section 4: a path of three nodes and two heads.
@Suite("GAT conformance")
struct GATConformanceTests {
  /// W of both heads side by side; a_l scores sources, a_r targets.
  ///
  /// A head of the specification multiplies from the left: W₁ x with W₁ = [[0, 1], [−1, 0]] is x · W₁ᵀ here.
  private func layer() -> GATConvolution {
    let layer = GATConvolution(2, 2, heads: 2, from: Initializer(RandomStream(seed: 1)))
    layer.weight.value.buffer.copy(from: FloatBuffer([1, 0, 0, -1, 0, 1, 1, 0]))
    layer.sourceAttention.value.buffer.copy(from: FloatBuffer([1, 0, 0, 1]))
    layer.targetAttention.value.buffer.copy(from: FloatBuffer([0, 1, 1, 0]))
    return layer
  }

  private let path = TestGraphs.graph([0, 1, 1, 2], [1, 0, 2, 1], nodeCount: 3)
  private let x = Tensor([[1, 0], [0, 1], [1, 1]])

  /// ELU of each head, then the mean over heads.
  private func output() -> Tensor {
    let heads = layer()(x, over: path.block).elu()
    return 0.5 * (heads.columns(0..<2) + heads.columns(2..<4))
  }

  @Test("C-11: attention of node 0 and 1 in head 0 and of node 0 in head 1")
  func attention() {
    let heads = layer()(x, over: path.block)
    // Head 0 leaves rows as they are: the output of node 0 is (alpha of itself, alpha of node 1).
    #expect(difference(Array(heads.values[0..<2]), [0.73105858, 0.26894142]) <= 1e-4)
    // Node 1: from 0, from 2, itself: (alpha₀ + alpha₂, alpha₂ + alpha of itself).
    #expect(difference(Array(heads.values[4..<6]), [0.84463760, 0.57768120]) <= 1e-4)
    // Head 1 turns (1, 0) into (0, −1) and (0, 1) into (1, 0).
    #expect(difference(Array(heads.values[2..<4]), [0.54983400, -0.45016600]) <= 1e-4)
  }

  @Test("C-11: output after ELU, then head mean")
  func conformance11() {
    #expect(
      difference(output().values, [0.64044629, -0.04676813, 0.81634802, 0.11609079, 0.86552929, 0.38209401]) <= 1e-4)
    // The mean before ELU would be something else.
    let heads = layer()(x, over: path.block)
    let wrong = (0.5 * (heads.columns(0..<2) + heads.columns(2..<4))).elu()
    #expect(difference([wrong.values[1]], [-0.08662823]) <= 1e-4)
  }

  @Test("C-12: rows of length one")
  func conformance12() {
    #expect(
      difference(
        output().normalizedRows().values, [0.99734434, -0.07283036, 0.99003934, 0.14079099, 0.91482298, 0.40385506])
        <= 1e-4)
  }

  @Test("C-13: attention of a node sums to one before dropout", arguments: [1, 3])
  func sums(heads: Int) {
    let graph = TestGraphs.random(nodeCount: 40, edgeCount: 300, seed: 5, isolated: 2)
    func scores(_ seed: Int) -> Tensor { TestInput(rows: 40, columns: heads, seed: seed, bound: 4).tensor() }
    // Of rows that are all 1 an attention-weighted sum is the sum of the weights; a node without edges has none.
    let ones = Tensor([Float](repeating: 1, count: 40 * heads), rows: 40, columns: heads)
    let sums = ones.graphAttention(sourceScores: scores(1), targetScores: scores(2), over: graph.block.aggregation)
    for node in 0..<40 {
      let expected: Float = graph.incoming[node].isEmpty ? 0 : 1
      for head in 0..<heads { #expect(abs(sums.values[node * heads + head] - expected) <= 1e-5, "node \(node)") }
    }
  }

  @Test("C-12: a second self-loop on a node counts in its attention")
  func secondLoop() {
    // The layer keeps one loop a node; the fused operation takes any edges: from 1, itself, itself.
    let graph = Aggregation(incoming: EdgeIndex(offsets: [0, 3, 3, 3], columns: [1, 0, 0]), sourceCount: 3)
    let result = x.graphAttention(
      sourceScores: x.rowDot(Tensor([[1, 0]])), targetScores: x.rowDot(Tensor([[0, 1]])), over: graph)
    #expect(difference(result.values, [2 * 0.42231880, 0.15536240, 0, 0, 0, 0]) <= 1e-4)
  }
}
