import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@Suite struct BiasedWalkTests {
  /// A triangle 0 – 1 – 2 with a tail 2 – 3 – 4; node 5 is isolated.
  private let graph = NegativeData.rows([[1, 2], [0, 2], [0, 1, 3], [2, 4], [3], []], columns: 6)

  @Test(arguments: [(1.0, 1.0), (4.0, 1.0), (0.25, 4.0), (2.0, 0.5)])
  func `steps follow node2vec's chances`(p: Double, q: Double) {
    let walks = BiasedWalks(graph, returning: p, leaving: q)
    let (nodes, offsets) = walks.walks(
      from: [Int32](repeating: 0, count: 20_000), steps: 4, using: RandomStream(seed: 7))
    // From 1 by way of 0: back to 0, on to 2. From 2 by way of 1: back to 1, 0 is next to 1, 3 is not.
    var counts: [[Int]: [Int]] = [:]
    for walk in 0..<20_000 {
      let path = nodes[offsets[walk]..<offsets[walk + 1]].map(Int.init)
      for place in path.indices.dropFirst(2) {
        counts[[path[place - 2], path[place - 1]], default: [Int](repeating: 0, count: 6)][path[place]] += 1
      }
    }
    func expect(_ edge: [Int], _ weights: [Double]) {
      let total = weights.reduce(0, +)
      #expect(
        ChiSquare.deviation(observed: counts[edge] ?? [], chances: weights.map { $0 / total }) < 3.72, "\(edge)")
    }
    expect([0, 1], [1 / p, 0, 1, 0, 0, 0])
    expect([1, 2], [1, 1 / p, 0, 1 / q, 0, 0])
    expect([2, 3], [0, 0, 1 / p, 0, 1 / q, 0])
  }

  @Test func `walks go along edges, end where there are none, and are the same on any number of threads`() {
    let walks = BiasedWalks(graph, returning: 0.5, leaving: 2)
    let starts = (0..<600).map { Int32($0 % 6) }
    var first: [Int32] = []
    ThreadCounts.forEach([1, 2, 3]) { _ in
      let (nodes, offsets) = walks.walks(from: starts, steps: 5, using: RandomStream(seed: 1))
      #expect(offsets.count == 601 && offsets.last == nodes.count)
      for walk in starts.indices {
        let path = nodes[offsets[walk]..<offsets[walk + 1]]
        #expect(path.first == starts[walk] && path.count == (starts[walk] == 5 ? 1 : 6))
        for (from, to) in zip(path, path.dropFirst()) { #expect(graph[Int(from)].contains(to)) }
      }
      if first.isEmpty { first = nodes } else { #expect(nodes == first) }
    }
  }
}
