public import GroveGraphs
public import GroveTensors

/// How the results of several relations become one.
public enum RelationMerge: String, Sendable, CaseIterable, Codable {
  case sum, mean
  /// Weighted by `SemanticAttention`.
  case attention
}

/// Any convolution of one type, once for each relation, and their results merged.
///
///     h'[i] = sum, mean or semantic attention over the relations r into i's type of convolution[r](x of sources, x of targets)
///
/// - Shape: x [S, in] → [T, out] for each type; zeros for a type that no relation leads to.
/// - Complexity: that of its convolutions.
/// - Source: Schlichtkrull 2018 for the idea; PyTorch Geometric's and DGL's heterogeneous wrappers.
public final class RelationwiseConvolution: HeteroConvolution {
  /// One a relation.
  public let convolutions: [any GraphConvolution]
  /// What weighs relations, with `attention` only.
  public let semantic: SemanticAttention?
  /// How results are merged.
  public let merge: RelationMerge
  /// Columns of the result.
  public let outputWidth: Int

  /// - Parameter make: the convolution of a relation.
  public init(
    schema: HeteroSchema, outputWidth: Int, merge: RelationMerge, from initializer: Initializer,
    _ make: (EdgeType) -> any GraphConvolution
  ) {
    convolutions = schema.relations.map(make)
    semantic = merge == .attention ? SemanticAttention(outputWidth, from: initializer) : nil
    self.merge = merge
    self.outputWidth = outputWidth
  }

  /// h' of each type's targets. Each [S, in] → [T, out]
  public func callAsFunction(_ sources: [Tensor], over block: HeteroBlock) -> [Tensor] {
    let own = block.targetRows(of: sources)
    return block.types.indices.map { type in
      let parts = block.relations(into: type).map { relation in
        convolutions[relation](
          sources[block.ends[relation].source], target: own[type], over: block.blocks[relation], edges: nil)
      }
      guard let first = parts.first else { return block.zeros(ofType: type, width: outputWidth) }
      if let semantic { return semantic(parts) }
      let sum = parts.dropFirst().reduce(first, +)
      return merge == .mean ? (1 / Float(parts.count)) * sum : sum
    }
  }
}
