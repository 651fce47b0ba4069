import GroveKernels

/// A graph with several types of nodes and edges, ready for training.
///
/// Types and relations have a fixed order, by which everything about them is listed. A cheap value that shares what is
/// derived from it.
public struct HeteroGraph: Sendable {
  /// The node types.
  public let types: [NodeType]
  /// Number of nodes of each type.
  public let nodeCounts: [Int]
  /// The relations: messages run from `source` to `target`.
  public let relations: [EdgeType]
  /// The edges of each relation.
  public let adjacencies: [Adjacency]

  private let derived = Derived()

  /// A graph from its parts.
  ///
  /// - Precondition: types and relations differ from one another; relations join known types, with as many rows and
  ///   columns as these have nodes; a relation within one type is `.within`, another `.between`.
  public init(types: [NodeType], nodeCounts: [Int], relations: [EdgeType], adjacencies: [Adjacency]) {
    precondition(types.count == nodeCounts.count, "HeteroGraph: \(types.count) types, \(nodeCounts.count) counts")
    precondition(
      relations.count == adjacencies.count,
      "HeteroGraph: \(relations.count) relations, \(adjacencies.count) adjacencies")
    precondition(Set(types).count == types.count, "HeteroGraph: a type twice among \(types)")
    precondition(Set(relations).count == relations.count, "HeteroGraph: a relation twice among \(relations)")
    self.types = types
    self.nodeCounts = nodeCounts
    self.relations = relations
    self.adjacencies = adjacencies
    for (relation, adjacency) in zip(relations, adjacencies) {
      let (source, target) = (nodeCounts[index(of: relation.source)], nodeCounts[index(of: relation.target)])
      let isWithin = if case .within = adjacency { true } else { false }
      precondition(
        adjacency.incoming.columnCount == source && adjacency.incoming.rowCount == target
          && isWithin == (relation.source == relation.target),
        "HeteroGraph: \(relation) runs from \(source) to \(target) nodes, not from \(adjacency.incoming.columnCount) to \(adjacency.incoming.rowCount)"
      )
    }
  }

  /// Place of a type among the types.
  ///
  /// - Precondition: the graph has that type.
  public func index(of type: NodeType) -> Int {
    guard let index = types.firstIndex(of: type) else {
      preconditionFailure("HeteroGraph: no type \(type) among \(types)")
    }
    return index
  }

  /// Number of edges of all relations.
  public var edgeCount: Int { adjacencies.reduce(0) { $0 + $1.edgeCount } }

  /// The whole graph as a block: every node of every type is a source and a target.
  public var block: HeteroBlock {
    derived.block.withLock { kept in
      if let kept { return kept }
      let made = HeteroBlock(
        types: types, relations: relations, blocks: adjacencies.map(\.block),
        sources: nodeCounts.map { HeteroBlock.Rows(count: $0, ids: nil) },
        targets: nodeCounts.map { HeteroBlock.Rows(count: $0, ids: nil) },
        placements: types.map { _ in .same })
      kept = made
      return made
    }
  }

  private final class Derived: Sendable { let block = Guarded<HeteroBlock?>(nil) }
}
