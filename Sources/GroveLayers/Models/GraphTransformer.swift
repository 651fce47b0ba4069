public import GroveGraphs
public import GroveTensors

/// Layers that each keep the width of rows, after rows and walk encodings are summed: the graph transformer and GPS.
///
///     h = norm(dense(dropout(x))) + dense(norm(p)) → layer → … → dropout → dense → logits,   p the random-walk encoding
///
/// Rows and encodings pass dense layers of their own and are added. The norms (of columns) bring both to one size: rows of
/// bags of words are so small that encodings would drown them.
public final class GraphTransformer: NodeModel {
  /// Brings features to the hidden width. [in, hidden]
  public let input: Linear
  /// Brings what `input` makes to mean 0 and variance 1.
  public let inputNorm: BatchNorm
  private let encoding: WalkEncoding
  /// The layers, each of the hidden width.
  public let layers: [any GraphConvolution]
  /// Makes the logits. [hidden, C]
  public let output: Linear
  /// Share of the inputs of both dense layers that is zeroed in training, in 0..<1.
  public let dropout: Float

  /// A model of the given layers with encodings of `walkLength` steps and a random start of its dense layers.
  public init(
    _ inputWidth: Int, hidden: Int, _ classCount: Int, walkLength: Int, layers: [any GraphConvolution],
    dropout: Float, from initializer: Initializer
  ) {
    input = Linear(inputWidth, hidden, from: initializer)
    inputNorm = BatchNorm(hidden, from: initializer)
    encoding = WalkEncoding(steps: walkLength, hidden, from: initializer)
    self.layers = layers
    output = Linear(hidden, classCount, from: initializer)
    self.dropout = dropout
  }

  /// 1: encodings are those of the whole graph, so that every layer walks it.
  public var blockCount: Int { 1 }

  /// Logits, and the rows after the last layer as embedding. [N, in] → [N, C]
  public func callAsFunction(_ features: Tensor, over blocks: [Block]) -> NodeOutput {
    let block = blocks[0]
    var h = inputNorm(input(features.droppedOut(dropout, rowIDs: block.sourceIDs))) + encoding(block)
    for layer in layers { h = layer(h, over: block) }
    return NodeOutput(embedding: h, logits: output(h.droppedOut(dropout, rowIDs: block.sourceIDs)))
  }
}
