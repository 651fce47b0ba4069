public import GroveGraphs
public import GroveTensors

/// Simple graph convolution as a classifier.
///
/// Its embedding is its logits: there is no hidden layer.
public final class SGC: NodeModel {
  public let convolution: SGConvolution
  public let dropout: Float

  public init(
    _ inputWidth: Int, _ classCount: Int, propagations: Int, dropout: Float, from initializer: Initializer
  ) {
    convolution = SGConvolution(inputWidth, classCount, propagations: propagations, from: initializer)
    self.dropout = dropout
  }

  public var blockCount: Int { 1 }

  public func callAsFunction(_ features: Tensor, over blocks: [Block]) -> NodeOutput {
    let logits = convolution(features.droppedOut(dropout, rowIDs: blocks[0].sourceIDs), over: blocks[0])
    return NodeOutput(embedding: logits, logits: logits)
  }
}
