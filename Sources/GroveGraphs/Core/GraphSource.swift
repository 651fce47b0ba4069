/// Where graphs come from: a store, a folder, a file.
///
/// Training reads through this and knows no format.
public protocol GraphSource: Sendable {
  /// A short name for people, such as the folder's.
  var name: String { get }
  /// Node types in a fixed order.
  var nodeTypes: [NodeType] { get }
  /// Relations in a fixed order.
  var relations: [EdgeType] { get }
  /// The type whose nodes carry labels, if any.
  var labeledType: NodeType? { get }
  /// Names of the stored splits, in natural order (`random_2` before `random_10`).
  var splitNames: [String] { get }

  func nodeCount(of type: NodeType) -> Int
  func edges(of relation: EdgeType) throws -> EdgeList
  func labels() throws -> Labels?
  func split(named name: String) throws -> Split
  /// External ids in node order, or nil where a node's id is its number.
  func nodeIDs(of type: NodeType) throws -> [String]?
  /// Calendar year of each node, 0 where it is unknown; nil where the type has no years.
  func nodeYears(of type: NodeType) throws -> [Int32]?
  /// Calendar year since which each edge is there, in the order of `edges(of:)`, 0 where it is unknown; nil where the
  /// relation has no time.
  ///
  /// A citation has the year of the citing paper, every other edge of a paper that of the paper.
  func edgeYears(of relation: EdgeType) throws -> [Int32]?
  /// The relation that the labels were made from, if any: at labeled nodes its edges would tell the answer, so training
  /// hides them.
  var labelRelation: EdgeType? { get }
}

extension GraphSource {
  /// Nil: nodes have no years.
  public func nodeYears(of type: NodeType) throws -> [Int32]? { nil }
  /// Nil: edges have no time.
  public func edgeYears(of relation: EdgeType) throws -> [Int32]? { nil }
  /// Nil: labels are not made from edges.
  public var labelRelation: EdgeType? { nil }
}

/// Where texts of nodes come from.
public protocol TextSource: Sendable {
  /// Names of the texts that nodes of a type may have, such as `title`; empty where they have none.
  func textFields(of type: NodeType) throws -> [String]
  /// Calls `body` with the number of each node of a type and its texts, in the order of numbers.
  ///
  /// A node has nil for a text that it lacks.
  ///
  /// - Parameter fields: some of `textFields(of:)`; each node's texts come in their order.
  /// - Throws: an error that names the known fields where one is not among them; what `body` throws.
  func forEachText(of type: NodeType, fields: [String], _ body: (Int, [String?]) throws -> Void) throws
}

/// Where node features come from; apart from `GraphSource` because an encoder's output is one too.
public protocol FeatureSource: Sendable {
  /// Names of the feature columns of a type, the default one first; empty where it has none.
  func featureNames(of type: NodeType) -> [String]
  func features(named name: String, of type: NodeType) throws -> FeatureMatrix
}
