public import GroveGraphs
public import GroveTensors

/// Graph isomorphism convolution: the sum of the neighbors, then a dense network of two layers.
///
///     h'[i] = ReLU(((1 + ε) · x[i] + Σ over j in N(i) of x[j]) · W₁ + b₁) · W₂ + b₂
///
/// - Shape: x [S, in] → [T, out]; W₁ [in, hidden], W₂ [hidden, out], ε [1, 1].
/// - Start: PyTorch's linear layers, ε 0.
/// - Complexity: O(E · min(in, hidden) + S · in · hidden + T · hidden · out).
/// - Source: Xu, Hu, Leskovec, Jegelka 2019, eq. 4.1. Edge weights play no part, as in PyTorch Geometric.
public final class GINConvolution: GraphConvolution {
  /// ε: how much more than a neighbor a node's own row counts. [1, 1]
  public let epsilon: Parameter
  /// W₁ and b₁. [in, hidden]
  public let first: Linear
  /// W₂ and b₂. [hidden, out]
  public let second: Linear

  /// A convolution with a random start.
  ///
  /// - Parameters:
  ///   - hidden: width between the two dense layers; nil: `outputWidth`.
  ///   - learnsEpsilon: whether ε is trained; else it stays 0.
  public init(
    _ inputWidth: Int, _ outputWidth: Int, hidden: Int? = nil, learnsEpsilon: Bool = true, from initializer: Initializer
  ) {
    epsilon = initializer.constant(0, 1, 1, decayGroup: .none)
    epsilon.isTrainable = learnsEpsilon
    first = Linear(inputWidth, hidden ?? outputWidth, from: initializer)
    second = Linear(hidden ?? outputWidth, outputWidth, from: initializer)
  }

  /// h' of each target. [S, in] → [T, out]
  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    let own = epsilon.value.adding(1)
    func mixed(_ x: Tensor, _ target: Tensor?) -> Tensor {
      x.aggregated(over: block.aggregation) + block.targetRows(of: x, given: target).scaled(by: own)
    }
    let weight = first.weight
    let hidden =
      source.isSparse || weight.shape.rows > weight.shape.columns
      // The sum of projected rows is the projected sum; the bias is added after it.
      ? mixed(source.matmul(weight.value), target?.matmul(weight.value)).addingBias(first.bias)
      : first(mixed(source, target))
    return second(hidden.relu())
  }
}
