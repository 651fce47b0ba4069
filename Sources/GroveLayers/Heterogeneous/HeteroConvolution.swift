public import GroveGraphs
public import GroveTensors

/// A convolution over the relations of a graph with several types.
///
/// Everything is listed by the order of the block's types and relations, which is that of the graph that the layer was
/// made for.
public protocol HeteroConvolution: Module {
  /// - Parameter sources: rows of the block's sources, one tensor a type. Each [S, F]
  /// - Returns: rows of its targets, one tensor a type. Each [T, F']
  func callAsFunction(_ sources: [Tensor], over block: HeteroBlock) -> [Tensor]
}

/// What a layer over several types needs to know of the graph: its types and relations.
public struct HeteroSchema: Sendable {
  /// The node types.
  public let types: [NodeType]
  /// The relations.
  public let relations: [EdgeType]

  /// The schema of types and relations.
  public init(types: [NodeType], relations: [EdgeType]) { (self.types, self.relations) = (types, relations) }

  /// The schema of a graph.
  public init(_ graph: HeteroGraph) { self.init(types: graph.types, relations: graph.relations) }
}

extension HeteroBlock {
  /// The rows of each type's targets, picked from its sources. Each [S, F] → [T, F]
  public func targetRows(of sources: [Tensor]) -> [Tensor] {
    zip(sources, placements).map { rows, placement in
      switch placement {
      case .rows(let places): rows.gathering(rows: places)
      case .same, .apart: rows
      }
    }
  }

  /// Zeros for the targets of a type that nothing reaches. [T, width]
  func zeros(ofType type: Int, width: Int) -> Tensor {
    let count = targets[type].count
    return Tensor([Float](repeating: 0, count: count * width), rows: count, columns: width)
  }
}
