public import GroveGraphs
public import GroveTensors

/// Relational graph convolution: a weight for each relation, or for each a mixture of a few shared ones.
///
///     h'[i] = Σ over relations r of (mean over j in N_r(i) of x[j]) · W[r] + x[i] · W_root + b
///     with bases:   W[r] = Σ over b of c[r, b] · V[b]
///
/// - Shape: x [S, in] → [T, out] for each type; W[r], V[b] and W_root [in, out], one W_root a type, c [R, B], b [1, out].
/// - Start: Glorot, b zeros.
/// - Complexity: O(Σ over relations of (E · min(in, out) + S · in · out)), with bases O(R · B · in · out) more.
/// - Source: Schlichtkrull 2018, eq. 2 and 3, with the mean as normalisation. Differs: a root weight for each type.
public final class RGCNConvolution: HeteroConvolution {
  /// W[r], one a relation, or V[b], one a basis. Each [in, out]
  public let weights: [Parameter]
  /// c, how much of each basis a relation takes; nil where each relation has a weight of its own. [R, B]
  public let coefficients: Parameter?
  /// W_root, one a type. Each [in, out]
  public let roots: [Parameter]
  /// b. [1, out]
  public let bias: Parameter

  /// A convolution with a random start.
  ///
  /// - Parameter bases: B; nil: a weight of its own for each relation.
  public init(
    _ inputWidth: Int, _ outputWidth: Int, schema: HeteroSchema, bases: Int? = nil, from initializer: Initializer
  ) {
    let relations = schema.relations.count
    weights = (0..<(bases ?? relations)).map { _ in initializer.glorot(inputWidth, outputWidth) }
    coefficients = bases.map { initializer.glorot(relations, $0) }
    roots = schema.types.map { _ in initializer.glorot(inputWidth, outputWidth) }
    bias = initializer.constant(0, 1, outputWidth)
  }

  /// h' of each type's targets. Each [S, in] → [T, out]
  public func callAsFunction(_ sources: [Tensor], over block: HeteroBlock) -> [Tensor] {
    let (own, relations) = (block.targetRows(of: sources), relationWeights())
    let isNarrowing = bias.shape.columns < (roots.first?.shape.rows ?? 0)
    return block.types.indices.map { type in
      var terms = [(x: own[type], weight: roots[type].value)]
      var narrowed: [Tensor] = []
      for relation in block.relations(into: type) {
        let (x, weight) = (sources[block.ends[relation].source], relations[relation])
        let aggregation = block.blocks[relation].aggregation
        if isNarrowing {
          narrowed.append(x.matmul(weight).aggregatedMean(over: aggregation))
        } else {
          terms.append((x.aggregatedMean(over: aggregation), weight))
        }
      }
      return narrowed.reduce(.sumOfProducts(terms, bias: bias.value), +)
    }
  }

  /// W[r] of each relation. Each [in, out]
  private func relationWeights() -> [Tensor] {
    guard let coefficients else { return weights.map(\.value) }
    return (0..<coefficients.shape.rows).map { relation in
      let row = coefficients.value.gathering(rows: [Int32(relation)])
      let parts = weights.enumerated().map { $1.value.scaled(by: row.columns($0..<$0 + 1)) }
      return parts.dropFirst().reduce(parts[0], +)
    }
  }
}
