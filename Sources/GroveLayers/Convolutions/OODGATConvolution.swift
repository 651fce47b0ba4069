public import GroveGraphs
import GroveKernels
public import GroveTensors

/// Graph attention between nodes that look equally foreign.
///
///     a[i] = q · W x[i]                                  how foreign node i is, head by head
///     e(j → i) = 1 − |σ(a[i]) − σ(a[j])|,  alpha = softmax over N(i) and i
///     h'[i] = Σ alpha(j → i) · W x[j] + b,   heads concatenated or averaged
///
/// - Shape: x [S, in] → [T, H · D] concatenated, [T, D] averaged; W [in, H · D], q [1, H · D].
/// - Start: W and q Glorot, b zeros. Loops of the graph are replaced by one loop a node.
/// - Complexity: O(E · H · D + S · in · H · D) time, O(E · H) memory.
/// - Source: Song, Wang 2022 (OODGAT), section 3.2, and its published code without `adjust`.
public final class OODGATConvolution: GraphConvolution {
  /// W, shared by sources and targets. [in, H · D]
  public let weight: Parameter
  /// q: what each column adds to its head's score. [1, H · D]
  public let scoring: Parameter
  /// One number a column, added after heads are merged. [1, H · D] concatenated, [1, D] averaged
  public let bias: Parameter
  /// H, the number of attention heads.
  public let heads: Int
  /// Whether the heads' rows stand side by side or are averaged.
  public let merge: HeadMerge
  /// Share of the attention weights that is zeroed in training, in 0..<1.
  public let attentionDropout: Float

  /// - Parameter outputWidth: D, the width of one head.
  public init(
    _ inputWidth: Int, _ outputWidth: Int, heads: Int = 1, merge: HeadMerge = .concatenated,
    attentionDropout: Float = 0, from initializer: Initializer
  ) {
    weight = initializer.glorot(inputWidth, heads * outputWidth)
    scoring = initializer.glorot(1, heads * outputWidth, fanIn: heads, fanOut: outputWidth)
    bias = initializer.constant(0, 1, merge == .concatenated ? heads * outputWidth : outputWidth)
    (self.heads, self.merge, self.attentionDropout) = (heads, merge, attentionDropout)
  }

  /// h' of each target. [S, in] → [T, H · D] concatenated, [T, D] averaged
  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    scored(source, target: target, over: block).rows
  }

  /// h' and a of each target. [S, in] → rows as above, scores [T, H]
  public func scored(_ source: Tensor, target: Tensor? = nil, over block: Block) -> (rows: Tensor, scores: Tensor) {
    let projected = source.matmul(weight.value)
    let scores = projected.rowDot(scoring.value, heads: heads)
    let targetScores =
      target.map { $0.matmul(weight.value).rowDot(scoring.value, heads: heads) }
      ?? block.targetRows(of: scores, given: nil)
    let looped = block.looped
    let gaps =
      scores.sigmoid().gathering(rows: looped.incoming.columns)
      - targetScores.sigmoid().gathering(rows: looped.incoming.rowOfEntries)
    // |gap| = max(gap, −gap)
    let shares = (-1 * Tensor.maximum([gaps, -1 * gaps])).adding(1).segmentSoftmax(over: looped)
      .droppedOut(attentionDropout, rowIDs: looped.incoming.identities?.map { Int32(truncatingIfNeeded: $0) })
    let attended = projected.aggregated(over: looped, weights: shares)
    return (attended.mergingHeads(heads, merge).addingRow(bias.value), targetScores)
  }
}
