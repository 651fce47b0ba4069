public import GroveGraphs
public import GroveTensors

/// Simple graph convolution as a classifier.
///
/// Its embedding is its logits: there is no hidden layer.
public final class SGC: NodeModel {
  /// The one layer, which propagates and classifies.
  public let convolution: SGConvolution
  /// Share of the input that is zeroed in training, in 0..<1.
  public let dropout: Float

  /// A model from `inputWidth` features to `classCount` logits, with a random start.
  public init(
    _ inputWidth: Int, _ classCount: Int, propagations: Int, dropout: Float, from initializer: Initializer
  ) {
    convolution = SGConvolution(inputWidth, classCount, propagations: propagations, from: initializer)
    self.dropout = dropout
  }

  /// 1: every propagation walks the same block.
  public var blockCount: Int { 1 }

  /// Logits, which are the embedding too. [N, in] → [N, C]
  public func callAsFunction(_ features: Tensor, over blocks: [Block]) -> NodeOutput {
    let logits = convolution(features.droppedOut(dropout, rowIDs: blocks[0].sourceIDs), over: blocks[0])
    return NodeOutput(embedding: logits, logits: logits)
  }
}
