/// Classes of nodes for contrastive learning: true ones of training nodes, and cluster-given ones of nodes near their
/// cluster's center.
///
/// The nodes of the given share that are nearest to their center are trusted; the share is over all nodes and clusters
/// together:
///
///     threshold = the `percent`-th percentile of all nodes' distances to their center
///     trusted = candidates with distance ≤ threshold
///
/// A table is made anew from each clustering: nothing is carried over.
///
/// Letters: N nodes, K classes, seen and novel together.
///
/// - Source: OpenIMA (arXiv 2403.11483) and its published code.
public struct PseudoLabels: Sendable, Equatable {
  /// The class of each node, −1 where it has none. [N]
  public let classes: [Int32]
  /// The distance up to which candidates were trusted.
  public let threshold: Double
  /// Candidates that were trusted, the nearest to their center first, of equals the lowest number.
  public let trusted: [Int32]
  /// Training nodes, in the order given.
  public let training: [Int32]
  /// K.
  public let classCount: Int

  /// Nodes that have a class.
  public var count: Int { training.count + trusted.count }

  /// - Parameters:
  ///   - aligned: the class that each node's cluster stands for. [N]
  ///   - distances: of each node to the center of its cluster. [N]
  ///   - percent: ρ, the share of nodes to trust, above 0 and at most 100.
  ///   - truth: the true class of every node; read for training nodes only. [N]
  ///   - training: nodes whose true class is used.
  ///   - candidates: nodes that may be trusted, as a rule those of validation and test; training nodes among them keep
  ///     their true class.
  ///   - population: the nodes whose distances the threshold is a percentile of; nil: all.
  /// - Precondition: as described; classes are in 0..<classCount, nodes in 0..<N.
  /// - Complexity: O(N log N).
  public init(
    aligned: [Int32], distances: [Float], percent: Double, truth: [Int32], training: [Int32], candidates: [Int32],
    classCount: Int, population: [Int32]? = nil
  ) {
    let count = aligned.count
    precondition(
      distances.count == count && truth.count == count,
      "PseudoLabels: \(count) nodes with \(distances.count) distances and \(truth.count) classes")
    precondition(percent > 0 && percent <= 100, "PseudoLabels: \(percent) percent; it must be above 0 and at most 100")
    threshold = Percentile.linear(population?.map { distances[Int($0)] } ?? distances, percent: percent)
    var classes = [Int32](repeating: -1, count: count)
    for node in training {
      let label = truth[Int(node)]
      precondition(
        label >= 0 && label < classCount, "PseudoLabels: training node \(node) is of class \(label) of \(classCount)")
      classes[Int(node)] = label
    }
    var trusted: [Int32] = []
    for node in candidates where classes[Int(node)] < 0 && Double(distances[Int(node)]) <= threshold {
      let label = aligned[Int(node)]
      precondition(label >= 0 && label < classCount, "PseudoLabels: node \(node) is of class \(label) of \(classCount)")
      classes[Int(node)] = label
      trusted.append(node)
    }
    self.classes = classes
    self.trusted = trusted.sorted { (distances[Int($0)], $0) < (distances[Int($1)], $1) }
    self.training = training
    self.classCount = classCount
  }

  /// Labels for the contrastive loss of a batch: a node's class, or K + its place in the batch where it has none, which
  /// no other node has.
  ///
  /// - Shape: nodes [B] → [B].
  public func batchClasses(_ nodes: [Int32]) -> [Int32] {
    nodes.enumerated().map { place, node in
      let label = classes[Int(node)]
      return label >= 0 ? label : Int32(classCount + place)
    }
  }
}
