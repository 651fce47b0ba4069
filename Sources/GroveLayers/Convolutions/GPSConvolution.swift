public import GroveGraphs
public import GroveTensors

/// A layer that looks along edges and at all nodes at once.
///
///     l = norm(x + dropout(SAGE(x))),   g = norm(x + dropout(O · attention of all nodes to all nodes))
///     h' = norm(s + W₂ ReLU(W₁ s)),   s = l + g, with dropout after each dense layer
///
/// The local layer is GraphSAGE's mean, which keeps a node's own row apart from its neighbors'.
///
/// - Shape: x [N, F] → [N, F]; F a multiple of H; W₁ [F, 2F], W₂ [2F, F].
/// - Complexity: O(E · F + N² · F) time; O(N · F) memory beside a block of attention rows.
/// - Source: Rampášek 2022, "Recipe for a General, Powerful, Scalable Graph Transformer"; the order of norms, dropout and
///   residuals is that of PyTorch Geometric's `GPSConv`.
public final class GPSConvolution: GraphConvolution {
  /// The layer along edges.
  public let local: SAGEConvolution
  /// Makes queries. [F, F]
  public let query: Linear
  /// Makes keys. [F, F]
  public let key: Linear
  /// Makes values. [F, F]
  public let value: Linear
  /// O, over all heads. [F, F]
  public let merge: Linear
  /// W₁. [F, 2F]
  public let expand: Linear
  /// W₂. [2F, F]
  public let contract: Linear
  /// The norms of l, g and h', or none.
  public let norms: [any Norm]
  /// Number of attention heads.
  public let heads: Int
  /// Share of rows that is zeroed in training, in 0..<1.
  public let dropout: Float
  /// Share of attention weights that is zeroed in training, in 0..<1.
  public let attentionDropout: Float

  /// A layer for rows of `width` columns, with a random start.
  public init(
    _ width: Int, heads: Int, norm: NormKind = .batch, dropout: Float = 0, attentionDropout: Float = 0,
    from initializer: Initializer
  ) {
    precondition(width % heads == 0, "GPSConvolution: width \(width) is no multiple of \(heads) heads")
    local = SAGEConvolution(width, width, from: initializer)
    query = Linear(width, width, start: .glorot, from: initializer)
    key = Linear(width, width, start: .glorot, from: initializer)
    value = Linear(width, width, start: .glorot, from: initializer)
    merge = Linear(width, width, from: initializer)
    expand = Linear(width, 2 * width, from: initializer)
    contract = Linear(2 * width, width, from: initializer)
    norms = (0..<3).compactMap { _ in norm.make(width, from: initializer) }
    self.heads = heads
    self.dropout = dropout
    self.attentionDropout = attentionDropout
  }

  /// False: attention looks at all nodes, so that targets and sources must be the same.
  public var walksOnce: Bool { false }

  /// h'. [N, F] → [N, F]
  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    precondition(
      block.placement == .same,
      "GPSConvolution: \(block.targetCount) targets of \(block.sourceCount) sources; all needed")
    let x = source.densified()
    func dropped(_ x: Tensor) -> Tensor { x.droppedOut(dropout, rowIDs: block.sourceIDs) }
    let near = normed(x + dropped(local(x, over: block)), 0)
    let attended = query(x).globalAttention(
      keys: key(x), values: value(x), heads: heads, dropout: attentionDropout, using: Pass.nextStream())
    let far = normed(x + dropped(merge(attended)), 1)
    let sum = near + far
    return normed(sum + dropped(contract(dropped(expand(sum).relu()))), 2)
  }

  private func normed(_ x: Tensor, _ number: Int) -> Tensor { norms.isEmpty ? x : norms[number](x) }
}
