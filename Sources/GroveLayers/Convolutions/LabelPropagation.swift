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
  public let steps: Int
  public let alpha: Float

  public init(steps: Int = 50, alpha: Float = 0.9) {
    self.steps = steps
    self.alpha = alpha
  }

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
