public import GroveGraphs
public import GroveTensors

/// The convolution of the one-dimensional Weisfeiler–Leman test, which PyTorch Geometric calls GraphConv.
///
///     h'[i] = (Σ over j in N(i) of w[j, i] · x[j]) · W_neighbor + b + x[i] · W_own
///
/// - Shape: x [S, in] → [T, out]; both W [in, out], b [1, out]; w are the edge weights, 1 where there are none.
/// - Start: PyTorch's linear layers.
/// - Complexity: O(E · min(in, out) + S · in · out).
/// - Source: Morris 2019, before the nonlinearity.
public final class MorrisConvolution: GraphConvolution {
  /// W_neighbor and b, for the sum of the neighbors. [in, out]
  public let neighbor: Linear
  /// W_own, for a node's own row; it has no bias. [in, out]
  public let own: Linear

  /// A convolution from `inputWidth` to `outputWidth` columns with a random start.
  public init(_ inputWidth: Int, _ outputWidth: Int, from initializer: Initializer) {
    neighbor = Linear(inputWidth, outputWidth, from: initializer)
    own = Linear(inputWidth, outputWidth, bias: false, from: initializer)
  }

  /// h' of each target. [S, in] → [T, out]
  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    let weight = neighbor.weight
    let mixed =
      source.isSparse || weight.shape.rows > weight.shape.columns
      ? source.matmul(weight.value).aggregated(over: block.aggregation, weights: block.weights)
        .addingBias(neighbor.bias)
      : neighbor(source.aggregated(over: block.aggregation, weights: block.weights))
    return mixed + own(block.targetRows(of: source, given: target))
  }
}
