public import GroveGraphs
public import GroveTensors

/// Topology-adaptive graph convolution: a dense layer for each number of hops.
///
///     h' = Σ over k = 0…K of Âᵏ · x · W[k] + b,   Â = D^-1/2 A D^-1/2 with the loops that the graph has
///
/// - Shape: x [N, in] → [N, out]; W[k] [in, out], b [1, out]. The block must hold the same nodes on both sides.
/// - Start: PyTorch's linear layers, b zeros.
/// - Complexity: O(K · E · min(in, out) + K · N · in · out).
/// - Source: Du 2017.
public final class TAGConvolution: GraphConvolution {
  /// W[0] … W[K], one for each number of hops. Each [in, out]
  public let hops: [Linear]
  /// b, one number a column. [1, out]
  public let bias: Parameter

  /// A convolution over 0 … `propagations` hops, with a random start.
  public init(_ inputWidth: Int, _ outputWidth: Int, propagations: Int = 3, from initializer: Initializer) {
    hops = (0...propagations).map { _ in Linear(inputWidth, outputWidth, bias: false, from: initializer) }
    bias = initializer.constant(0, 1, outputWidth)
  }

  /// False: each propagation walks the block again.
  public var walksOnce: Bool { false }

  /// h' of each node. [N, in] → [N, out]
  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    let normalized = block.normalized(loops: .own)
    func propagated(_ x: Tensor) -> Tensor {
      x.aggregated(over: normalized.aggregation, weights: normalized.weights)
    }
    let weight = hops[0].weight
    if source.isSparse || weight.shape.rows > weight.shape.columns {
      // Horner: x W[0] + Â (x W[1] + Â (x W[2] + …)), so that edges are walked at the width of the result.
      var sum = hops[hops.count - 1](source)
      for hop in hops.dropLast().reversed() { sum = hop(source) + propagated(sum) }
      return sum.addingRow(bias.value)
    }
    var (h, sum) = (source, hops[0](source))
    for hop in hops.dropFirst() {
      h = propagated(h)
      sum = sum + hop(h)
    }
    return sum.addingRow(bias.value)
  }
}
