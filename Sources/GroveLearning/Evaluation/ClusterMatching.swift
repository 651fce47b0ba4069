/// Predicted clusters matched one to one with true classes, such that as many nodes as possible agree.
///
/// Numbers of clusters and of classes need not be equal: those left over stay without a partner.
///
/// Letters: n nodes, D one more than the largest class or cluster.
public struct ClusterMatching: Sendable, Equatable {
  /// The class that each predicted cluster is matched with; those without a common node are matched too. [D]
  public let classOfCluster: [Int32]
  /// Nodes whose cluster is matched with their class.
  public let matched: Int
  /// n.
  public let count: Int

  /// Share of matched nodes; 0 without nodes.
  public var accuracy: Double { count == 0 ? 0 : Double(matched) / Double(count) }

  /// - Precondition: as many predicted as true ones, all 0 or more.
  /// - Complexity: O(n + D³).
  public init(truth: [Int32], predicted: [Int32]) {
    precondition(truth.count == predicted.count, "ClusterMatching: \(truth.count) and \(predicted.count) nodes")
    let least = min(truth.min() ?? 0, predicted.min() ?? 0)
    precondition(least >= 0, "ClusterMatching: a class or cluster \(least); they must be 0 or more")
    let size = Int(max(truth.max() ?? -1, predicted.max() ?? -1)) + 1
    var counts = [Double](repeating: 0, count: size * size)
    for (label, cluster) in zip(truth, predicted) { counts[Int(cluster) * size + Int(label)] += 1 }
    let found = OptimalAssignment.maximizing(counts, rows: size, columns: size)
    classOfCluster = found.columns.map { Int32($0 ?? -1) }
    matched = Int(found.total)
    count = truth.count
  }

  /// Whether the cluster of each node is matched with its class.
  ///
  /// - Precondition: nodes that were matched.
  public func isMatched(truth: [Int32], predicted: [Int32]) -> [Bool] {
    zip(truth, predicted).map { classOfCluster[Int($1)] == $0 }
  }
}
