public import GroveGraphs
import GroveKernels
public import GroveTensors

/// Heterogeneous graph attention: attention within each relation or meta-path, then attention over them.
///
///     y = x · W of the node's type;   z[r, i] = ReLU(Σ softmax over N_r(i) of LeakyReLU(a[r] · y[j] + b[r] · y[i]) · y[j])
///     h'[i] = semantic attention over r of z[r, i]
///
/// - Shape: x [S, in] → [T, H · D] for each type; W [in, H · D] a type, a[r] and b[r] [1, H · D].
/// - Start: W PyTorch's linear layer, attention Glorot. Slope 0.2; no loops are added, as in PyTorch Geometric.
/// - Complexity: O(Σ over relations E · H · D + Σ over types S · in · H · D).
/// - Source: Wang 2019, eq. 1–9.
public final class HANConvolution: HeteroConvolution {
  /// W and its bias, one a type. Each [in, H · D]
  public let projections: [Linear]
  /// a[r]: what each column of a source adds to its head's score. Each [1, H · D]
  public let sourceAttention: [Parameter]
  /// b[r]: what each column of a target adds to its head's score. Each [1, H · D]
  public let targetAttention: [Parameter]
  /// What weighs the relations.
  public let semantic: SemanticAttention
  /// H, the number of attention heads.
  public let heads: Int
  /// Share of the attention weights that is zeroed in training, in 0..<1.
  public let attentionDropout: Float

  /// - Parameters:
  ///   - inputWidths: columns of each type's rows.
  ///   - outputWidth: D, the width of one head.
  public init(
    _ inputWidths: [Int], _ outputWidth: Int, schema: HeteroSchema, heads: Int = 1, attentionDropout: Float = 0,
    from initializer: Initializer
  ) {
    let width = heads * outputWidth
    projections = inputWidths.map { Linear($0, width, from: initializer) }
    func vectors() -> [Parameter] {
      schema.relations.map { _ in initializer.glorot(1, width, fanIn: heads, fanOut: outputWidth) }
    }
    sourceAttention = vectors()
    targetAttention = vectors()
    semantic = SemanticAttention(width, from: initializer)
    self.heads = heads
    self.attentionDropout = attentionDropout
  }

  /// h' of each type's targets; zeros where no relation leads to a type. Each [S, in] → [T, H · D]
  public func callAsFunction(_ sources: [Tensor], over block: HeteroBlock) -> [Tensor] {
    let projected = zip(projections, sources).map { $0($1) }
    let own = block.targetRows(of: projected)
    return block.types.indices.map { type in
      let parts = block.relations(into: type).map { relation in
        let x = projected[block.ends[relation].source]
        return x.graphAttention(
          sourceScores: x.rowDot(sourceAttention[relation].value, heads: heads),
          targetScores: own[type].rowDot(targetAttention[relation].value, heads: heads),
          over: block.blocks[relation].aggregation, dropout: attentionDropout, using: Pass.nextStream()
        ).relu()
      }
      return parts.isEmpty ? block.zeros(ofType: type, width: own[type].columns) : semantic(parts)
    }
  }
}
