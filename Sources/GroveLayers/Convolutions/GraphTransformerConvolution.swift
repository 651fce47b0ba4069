public import GroveGraphs
import GroveKernels
public import GroveTensors

/// A transformer layer whose attention follows the edges, each node's own row included.
///
///     a[i, j] = softmax over edges j → i of q[i] · k[j] / √D,   ĥ = norm(x + dropout(O · ‖ heads: Σ dropout(a[i, j]) · v[j]))
///     h' = norm(ĥ + W₂ dropout(ReLU(W₁ ĥ)))
///
/// - Shape: x [S, F] → [T, F]; F a multiple of H; W₁ [F, 2F], W₂ [2F, F].
/// - Complexity: O(E · F + S · F²) time and memory.
/// - Source: Dwivedi, Bresson 2021, "A Generalization of Transformer Networks to Graphs", without edge features; one
///   self-loop a node is added.
public final class GraphTransformerConvolution: GraphConvolution {
  /// Makes q. [F, F]
  public let query: Linear
  /// Makes k. [F, F]
  public let key: Linear
  /// Makes v. [F, F]
  public let value: Linear
  /// O, over all heads. [F, F]
  public let merge: Linear
  /// W₁. [F, 2F]
  public let expand: Linear
  /// W₂. [2F, F]
  public let contract: Linear
  /// The norms after attention and after the dense layers, or none.
  public let norms: [any Norm]
  /// Number of attention heads.
  public let heads: Int
  /// Share of rows that is zeroed in training, in 0..<1.
  public let dropout: Float
  /// Share of attention weights that is zeroed in training, in 0..<1.
  public let attentionDropout: Float

  /// A layer for rows of `width` columns, with a random start.
  public init(
    _ width: Int, heads: Int, norm: NormKind = .layer, dropout: Float = 0, attentionDropout: Float = 0,
    from initializer: Initializer
  ) {
    precondition(width % heads == 0, "GraphTransformerConvolution: width \(width) is no multiple of \(heads) heads")
    query = Linear(width, width, bias: false, from: initializer)
    key = Linear(width, width, bias: false, from: initializer)
    value = Linear(width, width, bias: false, from: initializer)
    merge = Linear(width, width, from: initializer)
    expand = Linear(width, 2 * width, from: initializer)
    contract = Linear(2 * width, width, from: initializer)
    norms = (0..<2).compactMap { _ in norm.make(width, from: initializer) }
    self.heads = heads
    self.dropout = dropout
    self.attentionDropout = attentionDropout
  }

  /// h'. [S, F] → [T, F]
  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    let x = source.densified()
    let own = block.targetRows(of: x, given: target)
    let looped = block.looped
    let index = looped.incoming
    let owners = (0..<index.rowCount).flatMap {
      [Int32](repeating: Int32($0), count: Int(index.offsets[$0 + 1] - index.offsets[$0]))
    }
    let scale = 1 / Float(max(1, x.columns / heads)).squareRoot()
    let scores = query(own).gathering(rows: owners).rowDot(key(x).gathering(rows: index.columns), heads: heads)
    let weights = (scale * scores).segmentSoftmax(over: looped).droppedOut(
      attentionDropout, rowIDs: index.identities?.map { Int32(truncatingIfNeeded: $0) })
    let attended = value(x).aggregated(over: looped, weights: weights)
    let mixed = normed(own + merge(attended).droppedOut(dropout, rowIDs: block.targetIDs), 0)
    let dense = contract(expand(mixed).relu().droppedOut(dropout, rowIDs: block.targetIDs))
    return normed(mixed + dense, 1)
  }

  private func normed(_ x: Tensor, _ number: Int) -> Tensor { norms.isEmpty ? x : norms[number](x) }
}
