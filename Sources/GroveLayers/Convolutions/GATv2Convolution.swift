public import GroveGraphs
import GroveKernels
public import GroveTensors

/// Graph attention with the score taken after the nonlinearity.
///
///     e(j → i) = a · LeakyReLU(W_source x[j] + W_target x[i] + W_edge f[j, i]),  alpha = softmax over N(i) and i
///     h'[i] = Σ alpha(j → i) · W_source x[j] + b,   heads concatenated or averaged
///
/// The term of the edge features f is there only where the layer is made with their width.
///
/// - Shape: x [S, in] → [T, H · D] concatenated, [T, D] averaged; both W [in, H · D] with bias, a [1, H · D].
/// - Start: all Glorot, biases zeros. Slope 0.2; loops of the graph are replaced by one loop a node, whose features are
///   the mean of those of the other edges into the node.
/// - Complexity: O(E · H · D + S · in · H · D) time, no edge × head buffer; with edge features O(E · H · D) memory.
/// - Source: Brody, Alon, Yahav 2022, eq. 7; edge features as in PyTorch Geometric.
public final class GATv2Convolution: GraphConvolution {
  /// W_source with its bias: what sources send and are scored by. [in, H · D]
  public let source: Linear
  /// W_target with its bias: what targets are scored by. [in, H · D]
  public let target: Linear
  /// W_edge, what edges add to the sum that is scored; nil where they carry no features. [G, H · D]
  public let edge: Linear?
  /// a: what each column adds to its head's score after the LeakyReLU. [1, H · D]
  public let attention: Parameter
  /// One number a column, added after heads are merged. [1, H · D] concatenated, [1, D] averaged
  public let bias: Parameter
  /// H, the number of attention heads.
  public let heads: Int
  /// Whether the heads' rows stand side by side or are averaged.
  public let merge: HeadMerge
  /// Share of the attention weights that is zeroed in training, in 0..<1.
  public let attentionDropout: Float

  /// - Parameters:
  ///   - outputWidth: D, the width of one head.
  ///   - edgeWidth: G, the number of edge features; nil for none.
  public init(
    _ inputWidth: Int, _ outputWidth: Int, heads: Int = 1, merge: HeadMerge = .concatenated, edgeWidth: Int? = nil,
    attentionDropout: Float = 0, from initializer: Initializer
  ) {
    source = Linear(inputWidth, heads * outputWidth, start: .glorot, from: initializer)
    target = Linear(inputWidth, heads * outputWidth, start: .glorot, from: initializer)
    edge = edgeWidth.map { Linear($0, heads * outputWidth, bias: false, start: .glorot, from: initializer) }
    attention = initializer.glorot(1, heads * outputWidth, fanIn: heads, fanOut: outputWidth)
    bias = initializer.constant(0, 1, merge == .concatenated ? heads * outputWidth : outputWidth)
    self.heads = heads
    self.merge = merge
    self.attentionDropout = attentionDropout
  }

  /// h' of each target. [S, in] → [T, H · D] concatenated, [T, D] averaged
  ///
  /// - Precondition: `edges` is given where the layer was made with an edge width, one row an edge of the block.
  public func callAsFunction(_ x: Tensor, target given: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    let sent = source(x)
    let asked = target(block.targetRows(of: x, given: given))
    let attended: Tensor
    switch (edge, edges) {
    case (nil, nil):
      attended = sent.graphAttentionV2(
        targets: asked, vector: attention.value, heads: heads, over: block.looped, dropout: attentionDropout,
        using: Pass.nextStream())
    case (let edge?, let edges?):
      let looped = block.looped
      let sum =
        sent.gathering(rows: looped.incoming.columns) + asked.gathering(rows: looped.incoming.rowOfEntries)
        + edge(block.loopedFeatures(edges))
      let shares = sum.leakyReLU(slope: 0.2).rowDot(attention.value, heads: heads).segmentSoftmax(over: looped)
        .droppedOut(attentionDropout, rowIDs: looped.incoming.identities?.map { Int32(truncatingIfNeeded: $0) })
      attended = sent.aggregated(over: looped, weights: shares)
    default:
      preconditionFailure(
        "GATv2Convolution: edge features \(edges == nil ? "are missing" : "are not expected by a layer made without")")
    }
    return attended.mergingHeads(heads, merge).addingRow(bias.value)
  }
}

extension Block {
  /// Features of `looped` edges out of those of the block's own: a loop has the mean of the other edges into its node,
  /// zeros where there are none.
  ///
  /// - Shape: [E, G] → [looped edges, G].
  /// - Complexity: O((T + E) · G).
  func loopedFeatures(_ edges: Tensor) -> Tensor {
    precondition(edges.rows == edgeCount, "edge features \(edges.shape) for \(edgeCount) edges")
    let index = aggregation.incoming
    var offsets: [Int64] = [0]
    var entries: [Int32] = []
    var weights: [Float] = []
    for target in 0..<targetCount {
      let own = Int32(sourceRow(ofTarget: target))
      let others = (Int(index.offsets[target])..<Int(index.offsets[target + 1])).filter { index.columns[$0] != own }
      for entry in others {
        entries.append(Int32(entry))
        weights.append(1)
        offsets.append(Int64(entries.count))
      }
      entries += others.map { Int32($0) }
      weights += [Float](repeating: 1 / Float(others.count), count: others.count)
      offsets.append(Int64(entries.count))
    }
    let rows = Aggregation(incoming: EdgeIndex(offsets: offsets, columns: entries), sourceCount: edgeCount)
    return edges.aggregated(over: rows, weights: weights)
  }
}
