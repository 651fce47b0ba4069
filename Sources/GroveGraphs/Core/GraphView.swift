/// Edges that nobody may see: all of a relation with an end among some nodes.
///
/// Reverses are derived from the same list of edges, so both directions are gone.
public struct EdgeMask: Sendable, Equatable {
  /// The relation whose edges are left out.
  public let relation: EdgeType
  /// The type of the masked nodes, at one or both ends of the relation.
  public let nodeType: NodeType
  /// Whether edges at a node are left out, by node number. [N]
  public let isMasked: [Bool]

  /// A mask with one choice a node.
  ///
  /// - Precondition: the relation starts from or leads to `nodeType`.
  public init(_ relation: EdgeType, nodeType: NodeType, isMasked: [Bool]) {
    precondition(
      relation.source == nodeType || relation.target == nodeType,
      "EdgeMask: relation \(relation) has no end of type \(nodeType)")
    self.relation = relation
    self.nodeType = nodeType
    self.isMasked = isMasked
  }

  /// A mask of the listed nodes among `nodeCount`.
  ///
  /// - Precondition: the relation starts from or leads to `nodeType`; nodes are in 0..<nodeCount.
  public init(_ relation: EdgeType, nodeType: NodeType, nodes: [Int32], nodeCount: Int) {
    var isMasked = [Bool](repeating: false, count: nodeCount)
    for node in nodes { isMasked[Int(node)] = true }
    self.init(relation, nodeType: nodeType, isMasked: isMasked)
  }

  /// Takes the masked edges out of `isKept`.
  func apply(to isKept: inout [Bool], of edges: EdgeList) {
    if relation.source == nodeType {
      for (edge, node) in edges.sources.enumerated() where isMasked[Int(node)] { isKept[edge] = false }
    }
    if relation.target == nodeType {
      for (edge, node) in edges.targets.enumerated() where isMasked[Int(node)] { isKept[edge] = false }
    }
  }
}

/// A graph with some of its edges left out: those after a year, and those under masks.
///
///     let before = GraphView(graph, asOf: 2014)              // no citation by a paper of 2015 or later
///
/// Nodes keep their numbers, labels, splits and stored feature columns; only edges go, with their weights and years.
/// Views may be put over views.
public struct GraphView: GraphSource, FeatureSource {
  /// The graph that is seen in part.
  public let base: any GraphSource & FeatureSource
  /// The last calendar year whose edges are seen; nil: all years.
  ///
  /// In relations that have years, edges of unknown year are left out as well: nothing shows that they are earlier.
  /// Relations without time stay whole.
  public let asOf: Int?
  /// Edges that are left out whatever their year.
  public let masks: [EdgeMask]

  /// A view of a graph as of the end of a year, under masks.
  ///
  /// - Precondition: masks hold one choice for each node of their type.
  public init(_ base: any GraphSource & FeatureSource, asOf: Int? = nil, masks: [EdgeMask] = []) {
    for mask in masks {
      precondition(
        mask.isMasked.count == base.nodeCount(of: mask.nodeType),
        "GraphView: a mask of \(mask.isMasked.count) nodes over \(base.nodeCount(of: mask.nodeType)) of type \(mask.nodeType)"
      )
    }
    self.base = base
    self.asOf = asOf
    self.masks = masks
  }

  /// Masks that hide a relation at some labeled nodes, so that it cannot tell their labels.
  ///
  /// For labels that are venues, the edges `published_in` of validation and test papers are hidden from training; where
  /// labels were derived from venues, those of all labeled papers.
  ///
  /// - Parameter nodes: node numbers of `source.labeledType`, of the relation's source type where there is none.
  /// - Precondition: the relation starts from or leads to that type.
  /// - Complexity: O(N).
  public static func hidingLabels(
    from relation: EdgeType, of nodes: [Int32], in source: any GraphSource
  ) -> [EdgeMask] {
    let type = source.labeledType ?? relation.source
    return [EdgeMask(relation, nodeType: type, nodes: nodes, nodeCount: source.nodeCount(of: type))]
  }

  /// Edges of a relation that are seen, in the order of the graph's.
  ///
  /// - Throws: what the graph throws.
  /// - Complexity: O(E).
  public func edges(of relation: EdgeType) throws -> EdgeList {
    let edges = try base.edges(of: relation)
    return try isKept(relation, edges, asOf == nil ? nil : base.edgeYears(of: relation)).map(edges.filtered) ?? edges
  }

  /// Years of the edges that are seen, in the order of `edges(of:)`.
  ///
  /// - Throws: what the graph throws.
  /// - Complexity: O(E).
  public func edgeYears(of relation: EdgeType) throws -> [Int32]? {
    guard let years = try base.edgeYears(of: relation) else { return nil }
    let needsEnds = masks.contains { $0.relation == relation }
    return isKept(relation, needsEnds ? try base.edges(of: relation) : nil, years).map(years.filtered) ?? years
  }

  /// Which edges are seen, or nil for all.
  ///
  /// - Parameter edges: nil only where no mask is over the relation.
  private func isKept(_ relation: EdgeType, _ edges: EdgeList?, _ years: [Int32]?) -> [Bool]? {
    let masks = masks.filter { $0.relation == relation }
    guard let count = years?.count ?? edges?.count, asOf != nil && years != nil || !masks.isEmpty else { return nil }
    precondition(
      edges == nil || edges!.count == count, "GraphView: \(count) years for \(edges?.count ?? 0) edges of \(relation)")
    var isKept = [Bool](repeating: true, count: count)
    if let asOf, let years {
      for (edge, year) in years.enumerated() where year <= 0 || year > asOf { isKept[edge] = false }
    }
    if let edges { for mask in masks { mask.apply(to: &isKept, of: edges) } }
    return isKept
  }

  // MARK: - The same as the graph's

  /// The graph's name.
  public var name: String { base.name }
  /// The graph's node types.
  public var nodeTypes: [NodeType] { base.nodeTypes }
  /// The graph's relations, those without a seen edge included.
  public var relations: [EdgeType] { base.relations }
  /// The type whose nodes carry labels, if any.
  public var labeledType: NodeType? { base.labeledType }
  /// Names of the graph's splits.
  public var splitNames: [String] { base.splitNames }
  /// The relation that the labels were made from, if any.
  public var labelRelation: EdgeType? { base.labelRelation }
  /// How many nodes a type has: all, whatever their year.
  public func nodeCount(of type: NodeType) -> Int { base.nodeCount(of: type) }
  /// The graph's labels.
  public func labels() throws -> Labels? { try base.labels() }
  /// The graph's split of that name.
  public func split(named name: String) throws -> Split { try base.split(named: name) }
  /// The graph's external ids.
  public func nodeIDs(of type: NodeType) throws -> [String]? { try base.nodeIDs(of: type) }
  /// The graph's years of nodes.
  public func nodeYears(of type: NodeType) throws -> [Int32]? { try base.nodeYears(of: type) }
  /// Names of the graph's stored columns.
  public func featureNames(of type: NodeType) -> [String] { base.featureNames(of: type) }
  /// A stored column of the graph, for all nodes.
  public func features(named name: String, of type: NodeType) throws -> FeatureMatrix {
    try base.features(named: name, of: type)
  }
}
