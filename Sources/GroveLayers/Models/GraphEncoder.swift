public import GroveGraphs
public import GroveKernels
public import GroveTensors

/// What turns input rows and blocks into one embedding a target.
public protocol NodeEncoder: Module {
  /// D, the number of embedding columns.
  var width: Int { get }
  /// Number of blocks that one pass walks through, each one hop; on a full graph each is the same block.
  var blockCount: Int { get }

  /// Embeddings of the last block's targets. [S, F] → [T, D]
  ///
  /// - Parameter features: rows of the first block's sources.
  /// - Precondition: `blocks.count == blockCount`.
  func callAsFunction(_ features: Tensor, over blocks: [Block]) -> Tensor
}

extension NodeEncoder {
  /// Embeddings of every node of a graph. [N, F] → [N, D]
  public func callAsFunction(_ features: Tensor, on graph: Graph) -> Tensor {
    self(features, over: [Block](repeating: graph.block, count: blockCount))
  }
}

/// Convolutions in a row that end in rows of length 1, for losses that compare nodes by angle.
///
///     x → dropout → convolution → activation → … → dropout → convolution → activation → mean over heads → length 1
///
/// Heads of the last convolution are averaged after its activation. Rows of zeros stay zeros.
///
/// - Shape: [S, F] → [T, D].
/// - Source: the encoder of OpenIMA's published code (arXiv 2403.11483).
public final class GraphEncoder: NodeEncoder {
  /// The convolutions from input to embedding, each with its heads side by side.
  public let convolutions: [any GraphConvolution]
  /// H, the heads of the last convolution.
  public let heads: Int
  /// D.
  public let width: Int
  /// Share of each convolution's input that is zeroed in training, in 0..<1.
  public let dropout: Float
  /// Whether training computes each convolution a second time instead of keeping what its gradient needs.
  public let recomputes: Bool
  /// Function of every entry after each convolution.
  public let activation: ElementwiseFunction

  /// - Precondition: at least one convolution, the last of which gives heads · width columns.
  public init(
    _ convolutions: [any GraphConvolution], heads: Int = 1, width: Int, dropout: Float,
    recomputes: Bool = false, activation: ElementwiseFunction = .elu(alpha: 1)
  ) {
    precondition(!convolutions.isEmpty, "GraphEncoder: no convolutions")
    self.convolutions = convolutions
    self.heads = heads
    self.width = width
    self.dropout = dropout
    self.recomputes = recomputes
    self.activation = activation
  }

  /// One block for each convolution.
  public var blockCount: Int { convolutions.count }

  /// Rows of length 1, one a target of the last block. [S, F] → [T, D]
  public func callAsFunction(_ features: Tensor, over blocks: [Block]) -> Tensor {
    precondition(blocks.count == blockCount, "GraphEncoder: \(blocks.count) blocks for \(blockCount) convolutions")
    var rows = features
    for (convolution, block) in zip(convolutions, blocks) {
      let layer = { [dropout, activation] (input: Tensor) -> Tensor in
        convolution(input.droppedOut(dropout, rowIDs: block.sourceIDs), over: block).applying(activation)
      }
      rows = recomputes ? rows.recomputing(layer) : layer(rows)
    }
    precondition(
      rows.columns == heads * width, "GraphEncoder: \(rows.columns) columns, not \(heads) heads of width \(width)")
    return rows.mergingHeads(heads, .mean).normalizedRows()
  }
}
