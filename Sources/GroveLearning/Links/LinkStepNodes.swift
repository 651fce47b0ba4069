import GroveKernels

/// Some nodes, each once, and the place of each among them.
///
/// It is used again from step to step, so that a step costs nothing for the nodes that it does not look at.
///
/// Letters: N nodes, M of them chosen.
public final class DistinctNodes {
  /// The nodes, in the order in which they were first named. [M]
  public private(set) var ids: [Int32] = []
  private var numbering: RowNumbering

  /// A choice of none of `nodeCount` nodes.
  ///
  /// - Complexity: O(N), once.
  public init(nodeCount: Int) { numbering = RowNumbering(nodeCount: nodeCount) }

  /// Chooses the nodes of some lists in place of those chosen before.
  ///
  /// - Precondition: nodes are in 0..<N.
  /// - Complexity: O(nodes listed).
  public func choose(_ lists: [Int32]...) {
    _ = numbering.finish()
    for list in lists { _ = numbering.rows(of: list) }
    ids = numbering.finish()
    _ = numbering.rows(of: ids)
  }

  /// The place of each of some nodes among those chosen.
  ///
  /// - Precondition: all of them are chosen.
  /// - Complexity: O(nodes asked for).
  public func places(of nodes: [Int32]) -> [Int32] {
    let places = numbering.rows(of: nodes)
    for (node, place) in zip(nodes, places) {
      precondition(Int(place) < ids.count, "DistinctNodes: node \(node) is not among the \(ids.count) chosen")
    }
    return places
  }
}

/// The nodes that a step of link training looks at, by role.
public final class LinkStepNodes {
  /// Anchors.
  public let anchors: DistinctNodes
  /// Positives and negatives.
  public let candidates: DistinctNodes
  /// Both, for tables that serve both roles.
  public let all: DistinctNodes

  /// None of `nodeCount` nodes.
  init(nodeCount: Int) {
    (anchors, candidates) = (DistinctNodes(nodeCount: nodeCount), DistinctNodes(nodeCount: nodeCount))
    all = DistinctNodes(nodeCount: nodeCount)
  }

  /// Chooses the nodes of a step in place of those of the last one.
  func choose(anchors: [Int32], candidates: [Int32]) {
    self.anchors.choose(anchors)
    self.candidates.choose(candidates)
    all.choose(self.anchors.ids, self.candidates.ids)
  }
}
