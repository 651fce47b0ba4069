public import GroveGraphs
public import GroveTensors

/// Propagation without weights whose result is the mean over the number of hops.
///
///     h' = (x + Â x + … + Âᴷ x) / (K + 1),   Â = D^-1/2 A D^-1/2 without loops
///
/// - Shape: x [N, F] → [N, F]. The block must hold the same nodes on both sides.
/// - Complexity: O(K · E · F).
/// - Source: He 2020, eq. 3 and 4, with equal weights of the layers.
public final class LightGCNPropagation: GraphConvolution {
  /// K, the largest number of hops.
  public let propagations: Int

  /// Propagation over 0 … `propagations` hops.
  public init(propagations: Int = 3) { self.propagations = propagations }

  /// False: each propagation walks the block again.
  public var walksOnce: Bool { false }

  /// h' of each node. [N, F] → [N, F]
  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    let normalized = block.normalized(loops: .none)
    var (h, sum) = (source, source)
    for _ in 0..<propagations {
      h = h.aggregated(over: normalized.aggregation, weights: normalized.weights)
      sum = sum + h
    }
    return (1 / Float(propagations + 1)) * sum
  }
}
