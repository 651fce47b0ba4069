/// Which class each cluster stands for, from nodes whose class is known.
///
/// Clusters and classes are matched one to one such that as many of these nodes as possible are in the cluster of their
/// class. Clusters that no known class needs get the remaining numbers, those of novel classes, in an order that means
/// nothing but is the same for equal counts.
///
/// Letters: K clusters, which is also the number of classes, seen and novel together.
///
/// - Source: OpenIMA (arXiv 2403.11483) and its published code.
public struct ClusterAlignment: Sendable, Equatable {
  /// The class of each cluster, a permutation of 0..<K. [K]
  public let classOfCluster: [Int32]
  /// Known nodes that are in the cluster of their class.
  public let matched: Int

  /// - Parameters:
  ///   - clusters: the cluster of every node.
  ///   - classes: the true class of every node; read for `known` only.
  ///   - known: nodes whose class may be used, for instance those of training, or of training and validation.
  /// - Precondition: one class a node; clusters, and classes of known nodes, are in 0..<count.
  /// - Complexity: O(known + K³).
  public init(clusters: [Int32], classes: [Int32], known: [Int32], count: Int) {
    precondition(clusters.count == classes.count, "ClusterAlignment: \(clusters.count) and \(classes.count) nodes")
    var counts = [Int](repeating: 0, count: count * count)
    for node in known {
      precondition(
        clusters.indices.contains(Int(node)), "ClusterAlignment: known node \(node) of \(clusters.count)")
      let (cluster, label) = (Int(clusters[Int(node)]), Int(classes[Int(node)]))
      precondition(
        (0..<count).contains(cluster) && (0..<count).contains(label),
        "ClusterAlignment: node \(node) is in cluster \(cluster) and of class \(label); there are \(count) of both")
      counts[cluster * count + label] += 1
    }
    self.init(counts: counts, count: count)
  }

  /// - Parameter counts: known nodes of each cluster and class, row after row. [K, K]
  /// - Precondition: K · K counts, none below 0.
  public init(counts: [Int], count: Int) {
    precondition(counts.count == count * count, "ClusterAlignment: \(counts.count) counts for \(count) clusters")
    let found = OptimalAssignment.maximizing(counts.map(Double.init), rows: count, columns: count)
    classOfCluster = found.columns.map { Int32($0 ?? 0) }
    matched = Int(found.total)
  }

  /// The class that each node's cluster stands for.
  ///
  /// - Precondition: clusters are in 0..<K.
  public func classes(of clusters: [Int32]) -> [Int32] { clusters.map { classOfCluster[Int($0)] } }
}
