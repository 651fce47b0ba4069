import Foundation
public import GroveGraphs
public import GroveTensors

/// Graph convolution with an initial residual and identity mapping, for very deep networks.
///
///     h = (1 − α) · Â · x,   r = α · x⁰,   β = log(θ / layer + 1)
///     shared weights:  h' = (1 − β) · (h + r) + β · (h + r) · W₁
///     two weights:     h' = (1 − β) · (h + r) + β · (h · W₁ + r · W₂)
///
/// - Shape: x and x⁰ [N, F] → [N, F]; W [F, F].
/// - Start: Glorot.
/// - Complexity: O(E · F + N · F²).
/// - Source: Chen 2020, eq. 5 and, for two weights, GCNII*.
public final class GCNIIConvolution: Module {
  /// W₁, for the neighbors' rows and, where shared, the initial ones. [F, F]
  public let weight1: Parameter
  /// W₂, for the initial rows alone; nil where W₁ serves both. [F, F]
  public let weight2: Parameter?
  /// α, the share of the initial rows, in 0...1.
  public let alpha: Float
  /// β, the share of the transformed rows: log(θ / layer + 1).
  public let beta: Float

  /// - Parameter layer: number of this layer, from 1.
  public init(
    _ width: Int, alpha: Float = 0.1, theta: Float = 0.5, layer: Int, sharedWeights: Bool = true,
    from initializer: Initializer
  ) {
    precondition(layer >= 1, "GCNIIConvolution: layer \(layer); layers are numbered from 1")
    weight1 = initializer.glorot(width, width)
    weight2 = sharedWeights ? nil : initializer.glorot(width, width)
    self.alpha = alpha
    beta = Foundation.log(theta / Float(layer) + 1)
  }

  /// h' of each node, from the rows of the layer before and the initial ones. [N, F] → [N, F]
  public func callAsFunction(_ x: Tensor, initial: Tensor, over block: Block) -> Tensor {
    let normalized = block.normalized
    let mixed = x.aggregated(over: normalized.aggregation, weights: normalized.weights)
    let both = Tensor.blending(1 - alpha, mixed, alpha, initial)
    guard let weight2 else { return .blending(1 - beta, both, beta, both.matmul(weight1.value)) }
    let transformed = Tensor.blending(
      1 - alpha, mixed.matmul(weight1.value), alpha, initial.matmul(weight2.value))
    return .blending(1 - beta, both, beta, transformed)
  }
}
