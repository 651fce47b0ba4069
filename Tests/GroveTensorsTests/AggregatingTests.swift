import GroveKernels
import GroveTensors
import TestSupport
import Testing

/// Sums, maxima and softmax over edges and segments.
@Suite("Aggregating")
struct AggregatingTests {
  /// Targets, sources and about how many edges.
  static let sizes = [(0, 0, 0), (1, 1, 0), (1, 1, 3), (2, 3, 4), (7, 5, 20), (64, 64, 300)]

  private func aggregation(_ size: (Int, Int, Int)) -> Aggregation {
    Aggregation(
      incoming: TestGraphs.index(rowCount: size.0, columnCount: size.1, entryCount: size.2, seed: 3),
      sourceCount: size.1)
  }

  @Test("Sum over edges, with constant weights or without", arguments: sizes)
  func sum(size: (Int, Int, Int)) {
    let graph = aggregation(size)
    let x = [TestInput(rows: size.1, columns: 3, seed: 1)]
    let weights = TestInput(rows: graph.edgeCount, columns: 1, seed: 2)
    expectOperation(
      x, slow: { Slow.aggregate(graph.incoming, weights: nil, x: $0[0]) }, fast: { $0[0].aggregated(over: graph) })
    expectOperation(
      x, slow: { Slow.aggregate(graph.incoming, weights: weights.matrix, x: $0[0]) },
      fast: { $0[0].aggregated(over: graph, weights: weights.values) })
  }

  @Test("Sum over edges with learned weights of each head", arguments: sizes, [1, 2, 3])
  func learnedWeights(size: (Int, Int, Int), heads: Int) {
    let graph = aggregation(size)
    expectOperation(
      [TestInput(rows: size.1, columns: 6, seed: 1), TestInput(rows: graph.edgeCount, columns: heads, seed: 2)],
      slow: { Slow.aggregate(graph.incoming, weights: $0[1], x: $0[0]) },
      fast: { $0[0].aggregated(over: graph, weights: $0[1]) })
  }

  @Test("Maximum over edges", arguments: sizes)
  func maximum(size: (Int, Int, Int)) {
    let graph = aggregation(size)
    // Numbers far apart: finite differences may not change who wins.
    let count = size.1 * 3
    var random = TestRandom(5)
    let places = (0..<count).map { $0 }.shuffled(using: &random)
    let x = TestInput(places.map { Float($0) / Float(max(1, count)) * 20 - 10 }, rows: size.1, columns: 3)
    expectOperation(
      [x], slow: { Slow.aggregateMaximum(graph.incoming, x: $0[0]).out },
      fast: { $0[0].aggregatedMaximum(over: graph) })
  }

  @Test("The gradient of a tie goes to the first that won")
  func tie() throws {
    let graph = Aggregation(incoming: EdgeIndex(offsets: [0, 3], columns: [2, 0, 1]), sourceCount: 3)
    let x = Tensor([[5], [1], [5]], requiresGradient: true)
    let gradients = x.aggregatedMaximum(over: graph).backward()
    #expect(try #require(gradients[x]).values == [0, 0, 1])
  }

  @Test("Softmax over the edges of each target", arguments: sizes, [1, 3])
  func softmax(size: (Int, Int, Int), heads: Int) {
    let graph = aggregation(size)
    expectOperation(
      [TestInput(rows: graph.edgeCount, columns: heads, seed: 1, bound: 3)],
      slow: { Slow.segmentSoftmax(offsets: graph.incoming.offsets, $0[0]) },
      fast: { $0[0].segmentSoftmax(over: graph) })
  }

  @Test("Segments: sum, mean, maximum and softmax, empty segments included")
  func segments() {
    let offsets: [Int64] = [0, 2, 2, 3, 7]
    let segments = Segments(offsets: offsets)
    #expect(segments.count == 4 && segments.rowCount == 7)
    let x = [TestInput((0..<14).map { Float(($0 * 5) % 14) - 6.5 }, rows: 7, columns: 2)]
    func reduced(_ x: Matrix, _ reduce: ([Double]) -> Double) -> Matrix {
      Matrix(rows: 4, columns: 2).mapped { s, k, _ in
        let values = (Int(offsets[s])..<Int(offsets[s + 1])).map { x[$0, k] }
        return values.isEmpty ? 0 : reduce(values)
      }
    }
    expectOperation(x, slow: { reduced($0[0]) { $0.reduce(0, +) } }, fast: { $0[0].segmentSum(segments) })
    expectOperation(
      x, slow: { reduced($0[0]) { $0.reduce(0, +) / Double($0.count) } }, fast: { $0[0].segmentMean(segments) })
    expectOperation(x, slow: { reduced($0[0]) { $0.max()! } }, fast: { $0[0].segmentMaximum(segments) })
    expectOperation(
      x, slow: { Slow.segmentSoftmax(offsets: offsets, $0[0]) }, fast: { $0[0].segmentSoftmax(segments) })
  }

  @Test("No segments and one segment", arguments: [[Int64(0)], [0, 0], [0, 5]])
  func fewSegments(offsets: [Int64]) {
    let rows = Int(offsets[offsets.count - 1])
    let x = TestInput(rows: rows, columns: 2, seed: 1).tensor(requiresGradient: false)
    let sum = x.segmentSum(Segments(offsets: offsets))
    #expect(sum.shape == Shape(offsets.count - 1, 2))
    if rows > 0 { #expect(difference(sum.values, x.columnSum().values) <= 1e-6) }
  }
}
