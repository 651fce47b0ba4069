public import GroveGraphs
public import GroveKernels
public import GroveTensors

/// Convolutions in a row: the usual GCN, GraphSAGE, GAT and GATv2.
///
///     x → dropout → convolution → (+ residual) → norm → activation → … → dropout → last convolution → logits
///
/// The embedding is the input of the last convolution, before dropout.
public final class ConvolutionStack: NodeModel {
  /// The convolutions from input to logits, at least one.
  public let convolutions: [any GraphConvolution]
  /// One norm after each convolution but the last, or none.
  public let norms: [any Norm]
  /// One dense path beside each convolution but the last, or none.
  public let residuals: [Linear]
  /// Share of each convolution's input that is zeroed in training, in 0..<1.
  public let dropout: Float
  /// Function of every entry after each convolution but the last.
  public let activation: ElementwiseFunction

  /// - Parameters:
  ///   - norms: one after each convolution but the last, or none.
  ///   - residuals: a dense path beside each convolution but the last, or none.
  public init(
    convolutions: [any GraphConvolution], norms: [any Norm] = [], residuals: [Linear] = [], dropout: Float,
    activation: ElementwiseFunction = .relu
  ) {
    precondition(!convolutions.isEmpty, "ConvolutionStack: no convolutions")
    self.convolutions = convolutions
    self.norms = norms
    self.residuals = residuals
    self.dropout = dropout
    self.activation = activation
  }

  /// One block for each convolution.
  public var blockCount: Int { convolutions.count }

  /// Logits of the last block's targets, and the rows they were made from as embedding. [S, F] → [T, C]
  public func callAsFunction(_ features: Tensor, over blocks: [Block]) -> NodeOutput {
    precondition(blocks.count == blockCount, "ConvolutionStack: \(blocks.count) blocks for \(blockCount) convolutions")
    var h = features
    for layer in 0..<convolutions.count - 1 { h = activated(convolved(h, over: blocks[layer], layer), layer) }
    let last = blocks[blocks.count - 1]
    let logits = convolved(h, over: last, convolutions.count - 1)
    let embedding = convolutions.count == 1 ? logits : last.targetRows(of: h, given: nil)
    return NodeOutput(embedding: embedding, logits: logits)
  }

  /// Dropout and one convolution, with its dense path where it has one: each target's row needs its sources only.
  func convolved(_ h: Tensor, over block: Block, _ layer: Int) -> Tensor {
    let input = h.droppedOut(dropout, rowIDs: block.sourceIDs)
    let result = convolutions[layer](input, over: block)
    guard layer < residuals.count else { return result }
    return result + residuals[layer](block.targetRows(of: input, given: nil))
  }

  /// Norm and activation after a convolution but the last: a norm may look at all rows.
  func activated(_ h: Tensor, _ layer: Int) -> Tensor { (norms.isEmpty ? h : norms[layer](h)).applying(activation) }
}
