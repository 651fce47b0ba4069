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
  /// K, the number of propagation steps.
  public let steps: Int
  /// α, the share of the first predictions in each step, in 0...1.
  public let teleport: Float

  /// Propagation with the paper's 10 steps and teleport 0.1 unless told otherwise.
  public init(steps: Int = 10, teleport: Float = 0.1) {
    self.steps = steps
    self.teleport = teleport
  }

  /// False: each propagation walks the block again.
  public var walksOnce: Bool { false }

  /// The predictions after K steps. [N, F] → [N, F]
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
