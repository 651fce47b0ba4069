public import GroveGraphs
public import GroveKernels
public import GroveTensors

/// Convolutions in a row: the usual GCN, GraphSAGE, GAT and GATv2.
///
///     x → dropout → convolution → (+ residual) → norm → activation → … → dropout → last convolution → logits
///
/// The embedding is the input of the last convolution, before dropout. With jumping knowledge every convolution is a
/// hidden one, and a dense layer classifies the merged rows of all of them, which are the embedding.
public final class ConvolutionStack: NodeModel {
  /// The convolutions from input to logits, at least one.
  public let convolutions: [any GraphConvolution]
  /// One norm after each hidden convolution, or none.
  public let norms: [any Norm]
  /// One dense path beside each hidden convolution, or none.
  public let residuals: [Linear]
  /// What merges the rows of all layers and classifies them; nil where the last convolution gives the logits.
  public let head: Head?
  /// Share of each convolution's input that is zeroed in training, in 0..<1.
  public let dropout: Float
  /// Whether training computes what a convolution keeps for its gradient a second time instead of keeping it.
  public let recomputes: Bool
  /// Function of every entry after each hidden convolution.
  public let activation: ElementwiseFunction

  /// Jumping knowledge and the dense layer after it.
  public final class Head: Module {
    /// What merges the rows of all layers.
    public let jumping: JumpingKnowledge
    /// What makes the logits of the merged rows.
    public let output: Linear

    /// A head over convolutions of one width.
    public init(_ jumping: JumpingKnowledge, _ output: Linear) { (self.jumping, self.output) = (jumping, output) }
  }

  /// - Parameters:
  ///   - norms: one after each hidden convolution (each but the last, with a head each), or none.
  ///   - residuals: a dense path beside each hidden convolution, or none.
  ///   - recomputes: whether training saves memory by computing each convolution twice.
  ///   - head: what classifies the rows of all convolutions, which then have one width; nil: the last one gives logits.
  public init(
    convolutions: [any GraphConvolution], norms: [any Norm] = [], residuals: [Linear] = [], head: Head? = nil,
    dropout: Float, recomputes: Bool = false, activation: ElementwiseFunction = .relu
  ) {
    precondition(!convolutions.isEmpty, "ConvolutionStack: no convolutions")
    self.convolutions = convolutions
    self.norms = norms
    self.residuals = residuals
    self.head = head
    self.dropout = dropout
    self.recomputes = recomputes
    self.activation = activation
  }

  /// One block for each convolution.
  public var blockCount: Int { convolutions.count }

  /// Logits of the last block's targets, and the rows they were made from as embedding. [S, F] → [T, C]
  public func callAsFunction(_ features: Tensor, over blocks: [Block]) -> NodeOutput {
    precondition(blocks.count == blockCount, "ConvolutionStack: \(blocks.count) blocks for \(blockCount) convolutions")
    var input = features.droppedOut(dropout, rowIDs: blocks[0].sourceIDs)
    var kept: [Tensor] = []
    var embedding: (() -> Tensor)?
    for (layer, block) in blocks.enumerated() {
      let random = Pass.nextStream()
      if let rectifier = rectifier(after: layer, of: blocks, random) {
        let rows = convolutions[layer].rectified(input, over: block, by: rectifier)
        if layer == convolutions.count - 2 { embedding = { rows } }
        input = rows
        continue
      }
      let result = convolved(dropped: input, over: block, layer)
      guard layer < convolutions.count - 1 else {
        if head != nil {
          return classified(jumped(kept, to: block) + [activated(result, layer)], rowIDs: block.targetIDs)
        }
        return NodeOutput(
          embedding: embedding.map { block.targetRows(of: $0(), given: nil) } ?? result, logits: result)
      }
      let rowIDs = blocks[layer + 1].sourceIDs
      if head != nil {
        let h = activated(result, layer)
        kept = jumped(kept, to: block) + [h]
        input = h.droppedOut(dropout, rowIDs: rowIDs)
        continue
      }
      let rows = normed(result, layer)
      let activation = activation
      if layer == convolutions.count - 2 { embedding = { rows.applying(activation) } }
      input =
        random.map { rows.applying(activation, thenDropping: dropout, rowIDs: rowIDs, using: $0) }
        ?? rows.applying(activation)
    }
    preconditionFailure("ConvolutionStack: no convolutions")
  }

  /// What can be done to a hidden convolution's rows as they are written: ReLU and dropout where nobody else reads the
  /// rows before them, or, for the embedding, between them.
  private func rectifier(after layer: Int, of blocks: [Block], _ random: RandomStream?) -> Rectifier? {
    guard case .relu = activation, layer < convolutions.count - 1, head == nil, norms.isEmpty, !recomputes,
      layer >= residuals.count
    else { return nil }
    guard dropout > 0, let random else { return Rectifier() }
    guard layer < convolutions.count - 2 else { return nil }
    return Rectifier(thenDropping: dropout, rowIDs: blocks[layer + 1].sourceIDs, using: random)
  }

  /// The rows that earlier layers gave, of a block's targets alone.
  private func jumped(_ kept: [Tensor], to block: Block) -> [Tensor] {
    kept.map { block.targetRows(of: $0, given: nil) }
  }

  /// Output of the head for the rows that each layer gave.
  func classified(_ layers: [Tensor], rowIDs: [Int32]?) -> NodeOutput {
    guard let head else { preconditionFailure("ConvolutionStack: no head") }
    let merged = head.jumping(layers)
    return NodeOutput(embedding: merged, logits: head.output(merged.droppedOut(dropout, rowIDs: rowIDs)))
  }

  /// One convolution, with its dense path where it has one: each target's row needs its sources only.
  func convolved(dropped input: Tensor, over block: Block, _ layer: Int) -> Tensor {
    recomputes
      ? input.recomputing { self.convolvedOnce($0, over: block, layer) } : convolvedOnce(input, over: block, layer)
  }

  private func convolvedOnce(_ input: Tensor, over block: Block, _ layer: Int) -> Tensor {
    let result = convolutions[layer](input, over: block)
    guard layer < residuals.count else { return result }
    return result + residuals[layer](block.targetRows(of: input, given: nil))
  }

  /// Norm and activation after a hidden convolution: a norm may look at all rows.
  func activated(_ h: Tensor, _ layer: Int) -> Tensor { normed(h, layer).applying(activation) }

  private func normed(_ h: Tensor, _ layer: Int) -> Tensor { norms.isEmpty ? h : norms[layer](h) }
}
