public import GroveGraphs
public import GroveTensors

/// Graph attention with the score taken after the nonlinearity.
///
///     e(j → i) = a · LeakyReLU(W_source x[j] + W_target x[i]),  alpha = softmax over N(i) and i
///     h'[i] = Σ alpha(j → i) · W_source x[j] + b,   heads concatenated or averaged
///
/// - Shape: x [S, in] → [T, H · D] concatenated, [T, D] averaged; both W [in, H · D] with bias, a [1, H · D].
/// - Start: all Glorot, biases zeros. Slope 0.2; loops of the graph are replaced by one loop a node.
/// - Complexity: O(E · H · D + S · in · H · D) time, no edge × head buffer.
/// - Source: Brody, Alon, Yahav 2022, eq. 7.
public final class GATv2Convolution: GraphConvolution {
  /// W_source with its bias: what sources send and are scored by. [in, H · D]
  public let source: Linear
  /// W_target with its bias: what targets are scored by. [in, H · D]
  public let target: Linear
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

  /// - Parameter outputWidth: D, the width of one head.
  public init(
    _ inputWidth: Int, _ outputWidth: Int, heads: Int = 1, merge: HeadMerge = .concatenated,
    attentionDropout: Float = 0, from initializer: Initializer
  ) {
    source = Linear(inputWidth, heads * outputWidth, start: .glorot, from: initializer)
    target = Linear(inputWidth, heads * outputWidth, start: .glorot, from: initializer)
    attention = initializer.glorot(1, heads * outputWidth, fanIn: heads, fanOut: outputWidth)
    bias = initializer.constant(0, 1, merge == .concatenated ? heads * outputWidth : outputWidth)
    self.heads = heads
    self.merge = merge
    self.attentionDropout = attentionDropout
  }

  /// h' of each target. [S, in] → [T, H · D] concatenated, [T, D] averaged
  public func callAsFunction(_ x: Tensor, target given: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    let attended = source(x).graphAttentionV2(
      targets: target(block.targetRows(of: x, given: given)), vector: attention.value, heads: heads,
      over: block.looped, dropout: attentionDropout, using: Pass.nextStream())
    return attended.mergingHeads(heads, merge).addingRow(bias.value)
  }
}
