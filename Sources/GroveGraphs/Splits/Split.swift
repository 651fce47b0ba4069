/// Which nodes are learned from, which choose the best epoch, and which are only measured.
public struct Split: Sendable, Equatable {
  /// Name by which configurations and results speak of it.
  public let name: String
  /// In words: published or generated, and how.
  public let kind: String
  /// Nodes that are learned from.
  public let train: [Int32]
  /// Nodes that choose the best epoch; may be empty.
  public let validation: [Int32]
  /// Nodes that are only measured, at the end; may be empty.
  public let test: [Int32]

  /// A split from its parts; `problem` tells whether they fit a graph.
  public init(name: String, kind: String, train: [Int32], validation: [Int32], test: [Int32]) {
    self.name = name
    self.kind = kind
    self.train = train
    self.validation = validation
    self.test = test
  }

  /// What is wrong with this split over `nodeCount` nodes, or nil: a node that does not exist, a node twice in a part
  /// or in two parts, an empty training part.
  ///
  /// - Complexity: O(nodeCount).
  public func problem(nodeCount: Int) -> String? {
    if train.isEmpty { return "split '\(name)' has no training node" }
    var owner = [String?](repeating: nil, count: nodeCount)
    for (part, nodes) in [("train", train), ("validation", validation), ("test", test)] {
      for node in nodes {
        guard node >= 0, Int(node) < nodeCount else {
          return "split '\(name)', \(part): node \(node) does not exist (there are \(nodeCount) nodes)"
        }
        if let other = owner[Int(node)] {
          return other == part
            ? "split '\(name)', \(part): node \(node) is listed twice"
            : "split '\(name)': node \(node) is in both \(other) and \(part)"
        }
        owner[Int(node)] = part
      }
    }
    return nil
  }
}
