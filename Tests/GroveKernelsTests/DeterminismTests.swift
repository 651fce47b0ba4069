import GroveKernels
import TestSupport
import Testing

/// One input gives the same bytes for any number of threads.
@Suite("Determinism")
struct DeterminismTests {
  static let rows = 3001
  static let width = 24
  static let heads = 4
  static let index = TestGraphs.index(rowCount: rows, columnCount: rows, entryCount: 9000, seed: 8)
  static let aggregation = Aggregation(incoming: index, sourceCount: rows)
  static let random = RandomStream(seed: 77)

  static func buffer(_ count: Int, _ seed: Int) -> FloatBuffer {
    var random = TestRandom(seed)
    return FloatBuffer(random.floats(count))
  }

  let x = Self.buffer(rows * width, 1)
  let y = Self.buffer(rows * width, 2)
  let gradient = Self.buffer(rows * width, 3)
  let sourceScores = Self.buffer(rows * heads, 4)
  let targetScores = Self.buffer(rows * heads, 5)
  let vector = Self.buffer(width, 6)

  /// Runs `body` with each number of threads and expects the same bits; a run with several blocks is required.
  private func expectSameBytes(_ body: () -> [FloatBuffer], sourceLocation: SourceLocation = #_sourceLocation) {
    var first: [[Float]]?
    ThreadCounts.forEach([1, 2, 3, 8]) { threads in
      let results = body().map(\.values)
      let same = first.map { zip($0, results).allSatisfy(sameBits) } ?? true
      #expect(same, "\(threads) threads", sourceLocation: sourceLocation)
      first = first ?? results
    }
  }

  private func zeros(_ count: Int) -> FloatBuffer { FloatBuffer(count: count, zeroed: true) }

  @Test("Sums over rows")
  func sums() {
    expectSameBytes {
      let results = [zeros(Self.width), zeros(Self.width), zeros(1), zeros(Self.rows * Self.heads)]
      Kernels.sumRows(x, width: Self.width, into: results[0])
      Kernels.sumRows(x, times: y, width: Self.width, into: results[1])
      Kernels.sumRows(x, width: 1, into: results[2])
      Kernels.rowDot(x, y, width: Self.width, heads: Self.heads, into: results[3])
      return results
    }
  }

  @Test(
    "Matrix products, the long inner side included",
    arguments: [(false, false), (true, false), (false, true)])
  func products(transposeA: Bool, transposeB: Bool) {
    let (n, k) = (Self.width, Self.width)
    expectSameBytes {
      let results = [zeros(Self.rows * n), zeros(n * n)]
      Kernels.matrixMultiply(
        x, Self.buffer(n * k, 9), transposeA: transposeA, transposeB: transposeB, m: Self.rows, n: n, k: k,
        into: results[0], adding: false)
      Kernels.matrixMultiply(
        x, y, transposeA: transposeA, transposeB: transposeB, m: n, n: n, k: Self.rows, into: results[1],
        adding: true)
      return results
    }
  }

  @Test("Aggregation, maximum, sampled product and segment softmax")
  func sparse() {
    expectSameBytes {
      let results = [
        zeros(x.count), zeros(x.count), zeros(x.count), zeros(x.count),
        zeros(Self.index.entryCount * Self.heads), zeros(Self.index.entryCount * Self.heads),
        zeros(Self.index.entryCount * Self.heads),
      ]
      Kernels.sampledProduct(Self.index, x: x, y: y, width: Self.width, heads: Self.heads, into: results[4])
      Kernels.segmentSoftmax(
        offsets: Self.index.offsets, scores: results[4], heads: Self.heads, into: results[5])
      Kernels.segmentSoftmaxBackward(
        offsets: Self.index.offsets, out: results[5], gradient: results[4], heads: Self.heads, into: results[6])
      Kernels.aggregate(
        Self.index, weights: results[5], heads: Self.heads, x: x, width: Self.width, into: results[0],
        adding: false)
      Kernels.aggregate(
        Self.aggregation.outgoing, weights: nil, x: x, width: Self.width, into: results[1], adding: true)
      let winners = Kernels.aggregateMaximum(Self.index, x: x, width: Self.width, into: results[2])
      Kernels.aggregateMaximumBackward(
        Self.aggregation, winners: winners, gradient: gradient, width: Self.width, into: results[3])
      return results
    }
  }

  @Test("Attention, forward and all gradients, with dropout")
  func attention() {
    expectSameBytes {
      let state = AttentionState(
        targetCount: Self.rows, heads: Self.heads, slope: 0.2, rate: 0.3, random: Self.random)
      let results = [
        zeros(x.count), zeros(targetScores.count), zeros(sourceScores.count), zeros(x.count),
      ]
      Kernels.attention(
        Self.index, state, sourceScores: sourceScores, targetScores: targetScores, x: x,
        width: Self.width, into: results[0])
      Kernels.attentionBackward(
        Self.aggregation, state, sourceScores: sourceScores, targetScores: targetScores, x: x, width: Self.width,
        out: results[0], gradient: gradient, into: results[1], results[2], results[3])
      return results
    }
  }

  @Test("Attention of the second kind, forward and all gradients, with dropout")
  func attentionV2() {
    expectSameBytes {
      let state = AttentionState(
        targetCount: Self.rows, heads: Self.heads, slope: 0.2, rate: 0.3, random: Self.random)
      let results = [zeros(x.count), zeros(x.count), zeros(Self.width), zeros(x.count)]
      Kernels.attentionV2(
        Self.index, state, x: x, y: y, vector: vector, width: Self.width, into: results[0])
      Kernels.attentionV2BackwardTargets(
        Self.index, state, x: x, y: y, vector: vector, width: Self.width, out: results[0],
        gradient: gradient, into: results[1], and: results[2])
      Kernels.attentionV2BackwardSources(
        Self.aggregation.outgoing, state, x: x, y: y, vector: vector, width: Self.width,
        out: results[0], gradient: gradient, into: results[3])
      return results
    }
  }

  @Test("Dropout, softmax, norms and functions")
  func rowsAndElements() {
    expectSameBytes {
      let results = (0..<6).map { _ in zeros(x.count) }
      let (scale, lengths) = (zeros(Self.rows), zeros(Self.rows))
      Kernels.dropout(
        x, ids: nil, width: Self.width, rate: 0.5, random: Self.random, into: results[0], adding: false)
      Kernels.softmax(x, width: Self.width, logarithm: true, into: results[1])
      Kernels.layerNorm(x, width: Self.width, epsilon: 1e-5, into: results[2], scale: scale)
      Kernels.normalizeRows(x, width: Self.width, epsilon: 1e-12, into: results[3], lengths: lengths)
      Kernels.apply(.gelu, to: x, into: results[4])
      Kernels.uniform(into: results[5], width: Self.width, random: Self.random)
      return results + [scale, lengths]
    }
  }
}
