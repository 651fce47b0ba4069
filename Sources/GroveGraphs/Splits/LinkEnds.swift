/// What the two ends of a link are, and whether it runs both ways.
public enum LinkEnds: Sendable, Equatable {
  /// Nodes of one type; (a, b) and (b, a) are one link.
  case undirected(nodes: Int)
  /// Nodes of one type; (a, b) and (b, a) are two links.
  case directed(nodes: Int)
  /// Nodes of two types, each counted from 0, such as users and items.
  case bipartite(sources: Int, targets: Int)

  /// How many nodes there are where a link starts.
  public var sourceCount: Int {
    switch self {
    case .undirected(let nodes), .directed(let nodes): nodes
    case .bipartite(let sources, _): sources
    }
  }

  /// How many nodes there are where a link ends.
  public var targetCount: Int {
    switch self {
    case .undirected(let nodes), .directed(let nodes): nodes
    case .bipartite(_, let targets): targets
    }
  }

  /// Whether both ends are of one type.
  public var isSquare: Bool {
    if case .bipartite = self { false } else { true }
  }

  /// Whether (a, b) and (b, a) are one link.
  public var isUndirected: Bool {
    if case .undirected = self { true } else { false }
  }

  /// What is added to a target's number where all nodes are numbered together: sources first, then targets.
  public var targetOffset: Int { isSquare ? 0 : sourceCount }

  /// How many nodes there are together.
  public var nodeCount: Int { isSquare ? sourceCount : sourceCount + targetCount }
}
