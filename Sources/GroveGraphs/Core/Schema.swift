/// A kind of node, such as `paper`.
public struct NodeType: Hashable, Sendable, CustomStringConvertible {
  /// Name as the data gives it.
  public let name: String
  /// The type of that name; equal names are one type.
  public init(_ name: String) { self.name = name }
  /// The name alone.
  public var description: String { name }

  /// The type of graphs that do not name one.
  public static let node = NodeType("node")
}

/// A kind of edge: messages run from `source` to `target`.
public struct EdgeType: Hashable, Sendable, CustomStringConvertible {
  /// Type of the nodes that messages come from.
  public let source: NodeType
  /// What the edge says, such as `cites`.
  public let relation: String
  /// Type of the nodes that messages go to.
  public let target: NodeType

  /// The edge type that reads source, relation, target.
  public init(_ source: NodeType, _ relation: String, _ target: NodeType) {
    self.source = source
    self.relation = relation
    self.target = target
  }

  /// The three names joined by hyphens, such as `author-writes-paper`.
  public var description: String { "\(source)-\(relation)-\(target)" }
}
