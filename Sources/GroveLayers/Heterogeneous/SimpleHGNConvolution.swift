public import GroveGraphs
import GroveKernels
public import GroveTensors

/// Graph attention with a learned vector for each relation, over the edges of all relations at once.
///
///     e(j → i) = LeakyReLU(a · W x[j] + c · W x[i] + d · U r),  r the vector of the edge's relation, heads side by side
///     alpha = (1 − β) · softmax over all edges into i of e + β · alpha of the layer before
///     h'[i] = Σ alpha · W x[j] + R x[i]
///
/// Each node has an edge from itself, of a relation of its own. The weights of the layer before are taken where it had
/// the same edge; a sampled edge that it did not have keeps its own.
///
/// - Shape: x [S, in] → [T, H · D] concatenated, [T, D] averaged; W [in, H · D], r [R + 1, G], U [G, H · G].
/// - Start: Glorot; r normal of deviation 1. Slope 0.05.
/// - Complexity: O(E · H · D + S · in · H · D) time, O(E · H) memory.
/// - Source: Lv 2021, eq. 6–11.
public final class SimpleHGNConvolution: Module {
  /// W. [in, H · D]
  public let weight: Parameter
  /// a. [1, H · D]
  public let sourceAttention: Parameter
  /// c. [1, H · D]
  public let targetAttention: Parameter
  /// r: a vector for each relation, the last for a node's edge from itself. [R + 1, G]
  public let relations: Parameter
  /// U. [G, H · G]
  public let relationWeight: Parameter
  /// d. [1, H · G]
  public let relationAttention: Parameter
  /// R, where widths differ; else a node's row is added as it is. [in, width of the result]
  public let residual: Parameter?
  /// H, the number of attention heads.
  public let heads: Int
  /// Whether the heads' rows stand side by side or are averaged.
  public let merge: HeadMerge
  /// β, the share of the attention of the layer before, in 0..<1.
  public let carry: Float
  /// Share of the attention weights that is zeroed in training, in 0..<1.
  public let attentionDropout: Float

  /// The attention of a layer over the edges into each type, for the next one.
  public struct Attention {
    let weights: [Tensor]
    let block: HeteroBlock
  }

  /// - Parameters:
  ///   - outputWidth: D, the width of one head.
  ///   - relationWidth: G; nil: `outputWidth`.
  public init(
    _ inputWidth: Int, _ outputWidth: Int, schema: HeteroSchema, heads: Int = 1, merge: HeadMerge = .concatenated,
    relationWidth: Int? = nil, carry: Float = 0.05, attentionDropout: Float = 0, from initializer: Initializer
  ) {
    let (all, vector) = (heads * outputWidth, relationWidth ?? outputWidth)
    weight = initializer.glorot(inputWidth, all)
    sourceAttention = initializer.glorot(1, all, fanIn: heads, fanOut: outputWidth)
    targetAttention = initializer.glorot(1, all, fanIn: heads, fanOut: outputWidth)
    relations = initializer.normal(schema.relations.count + 1, vector, deviation: 1)
    relationWeight = initializer.glorot(vector, heads * vector)
    relationAttention = initializer.glorot(1, heads * vector, fanIn: heads, fanOut: vector)
    let width = merge == .concatenated ? all : outputWidth
    residual = width == inputWidth ? nil : initializer.glorot(inputWidth, width)
    self.heads = heads
    self.merge = merge
    self.carry = carry
    self.attentionDropout = attentionDropout
  }

  /// h' of each type's targets, and the attention for the next layer. Each [S, in] → [T, width of the result]
  public func callAsFunction(
    _ sources: [Tensor], over block: HeteroBlock, after previous: Attention?
  ) -> (rows: [Tensor], attention: Attention) {
    let own = block.targetRows(of: sources)
    let projected = sources.map { $0.matmul(weight.value) }
    let ownProjected = block.targetRows(of: projected)
    let relationScores = relations.value.matmul(relationWeight.value).rowDot(relationAttention.value, heads: heads)
    var attentions: [Tensor] = []
    let rows = block.types.indices.map { type in
      let merged = block.merged(into: type, looped: true)
      let stacked = Tensor.concatenatingRows(
        merged.relations.map { projected[block.ends[$0].source] } + [ownProjected[type]])
      let places = merged.relations.map { Int32($0) } + [Int32(relations.shape.rows - 1)]
      let scores =
        stacked.rowDot(sourceAttention.value, heads: heads).gathering(rows: merged.aggregation.incoming.columns)
        + ownProjected[type].rowDot(targetAttention.value, heads: heads).gathering(rows: merged.targets)
        + relationScores.gathering(rows: merged.relationOfEdge.map { places[Int($0)] })
      var attention = scores.leakyReLU(slope: 0.05).segmentSoftmax(over: merged.aggregation)
      if let previous, carry > 0 {
        let (found, mask) = merged.places(in: previous.block.merged(into: type, looped: true))
        let kept = Tensor(mask, rows: mask.count, columns: 1)
        let before = previous.weights[type].gathering(rows: found)
        attention = attention + carry * (before - attention).scalingRows(by: kept)
      }
      attentions.append(attention)
      let mixed = stacked.aggregated(
        over: merged.aggregation, weights: attention.droppedOut(attentionDropout, rowIDs: merged.rowIDs)
      ).mergingHeads(heads, merge)
      return mixed + (residual.map { own[type].matmul($0.value) } ?? own[type])
    }
    return (rows, Attention(weights: attentions, block: block))
  }
}

extension MergedRelations {
  /// The target row of each edge.
  var targets: [Int32] { aggregation.incoming.rowOfEntries }

  /// Where another block of the same relations has each edge, and 1 where it has it, else 0 (and place 0).
  ///
  /// - Complexity: O(both edges).
  func places(in other: MergedRelations) -> (found: [Int32], mask: [Float]) {
    let (ids, all) = (aggregation.incoming.identities ?? [], other.aggregation.incoming.identities ?? [])
    if ids == all { return (ids.indices.map { Int32($0) }, [Float](repeating: 1, count: ids.count)) }
    let places = Dictionary(all.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
    let found = ids.map { places[$0] }
    return (found.map { $0 ?? 0 }, found.map { $0 == nil ? 0 : 1 })
  }
}
