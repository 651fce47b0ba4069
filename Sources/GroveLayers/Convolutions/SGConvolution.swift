public import GroveGraphs
public import GroveTensors

/// Simple graph convolution: K propagations and one dense layer.
///
///     h' = Â^K · x · W + b
///
/// - Shape: x [N, in] → [N, out]; W [in, out], b [1, out]. The block must hold the same nodes on both sides.
/// - Start: PyTorch's linear layer.
/// - Complexity: O(K · E · min(in, out) + N · in · out).
/// - Source: Wu 2019, eq. 8.
public final class SGConvolution: GraphConvolution {
  /// W and b, the only parameters. [in, out]
  public let linear: Linear
  /// K, how often rows are mixed along edges.
  public let propagations: Int

  /// A convolution over K hops from `inputWidth` to `outputWidth` columns, with a random start.
  public init(_ inputWidth: Int, _ outputWidth: Int, propagations: Int = 2, from initializer: Initializer) {
    linear = Linear(inputWidth, outputWidth, from: initializer)
    self.propagations = propagations
  }

  /// False: each propagation walks the block again.
  public var walksOnce: Bool { false }

  /// h' of each node. [N, in] → [N, out]
  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    let normalized = block.normalized
    let projectsFirst = source.isSparse || linear.weight.shape.columns <= linear.weight.shape.rows
    var h = projectsFirst ? source.matmul(linear.weight.value) : source
    for _ in 0..<propagations { h = h.aggregated(over: normalized.aggregation, weights: normalized.weights) }
    return (projectsFirst ? h : h.matmul(linear.weight.value)).addingBias(linear.bias)
  }
}
