public import GroveGraphs
public import GroveTensors

/// Personalised-PageRank propagation of predictions; it has no parameters.
///
///     z⁰ = h,   zᵏ⁺¹ = (1 − α) · Â · zᵏ + α · h
///
/// - Shape: h [N, F] → [N, F]. The block must hold the same nodes on both sides.
/// - Complexity: O(K · E · F).
/// - Source: Gasteiger, Bojchevski, Günnemann 2019, eq. 5.
public final class APPNPPropagation: GraphConvolution {
  public let steps: Int
  public let teleport: Float

  public init(steps: Int = 10, teleport: Float = 0.1) {
    self.steps = steps
    self.teleport = teleport
  }

  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    let normalized = block.normalized
    var z = source
    for _ in 0..<steps {
      let mixed = z.aggregated(over: normalized.aggregation, weights: normalized.weights)
      z = .blending(1 - teleport, mixed, teleport, source)
    }
    return z
  }
}
