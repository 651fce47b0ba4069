public import GroveGraphs
import GroveKernels
public import GroveTensors

/// Classes spread along edges from the nodes whose class is known; nothing is trained.
///
///     y⁰ = one row a known class, else zeros,   yᵏ⁺¹ = clamp(α · Â · yᵏ + (1 − α) · y⁰, 0, 1)
///
/// - Shape: y⁰ [N, C] → [N, C].
/// - Complexity: O(K · E · C).
/// - Source: Zhu, Ghahramani 2002, in the smoothed form of Zhou 2004, eq. 4, iterated `steps` times.
public struct LabelPropagation: Sendable {
  /// K, the number of propagation steps.
  public let steps: Int
  /// α, the share that comes along edges in each step, in 0...1.
  public let alpha: Float

  /// Propagation with 50 steps and α 0.9 unless told otherwise.
  public init(steps: Int = 50, alpha: Float = 0.9) {
    self.steps = steps
    self.alpha = alpha
  }

  /// A score in 0...1 for each node and class, from the rows of known classes. [N, C] → [N, C]
  public func callAsFunction(_ known: Tensor, over block: Block) -> Tensor {
    Pass.evaluation {
      let normalized = block.normalized
      let restart = (1 - alpha) * known
      var y = known
      for _ in 0..<steps {
        y = alpha * y.aggregated(over: normalized.aggregation, weights: normalized.weights) + restart
        y.buffer.write { for i in 0..<$0.count { $0[i] = min(max($0[i], 0), 1) } }
      }
      return y
    }
  }
}
