import GroveGraphs
import GroveKernels
import TestSupport
import Testing

/// How often each set of neighbors is drawn, against its exact probability.
@Suite struct SamplingDistributionTests {
  private static let repeats = 20_000

  /// Many nodes that hear of the same few: node i < repeats has one edge from each of `weights.count` last nodes.
  private static func graph(_ weights: [Float]) -> Graph {
    let degree = weights.count
    let columns = (0..<repeats).flatMap { _ in (0..<degree).map { Int32(repeats + $0) } }
    let offsets = (0..<repeats + degree + 1).map { Int64(min($0, repeats) * degree) }
    let all = (0..<repeats).flatMap { _ in weights }
    return Graph(
      incoming: SparseRows(offsets: offsets, columns: columns, columnCount: repeats + degree), weights: all)
  }

  /// Probability of each sorted outcome, by going through every order of draws.
  private static func exact(_ weights: [Double], draws: Int, isReplacing: Bool) -> [[Int]: Double] {
    var result: [[Int]: Double] = [:]
    func go(_ drawn: [Int], _ probability: Double) {
      if drawn.count == draws { return result[drawn.sorted(), default: 0] += probability }
      let left = weights.indices.filter { isReplacing || !drawn.contains($0) }
      let total = left.reduce(0) { $0 + weights[$1] }
      for place in left where weights[place] > 0 { go(drawn + [place], probability * weights[place] / total) }
    }
    go([], 1)
    return result
  }

  @Test(
    arguments: [
      ([1, 1, 1, 1, 1, 1], 3), ([1, 2, 3, 4, 0, 0.5], 2), ([1, 2, 3, 4, 0, 0.5], 3), ([5, 1, 1], 1), ([1, 9, 1, 1], 4),
    ] as [([Float], Int)], [(false, false), (false, true), (true, false), (true, true)])
  func `each outcome is as frequent as it should be`(example: ([Float], Int), options: (replaces: Bool, weighs: Bool)) {
    let (weights, fanout) = example
    let sampler = NeighborSampler(
      Self.graph(weights), fanouts: [fanout], isReplacing: options.replaces, isWeighted: options.weighs)
    let block = sampler.sample(from: (0..<Int32(Self.repeats)).map { $0 }, using: RandomStream(seed: 11))[0]
    let offsets = block.aggregation.incoming.offsets
    var observed: [[Int]: Int] = [:]
    for node in 0..<Self.repeats {
      let edges = (Int(offsets[node])..<Int(offsets[node + 1])).map { Int(block.edgeIDs?[$0] ?? 0) % weights.count }
      observed[edges, default: 0] += 1
    }
    let expected = Self.exact(
      weights.map { options.weighs ? Double($0) : 1 }, draws: fanout, isReplacing: options.replaces)
    #expect(Set(observed.keys).isSubset(of: expected.keys), "an outcome of probability 0")
    var statistic = 0.0
    for outcome in expected.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let mean = (expected[outcome] ?? 0) * Double(Self.repeats)
      let count = Double(observed[outcome] ?? 0)
      statistic += (count - mean) * (count - mean) / mean
    }
    // Chi-square has mean f and deviation √2f; five deviations and some for its skew.
    let freedom = Double(expected.count - 1)
    #expect(
      statistic <= freedom + 5 * (2 * freedom).squareRoot() + 6, "\(statistic) with \(freedom) degrees of freedom")
  }

  @Test func `every edge of a hub is as likely as any other`() {
    let graph = Self.graph([Float](repeating: 1, count: 100))
    let block = NeighborSampler(graph, fanouts: [40]).sample(
      from: (0..<5000).map { Int32($0) }, using: RandomStream(seed: 3))[0]
    var counts = [Int](repeating: 0, count: 100)
    for edge in block.edgeIDs ?? [] { counts[Int(edge) % 100] += 1 }
    // 5000 trials of probability 0.4: deviation 34.6.
    for count in counts { #expect(abs(count - 2000) < 160) }
    #expect(counts.reduce(0, +) == 200_000)
  }
}
