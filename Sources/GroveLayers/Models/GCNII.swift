public import GroveGraphs
public import GroveTensors

/// Deep graph convolutions with initial residual and identity mapping.
///
///     x⁰ = ReLU(dense(dropout(x))),  x ← ReLU(convolution(dropout(x), x⁰)) …,  logits = dense(dropout(x))
///
/// Convolutions decay with the main group, the two dense layers with the second, as in the paper's experiments.
/// - Source: Chen 2020, section 5.1.
public final class GCNII: NodeModel {
  public let input: Linear
  public let convolutions: [GCNIIConvolution]
  public let output: Linear
  public let dropout: Float

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

  public var blockCount: Int { 1 }

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
