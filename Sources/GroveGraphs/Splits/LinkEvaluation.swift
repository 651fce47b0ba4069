/// A list of negatives for each positive: nodes that take the place of one of its ends.
///
/// Letters: P positives, K negatives a positive.
public struct NegativeLists: Sendable, Equatable {
  /// The nodes, positive after positive. [P × K]
  public let nodes: [Int32]
  /// K.
  public let perPositive: Int
  /// How many of the K, the first ones, take the place of the positive's target; the others take that of its source.
  public let replacingTarget: Int
  /// How many nodes of all lists were drawn at random because there were too few of the kind asked for.
  public let filled: Int

  /// - Precondition: whole lists; `replacingTarget` in 0...perPositive.
  public init(nodes: [Int32], perPositive: Int, replacingTarget: Int, filled: Int = 0) {
    precondition(
      perPositive > 0 && nodes.count.isMultiple(of: perPositive),
      "NegativeLists: \(nodes.count) nodes in lists of \(perPositive)")
    precondition(
      replacingTarget >= 0 && replacingTarget <= perPositive,
      "NegativeLists: \(replacingTarget) of \(perPositive) negatives replace the target")
    self.nodes = nodes
    self.perPositive = perPositive
    self.replacingTarget = replacingTarget
    self.filled = filled
  }

  /// All negatives as pairs, those of the first positive first.
  ///
  /// - Precondition: as many positives as lists.
  /// - Complexity: O(P · K).
  public func pairs(of positives: EdgeList) -> EdgeList {
    precondition(
      positives.count * perPositive == nodes.count,
      "NegativeLists: \(positives.count) positives and \(nodes.count / perPositive) lists")
    var (sources, targets): ([Int32], [Int32]) = ([], [])
    sources.reserveCapacity(nodes.count)
    targets.reserveCapacity(nodes.count)
    for (place, node) in nodes.enumerated() {
      let positive = place / perPositive
      let replacesTarget = place % perPositive < replacingTarget
      sources.append(replacesTarget ? positives.sources[positive] : node)
      targets.append(replacesTarget ? node : positives.targets[positive])
    }
    return EdgeList(sources: sources, targets: targets, isDirected: positives.isDirected)
  }
}

/// What the positives of a part are compared with.
///
/// Negatives are drawn once and kept, so that all methods are measured against the same ones.
public enum EvaluationNegatives: Sendable, Equatable {
  /// Nothing is kept: positives are ranked among all nodes.
  case all
  /// A list of its own for each positive.
  case lists(NegativeLists)
  /// One list of pairs for all positives, as published: pairs that the source labels 0.
  case pairs(EdgeList)
}

/// Links that are only measured, and what they are compared with.
public struct LinkEvaluation: Sendable, Equatable {
  /// The links that are there.
  public let positives: EdgeList
  /// What they should score above.
  public let negatives: EvaluationNegatives

  /// Positives and their negatives; `LinkSplit.problem` tells whether they fit a split.
  public init(positives: EdgeList, negatives: EvaluationNegatives = .all) {
    self.positives = positives
    self.negatives = negatives
  }

  /// Nothing to measure.
  public static func empty(isDirected: Bool) -> LinkEvaluation {
    LinkEvaluation(positives: EdgeList(sources: [], targets: [], isDirected: isDirected))
  }

  /// The kept negatives as pairs, list after list; nil where positives are ranked among all nodes.
  ///
  /// - Complexity: O(negatives).
  public var negativePairs: EdgeList? {
    switch negatives {
    case .all: nil
    case .lists(let lists): lists.pairs(of: positives)
    case .pairs(let pairs): pairs
    }
  }
}
