public import GroveGraphs
public import GroveTensors

/// Deep graph convolutions with initial residual and identity mapping.
///
///     x⁰ = ReLU(dense(dropout(x))),  x ← ReLU(convolution(dropout(x), x⁰)) …,  logits = dense(dropout(x))
///
/// Convolutions decay with the main group, the two dense layers with the second, as in the paper's experiments.
/// - Source: Chen 2020, section 5.1.
public final class GCNII: NodeModel {
  /// The dense layer before the convolutions, which makes x⁰. [in, hidden]
  public let input: Linear
  /// The convolutions, each of the hidden width.
  public let convolutions: [GCNIIConvolution]
  /// The dense layer after them, which makes the logits. [hidden, C]
  public let output: Linear
  /// Share of each layer's input that is zeroed in training, in 0..<1.
  public let dropout: Float

  /// A model of `layers` convolutions between two dense layers, with a random start.
  public init(
    _ inputWidth: Int, hidden: Int, _ classCount: Int, layers: Int, alpha: Float, theta: Float, sharedWeights: Bool,
    dropout: Float, from initializer: Initializer
  ) {
    input = Linear(inputWidth, hidden, decayGroup: .second, from: initializer)
    convolutions = (1...max(1, layers)).map {
      GCNIIConvolution(hidden, alpha: alpha, theta: theta, layer: $0, sharedWeights: sharedWeights, from: initializer)
    }
    output = Linear(hidden, classCount, decayGroup: .second, from: initializer)
    self.dropout = dropout
  }

  /// 1: every convolution walks the same block.
  public var blockCount: Int { 1 }

  /// Logits, and the rows after the last convolution as embedding. [N, in] → [N, C]
  public func callAsFunction(_ features: Tensor, over blocks: [Block]) -> NodeOutput {
    let block = blocks[0]
    let initial = input(features.droppedOut(dropout, rowIDs: block.sourceIDs)).relu()
    var h = initial
    for convolution in convolutions {
      h = convolution(h.droppedOut(dropout, rowIDs: block.sourceIDs), initial: initial, over: block).relu()
    }
    return NodeOutput(embedding: h, logits: output(h.droppedOut(dropout, rowIDs: block.sourceIDs)))
  }
}
