import GroveKernels
import GroveTensors
import TestSupport
import Testing

/// Fused attention against slow references, and against the same written with single operations.
@Suite("Graph attention")
struct GraphAttentionTests {
  static let sizes = [(0, 0, 0), (1, 1, 1), (2, 3, 4), (7, 5, 20)]
  static let random = RandomStream(seed: 4)

  private func aggregation(_ size: (Int, Int, Int)) -> Aggregation {
    let plain = TestGraphs.index(rowCount: size.0, columnCount: size.1, entryCount: size.2, seed: 6)
    return Aggregation(
      incoming: EdgeIndex(
        offsets: plain.offsets, columns: plain.columns, identities: plain.columns.indices.map { Int64(50 + 3 * $0) }),
      sourceCount: size.1)
  }

  private func mask(_ rate: Float) -> (Int, Int) -> Double {
    { edge, head in
      rate == 0 || Self.random.bits(row: edge, column: head) >= UInt32(Double(rate) * 4_294_967_296)
        ? 1 / (1 - Double(rate)) : 0
    }
  }

  @Test("GAT, with dropout and without", arguments: sizes, [(1, Float(0)), (2, 0), (2, 0.4), (3, 0.4)])
  func attention(size: (Int, Int, Int), setting: (heads: Int, rate: Float)) {
    let graph = aggregation(size)
    let (heads, rate) = setting
    // Scores of one sign, so that no finite difference steps over the kink of LeakyReLU.
    for sign: Float in [1, -1] {
      func scores(_ rows: Int, _ seed: Int) -> TestInput {
        let values = TestInput(rows: rows, columns: heads, seed: seed, awayFromZero: true).values
        return TestInput(values.map { sign * abs($0) }, rows: rows, columns: heads)
      }
      expectOperation(
        [TestInput(rows: size.1, columns: 6, seed: 1), scores(size.1, 2), scores(size.0, 3)],
        slow: {
          Slow.attention(
            graph.incoming, sourceScores: $0[1], targetScores: $0[2], x: $0[0], slope: Double(Float(0.2)),
            mask: mask(rate))
        },
        fast: {
          $0[0].graphAttention(
            sourceScores: $0[1], targetScores: $0[2], over: graph, slope: 0.2, dropout: rate, using: Self.random)
        })
    }
  }

  @Test("GATv2, with dropout and without", arguments: sizes, [(1, Float(0)), (2, 0), (2, 0.4), (3, 0.4)])
  func attentionV2(size: (Int, Int, Int), setting: (heads: Int, rate: Float)) {
    let graph = aggregation(size)
    let (heads, rate) = setting
    for sign: Float in [1, -1] {
      func rows(_ count: Int, _ seed: Int) -> TestInput {
        let values = TestInput(rows: count, columns: 6, seed: seed, awayFromZero: true).values
        return TestInput(values.map { sign * abs($0) }, rows: count, columns: 6)
      }
      expectOperation(
        [rows(size.1, 1), rows(size.0, 2), TestInput(rows: 1, columns: 6, seed: 3)],
        slow: {
          Slow.attentionV2(
            graph.incoming, x: $0[0], y: $0[1], vector: $0[2], heads: heads, slope: Double(Float(0.2)), mask: mask(rate)
          )
        },
        fast: {
          $0[0].graphAttentionV2(
            targets: $0[1], vector: $0[2], heads: heads, over: graph, slope: 0.2, dropout: rate, using: Self.random)
        })
    }
  }

  @Test("Fused and unfused GAT give the same numbers and gradients")
  func fusedAgainstUnfused() throws {
    let graph = aggregation((40, 30, 200))
    let (heads, width) = (4, 12)
    let inputs = [
      TestInput(rows: 30, columns: width, seed: 1), TestInput(rows: 30, columns: heads, seed: 2, bound: 2),
      TestInput(rows: 40, columns: heads, seed: 3, bound: 2),
    ]
    let (fused, single) = (inputs.map { $0.tensor() }, inputs.map { $0.tensor() })
    let seed = TestInput(rows: 40, columns: width, seed: 4).tensor(requiresGradient: false)
    let fusedResult = fused[0].graphAttention(sourceScores: fused[1], targetScores: fused[2], over: graph, slope: 0.2)
    let index = graph.incoming
    let targetOfEdge = (0..<40).flatMap { row in
      [Int32](repeating: Int32(row), count: Int(index.offsets[row + 1] - index.offsets[row]))
    }
    let scores = (single[1].gathering(rows: index.columns) + single[2].gathering(rows: targetOfEdge)).leakyReLU(
      slope: 0.2)
    let singleResult = single[0].aggregated(over: graph, weights: scores.segmentSoftmax(over: graph))
    #expect(difference(fusedResult.values, singleResult.values) <= 2e-5)
    let (a, b) = (fusedResult.backward(from: seed), singleResult.backward(from: seed))
    for (x, y) in zip(fused, single) {
      #expect(difference(try #require(a[x]).values, try #require(b[y]).values) <= 2e-5)
    }
  }

  @Test("Only the inputs that want a gradient get one")
  func partialGradients() {
    let graph = aggregation((7, 5, 20))
    let inputs = [
      TestInput(rows: 5, columns: 4, seed: 1), TestInput(rows: 5, columns: 2, seed: 2),
      TestInput(rows: 7, columns: 2, seed: 3),
    ]
    let full = inputs.map { $0.tensor() }
    let all = full[0].graphAttention(sourceScores: full[1], targetScores: full[2], over: graph).backward()
    for wanted in 0..<3 {
      let tensors = inputs.enumerated().map { $1.tensor(requiresGradient: $0 == wanted) }
      let some = tensors[0].graphAttention(sourceScores: tensors[1], targetScores: tensors[2], over: graph).backward()
      for i in 0..<3 { #expect(some[tensors[i]]?.values == (i == wanted ? all[full[i]]?.values : nil)) }
    }
  }

  @Test("A rate of one or more traps")
  func rateTraps() async {
    await #expect(processExitsWith: .failure) {
      let graph = Aggregation(incoming: EdgeIndex(offsets: [0, 1], columns: [0]), sourceCount: 1)
      let one = Tensor([[1]])
      _ = one.graphAttention(
        sourceScores: one, targetScores: one, over: graph, dropout: 1, using: RandomStream(seed: 1))
    }
  }
}
