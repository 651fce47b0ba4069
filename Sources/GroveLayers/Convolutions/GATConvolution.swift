public import GroveGraphs
public import GroveTensors

/// How the heads of an attention layer become one row.
public enum HeadMerge: String, Sendable { case concatenated, mean }

/// Graph attention convolution.
///
///     e(j → i) = LeakyReLU(a_source · (W x[j]) + a_target · (W x[i])),  alpha = softmax over N(i) and i
///     h'[i] = Σ alpha(j → i) · W x[j] + b,   heads concatenated or averaged
///
/// - Shape: x [S, in] → [T, H · D] concatenated, [T, D] averaged; W [in, H · D], a_source and a_target [1, H · D].
/// - Start: all Glorot, b zeros; or as DGL's layer, see `Start`. Slope 0.2; loops of the graph are replaced by one loop a node.
/// - Complexity: O(E · H · D + S · in · H · D) time, no edge × head buffer.
/// - Source: Veličković 2018, eq. 3–6.
public final class GATConvolution: GraphConvolution {
  /// W, shared by sources and targets. [in, H · D]
  public let weight: Parameter
  /// a_source: what each column of a source adds to its head's score. [1, H · D]
  public let sourceAttention: Parameter
  /// a_target: what each column of a target adds to its head's score. [1, H · D]
  public let targetAttention: Parameter
  /// One number a column, added after heads are merged. [1, H · D] concatenated, [1, D] averaged
  public let bias: Parameter
  /// H, the number of attention heads.
  public let heads: Int
  /// Whether the heads' rows stand side by side or are averaged.
  public let merge: HeadMerge
  /// Share of the attention weights that is zeroed in training, in 0..<1.
  public let attentionDropout: Float

  /// How weight and attention vectors start.
  public enum Start: Sendable {
    /// Glorot, uniform, the attention vectors with fans H and D: as PyTorch Geometric's layer.
    case uniform
    /// Glorot, normal with gain √2, the attention vectors with fans H · D and D: as DGL's layer.
    case normal
  }

  /// - Parameter outputWidth: D, the width of one head.
  public init(
    _ inputWidth: Int, _ outputWidth: Int, heads: Int = 1, merge: HeadMerge = .concatenated,
    attentionDropout: Float = 0, start: Start = .uniform, from initializer: Initializer
  ) {
    let width = heads * outputWidth
    switch start {
    case .uniform:
      weight = initializer.glorot(inputWidth, width)
      sourceAttention = initializer.glorot(1, width, fanIn: heads, fanOut: outputWidth)
      targetAttention = initializer.glorot(1, width, fanIn: heads, fanOut: outputWidth)
    case .normal:
      let gain = Float(2).squareRoot()
      weight = initializer.glorotNormal(inputWidth, width, gain: gain)
      sourceAttention = initializer.glorotNormal(1, width, gain: gain, fanIn: width, fanOut: outputWidth)
      targetAttention = initializer.glorotNormal(1, width, gain: gain, fanIn: width, fanOut: outputWidth)
    }
    bias = initializer.constant(0, 1, merge == .concatenated ? heads * outputWidth : outputWidth)
    self.heads = heads
    self.merge = merge
    self.attentionDropout = attentionDropout
  }

  /// h' of each target. [S, in] → [T, H · D] concatenated, [T, D] averaged
  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    let projected = source.matmul(weight.value)
    let targetRows = target.map { $0.matmul(weight.value) } ?? block.targetRows(of: projected, given: nil)
    let attended = projected.graphAttention(
      sourceScores: projected.rowDot(sourceAttention.value, heads: heads),
      targetScores: targetRows.rowDot(targetAttention.value, heads: heads), over: block.looped,
      dropout: attentionDropout, using: Pass.nextStream())
    return attended.mergingHeads(heads, merge).addingRow(bias.value)
  }
}

extension Tensor {
  /// Heads side by side as they are, or their mean.
  ///
  /// - Shape: [N, H · D] → [N, H · D] or [N, D].
  func mergingHeads(_ heads: Int, _ merge: HeadMerge) -> Tensor {
    if merge == .concatenated || heads == 1 { return self }
    let width = columns / heads
    var sum = columns(0..<width)
    for head in 1..<heads { sum = sum + columns(head * width..<(head + 1) * width) }
    return (1 / Float(heads)) * sum
  }
}
