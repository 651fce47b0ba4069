public import GroveGraphs
public import GroveTensors

/// Dense layers on each node's own features; the graph is not used.
///
///     x → dropout → dense → norm → ReLU → … → dropout → dense → logits
public final class MLP: NodeModel {
  /// The dense layers from input to logits.
  public let layers: [Linear]
  /// One norm after each layer but the last, or none.
  public let norms: [any Norm]
  /// Share of each layer's input that is zeroed in training, in 0..<1.
  public let dropout: Float

  /// - Parameter widths: input, hidden …, output.
  public init(widths: [Int], norm: NormKind = .none, dropout: Float, from initializer: Initializer) {
    precondition(widths.count >= 2, "MLP: widths \(widths); give input and output at least")
    layers = zip(widths, widths.dropFirst()).map { Linear($0, $1, from: initializer) }
    norms = widths.dropFirst().dropLast().compactMap { norm.make($0, from: initializer) }
    self.dropout = dropout
  }

  /// 1: the block only tells which rows are targets.
  public var blockCount: Int { 1 }

  /// Logits of the targets, and their last hidden rows as embedding. [S, F] → [T, C]
  public func callAsFunction(_ features: Tensor, over blocks: [Block]) -> NodeOutput {
    let ids = blocks[0].sourceIDs
    let (hidden, logits) = self(features, rowIDs: ids)
    return NodeOutput(
      embedding: blocks[0].targetRows(of: hidden, given: nil), logits: blocks[0].targetRows(of: logits, given: nil))
  }

  /// Hidden rows before the last layer, and its result.
  func callAsFunction(_ x: Tensor, rowIDs: [Int32]?) -> (hidden: Tensor, logits: Tensor) {
    var h = x
    for layer in 0..<layers.count - 1 {
      h = layers[layer](h.droppedOut(dropout, rowIDs: rowIDs))
      if !norms.isEmpty { h = norms[layer](h) }
      h = h.relu()
    }
    let logits = layers[layers.count - 1](h.droppedOut(dropout, rowIDs: rowIDs))
    return (layers.count == 1 ? logits : h, logits)
  }
}
