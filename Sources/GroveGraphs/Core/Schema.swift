/// A kind of node, such as `paper`.
public struct NodeType: Hashable, Sendable, CustomStringConvertible {
  public let name: String
  public init(_ name: String) { self.name = name }
  public var description: String { name }

  /// The type of graphs that do not name one.
  public static let node = NodeType("node")
}

/// A kind of edge: messages run from `source` to `target`.
public struct EdgeType: Hashable, Sendable, CustomStringConvertible {
  public let source: NodeType
  public let relation: String
  public let target: NodeType

  public init(_ source: NodeType, _ relation: String, _ target: NodeType) {
    self.source = source
    self.relation = relation
    self.target = target
  }

  public var description: String { "\(source)-\(relation)-\(target)" }
}
