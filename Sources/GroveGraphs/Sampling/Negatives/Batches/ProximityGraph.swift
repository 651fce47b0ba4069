public import GroveKernels

/// For each node the most similar of some random others: what `ProximityWalkBatches` walks on.
///
/// Few candidates make it almost a random graph, all of them the graph of nearest neighbors, whose batches are full of
/// false negatives.
///
/// Letters: n nodes, M candidates, K neighbors.
///
/// - Source: Yang et al. 2023 (BatchSampler), M = 1000 and K = 100.
public struct ProximityGraph: Sendable, Equatable {
  /// M, drawn uniformly without the node itself; those drawn twice count once.
  ///
  /// All others where there are no more.
  public var candidates: Int
  /// K.
  public var neighbors: Int

  /// The graph with the paper's numbers.
  ///
  /// - Precondition: both are at least 1.
  public init(candidates: Int = 1000, neighbors: Int = 100) {
    precondition(
      candidates >= 1 && neighbors >= 1, "ProximityGraph: \(candidates) candidates, \(neighbors) neighbors")
    (self.candidates, self.neighbors) = (candidates, neighbors)
  }

  /// The neighbors of each node, most similar first; of equals the smaller id.
  ///
  /// - Parameters:
  ///   - random: draw m of node v is its number (v, m).
  ///   - scores: how similar a node is to each of some others, the larger the more. What is not a number is least.
  /// - Precondition: a score for each that is asked for.
  /// - Complexity: O(n · M · log M) beside n calls of `scores`, on all threads.
  public func rows(
    nodeCount: Int, using random: RandomStream, scores: @Sendable (_ node: Int32, _ others: [Int32]) -> [Float]
  ) -> SparseRows {
    precondition(nodeCount >= 0, "ProximityGraph: \(nodeCount) nodes")
    let lists = Workers.mapChunks(of: nodeCount, atLeast: 16) { range in
      range.map { node -> [Int32] in
        let others = others(of: node, nodeCount: nodeCount, using: random)
        if others.isEmpty { return [] }
        let scores = scores(Int32(node), others)
        precondition(
          scores.count == others.count, "ProximityGraph: \(scores.count) scores of \(others.count) nodes")
        let keys = scores.map { $0.isNaN ? -Float.infinity : $0 }
        let order = keys.placesLargestFirst
        return order.prefix(neighbors).map { others[$0] }
      }
    }.flatMap { $0 }
    var offsets: [Int64] = [0]
    for list in lists { offsets.append(offsets[offsets.count - 1] + Int64(list.count)) }
    return SparseRows(offsets: offsets, columns: lists.flatMap { $0 }, columnCount: nodeCount)
  }

  /// Some other nodes in rising order.
  private func others(of node: Int, nodeCount: Int, using random: RandomStream) -> [Int32] {
    if candidates >= nodeCount - 1 { return (0..<Int32(nodeCount)).filter { Int($0) != node } }
    let drawn = (0..<candidates).map { draw -> Int32 in
      let place = Int((UInt64(random.bits(row: node, column: draw)) * UInt64(nodeCount - 1)) >> 32)
      return Int32(place < node ? place : place + 1)
    }.sorted()
    return drawn.indices.filter { $0 == 0 || drawn[$0] != drawn[$0 - 1] }.map { drawn[$0] }
  }
}
