public import GroveGraphs
import GroveKernels
public import GroveTensors

/// Heterogeneous graph transformer convolution: dot-product attention over the edges of all relations at once.
///
///     K, Q, V of each type;  score(e = j → i) = (K[j] · A[r] · Q[i]) · p[r] / √D,  r the relation of e, head by head
///     m[i] = Σ softmax over all edges into i of score(e) · V[j] · M[r]
///     h'[i] = s · (GELU(m[i]) · W_out + b_out) + (1 − s) · x[i],   s = sigmoid of a number a type
///
/// The path around attention is there only where in = out.
///
/// - Shape: x [S, in] → [T, out] for each type; A[r] and M[r] [D, D] a head, p [1, H] a relation.
/// - Start: PyTorch's linear layers, p and the numbers of s ones.
/// - Complexity: O(E · out + Σ over types S · in · out + Σ over relations S · out · D), O(E · H) memory.
/// - Source: Hu, Dong, Wang, Sun 2020, eq. 3–5, as in PyTorch Geometric.
public final class HGTConvolution: HeteroConvolution {
  /// K, Q and V side by side, one a type. Each [in, 3 · out]
  public let inputs: [Linear]
  /// W_out, one a type. Each [out, out]
  public let outputs: [Linear]
  /// A[r], relation by relation, one a head. Each [D, D]
  public let keys: [[Parameter]]
  /// M[r], relation by relation, one a head. Each [D, D]
  public let messages: [[Parameter]]
  /// p[r], one a relation. Each [1, H]
  public let priorities: [Parameter]
  /// The numbers behind s, one a type; empty where in and out differ. Each [1, 1]
  public let skips: [Parameter]
  /// H, the number of attention heads.
  public let heads: Int
  /// Share of the attention weights that is zeroed in training, in 0..<1.
  public let attentionDropout: Float

  /// A convolution with a random start.
  ///
  /// - Precondition: the output width is a multiple of `heads`.
  public init(
    _ inputWidth: Int, _ outputWidth: Int, schema: HeteroSchema, heads: Int = 1, attentionDropout: Float = 0,
    from initializer: Initializer
  ) {
    precondition(outputWidth % heads == 0, "HGTConvolution: \(outputWidth) columns for \(heads) heads")
    let width = outputWidth / heads
    func square() -> [[Parameter]] {
      schema.relations.map { _ in (0..<heads).map { _ in initializer.inverseRoot(width, width, fanIn: width) } }
    }
    inputs = schema.types.map { _ in Linear(inputWidth, 3 * outputWidth, from: initializer) }
    outputs = schema.types.map { _ in Linear(outputWidth, outputWidth, from: initializer) }
    keys = square()
    messages = square()
    priorities = schema.relations.map { _ in initializer.constant(1, 1, heads, decayGroup: .none) }
    skips =
      inputWidth == outputWidth ? schema.types.map { _ in initializer.constant(1, 1, 1, decayGroup: .none) } : []
    self.heads = heads
    self.attentionDropout = attentionDropout
  }

  /// h' of each type's targets. Each [S, in] → [T, out]
  public func callAsFunction(_ sources: [Tensor], over block: HeteroBlock) -> [Tensor] {
    let width = outputs[0].weight.shape.rows
    let own = block.targetRows(of: sources)
    let projected = zip(inputs, sources).map { $0($1) }
    let queries = block.targetRows(of: projected.map { $0.columns(width..<2 * width) })
    return block.types.indices.map { type in
      let mixed = attended(projected, queries[type], over: block, into: type)
      let result = outputs[type](mixed.gelu())
      guard !skips.isEmpty else { return result }
      let share = skips[type].value.sigmoid()
      return own[type] + (result - own[type]).scaled(by: share)
    }
  }

  /// m of the targets of a type; zeros where no relation leads to it. [T, out]
  private func attended(_ projected: [Tensor], _ queries: Tensor, over block: HeteroBlock, into type: Int) -> Tensor {
    let width = queries.columns
    let merged = block.merged(into: type)
    guard !merged.relations.isEmpty else { return block.zeros(ofType: type, width: width) }
    func stacked(_ first: Int, _ transforms: [[Parameter]]) -> Tensor {
      .concatenatingRows(
        merged.relations.map { relation in
          projected[block.ends[relation].source].columns(first..<first + width).byHeads(transforms[relation])
        })
    }
    let priority = Tensor.concatenatingRows(merged.relations.map { priorities[$0].value })
    let scale = 1 / (Float(width) / Float(heads)).squareRoot()
    let scores = stacked(0, keys).edgeDots(targets: queries, heads: heads, over: merged.aggregation)
    let weighed = scale * (scores * priority.gathering(rows: merged.relationOfEdge))
    let attention = weighed.segmentSoftmax(over: merged.aggregation)
      .droppedOut(attentionDropout, rowIDs: merged.rowIDs)
    return stacked(2 * width, messages).aggregated(over: merged.aggregation, weights: attention)
  }
}

extension Tensor {
  /// The columns of each head times a square weight of its own. [N, H · D] → [N, H · D]
  fileprivate func byHeads(_ weights: [Parameter]) -> Tensor {
    let width = columns / weights.count
    return .concatenatingColumns(
      weights.enumerated().map { head, weight in
        columns(head * width..<(head + 1) * width).matmul(weight.value)
      })
  }
}

extension MergedRelations {
  /// Ids that key the dropout of a row an edge.
  var rowIDs: [Int32]? {
    aggregation.incoming.identities?.map { Int32(truncatingIfNeeded: $0 ^ ($0 >> 32) &* 2_654_435_761) }
  }
}
