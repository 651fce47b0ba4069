public import GroveGraphs
public import GroveTensors

/// Signed attention in several layers, each with a share of the first rows.
///
///     h⁰ = ReLU(dense(dropout(x))),   hˡ = ε · h⁰ + FAConvolution(hˡ⁻¹),   logits = dense(hᴸ)
///
/// - Source: Bo 2021, with dropout after the first layer and on gates, as in the authors' code.
public final class FAGCN: NodeModel {
  /// Makes h⁰. [in, hidden]
  public let input: Linear
  /// The layers of signed attention.
  public let convolutions: [FAConvolution]
  /// Makes the logits. [hidden, C]
  public let output: Linear
  /// ε, the share of h⁰ in each layer's result.
  public let epsilon: Float
  /// Share of inputs, first rows and gates that is zeroed in training, in 0..<1.
  public let dropout: Float

  /// A model of `layers` layers of signed attention with a random start.
  public init(
    _ inputWidth: Int, hidden: Int, _ classCount: Int, layers: Int, epsilon: Float, dropout: Float,
    from initializer: Initializer
  ) {
    input = Linear(inputWidth, hidden, start: .glorot, from: initializer)
    convolutions = (0..<layers).map { _ in FAConvolution(hidden, gateDropout: dropout, from: initializer) }
    output = Linear(hidden, classCount, start: .glorot, from: initializer)
    self.epsilon = epsilon
    self.dropout = dropout
  }

  /// 1: every layer walks the same block, since each takes h⁰.
  public var blockCount: Int { 1 }

  /// Logits, and the rows that they are made from as embedding. [N, in] → [N, C]
  public func callAsFunction(_ features: Tensor, over blocks: [Block]) -> NodeOutput {
    let block = blocks[0]
    let first = input(features.droppedOut(dropout, rowIDs: block.sourceIDs)).relu()
      .droppedOut(dropout, rowIDs: block.sourceIDs)
    var h = first
    for convolution in convolutions { h = .blending(1, convolution(h, over: block), epsilon, first) }
    return NodeOutput(embedding: h, logits: output(h))
  }
}
