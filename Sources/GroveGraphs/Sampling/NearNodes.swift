/// Which nodes of a graph are near a node, and how near.
///
/// Letters: N nodes, d degree, N(v) the neighbors of v.
struct NearNodes: Sendable {
  /// Neighbors of each node.
  let neighbors: SparseRows
  private let degrees: [Double]

  /// Near by the steps that rows allow: row v lists where a step from v leads.
  ///
  /// - Complexity: O(N).
  init(_ neighbors: SparseRows) {
    self.neighbors = neighbors
    degrees = (0..<neighbors.rowCount).map { Double(neighbors.range(of: $0).count) }
  }

  /// Near by edges both ways, without self-loops.
  ///
  /// - Throws: `AlgebraFailure` when memory runs out.
  /// - Complexity: O(N + E log E).
  init(_ edges: EdgeList, nodeCount: Int) throws {
    let all = edges.bothWays()
    self.init(
      try SparseMatrix(
        rows: all.sources, columns: all.targets, values: nil, rowCount: nodeCount, columnCount: nodeCount,
        duplicates: .max
      ).withoutDiagonal().sparseRows().rows)
  }

  /// Adds the resource allocation between a node and all others.
  ///
  ///     RA(v, x) = Σ over z in N(v) ∩ N(x) of 1 / d(z)
  ///
  /// - Complexity: O(Σ over z in N(v) of d(z)).
  /// - Source: Zhou, Lü, Zhang 2009.
  func addResourceAllocation(of node: Int, to scores: inout LocalScores) {
    for middle in neighbors[node] {
      let share = 1 / degrees[Int(middle)]
      for other in neighbors[Int(middle)] { scores.add(share, to: Int(other)) }
    }
  }

  /// Adds the personalised PageRank of a node, from below: at most `tolerance` · d(x) is missing at each node x.
  ///
  /// All nodes of a round push at once, so that nodes in like places get like ranks.
  ///
  /// - Parameters:
  ///   - restart: the chance to go back to the node instead of following an edge.
  ///   - residuals: scratch; empty before and after.
  /// - Complexity: O(1 / (restart · tolerance)), whatever N is.
  /// - Source: Andersen, Chung, Lang 2006. Differs: pushes in rounds, all of what a node holds.
  func addPageRank(
    of node: Int, restart: Double, tolerance: Double, to ranks: inout LocalScores, residuals: inout LocalScores
  ) {
    guard !neighbors.range(of: node).isEmpty else { return ranks.add(1, to: node) }
    residuals.add(1, to: node)
    var frontier = [Int32(node)]
    while !frontier.isEmpty {
      let amounts = frontier.map { residuals.take(Int($0)) }
      var reached: [Int32] = []
      for (pushing, amount) in zip(frontier, amounts) {
        let pushing = Int(pushing)
        ranks.add(restart * amount, to: pushing)
        // What a node without neighbors would pass on goes back to the start.
        let others = degrees[pushing] > 0 ? neighbors[pushing] : [Int32(node)]
        let share = (1 - restart) * amount / Double(others.count)
        guard share > 0 else { continue }
        for other in others {
          let before = residuals.values[Int(other)]
          let limit = tolerance * max(1, degrees[Int(other)])
          residuals.add(share, to: Int(other))
          if before <= limit, before + share > limit { reached.append(other) }
        }
      }
      frontier = reached
    }
    residuals.clear()
  }
}
