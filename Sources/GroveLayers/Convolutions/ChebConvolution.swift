public import GroveGraphs
public import GroveTensors

/// Spectral convolution with Chebyshev polynomials of the normalized Laplacian.
///
///     h' = Σ over k = 0…K−1 of T[k](L̂) · x · W[k] + b,   L̂ = 2 L / λ − 1 with λ = 2, so L̂ = −D^-1/2 A D^-1/2
///     T[0] = 1,  T[1] = L̂,  T[k] = 2 · L̂ · T[k−1] − T[k−2]
///
/// Loops of the graph are left out.
///
/// - Shape: x [N, in] → [N, out]; W[k] [in, out], b [1, out]. The block must hold the same nodes on both sides.
/// - Start: W Glorot, b zeros.
/// - Complexity: O(K · E · min(in, out) + K · N · in · out).
/// - Source: Defferrard, Bresson, Vandergheynst 2016, section 2.1. Differs: the largest eigenvalue is taken as its bound
///   2, as PyTorch Geometric does by default; directed graphs normalise by in-degree at both ends, as all layers here,
///   where PyTorch Geometric takes out-degrees. Undirected graphs give the same numbers.
public final class ChebConvolution: GraphConvolution {
  /// W[0] … W[K−1], one a polynomial. Each [in, out]
  public let polynomials: [Linear]
  /// b, one number a column. [1, out]
  public let bias: Parameter

  /// A convolution with `order` polynomials, K, at least one, and a random start.
  public init(_ inputWidth: Int, _ outputWidth: Int, order: Int = 3, from initializer: Initializer) {
    precondition(order >= 1, "ChebConvolution: \(order) polynomials")
    polynomials = (0..<order).map { _ in
      Linear(inputWidth, outputWidth, bias: false, start: .glorot, from: initializer)
    }
    bias = initializer.constant(0, 1, outputWidth)
  }

  /// False: each polynomial walks the block again.
  public var walksOnce: Bool { false }

  /// h' of each node. [N, in] → [N, out]
  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    let normalized = block.normalized(loops: .none)
    /// p · Â · x + q · y: L̂ is −Â.
    func step(_ p: Float, _ x: Tensor, _ q: Float, _ y: Tensor) -> Tensor {
      .blending(p, x.aggregated(over: normalized.aggregation, weights: normalized.weights), q, y)
    }
    let weight = polynomials[0].weight
    let order = polynomials.count
    if order > 1 && (source.isSparse || weight.shape.rows > weight.shape.columns) {
      // Clenshaw: B[k] = x W[k] + 2 L̂ B[k+1] − B[k+2] from the last polynomial down, at the width of the result.
      var (next, after) = (polynomials[order - 1](source), Tensor?.none)
      for k in stride(from: order - 2, through: 0, by: -1) {
        var sum = step(k == 0 ? -1 : -2, next, 1, polynomials[k](source))
        if let after { sum = sum - after }
        (next, after) = (sum, next)
      }
      return next.addingRow(bias.value)
    }
    var sum = polynomials[0](source)
    var (before, last) = (source, source)
    for k in 1..<max(1, order) {
      let h =
        k == 1
        ? -1 * source.aggregated(over: normalized.aggregation, weights: normalized.weights)
        : step(-2, last, -1, before)
      (before, last) = (last, h)
      sum = sum + polynomials[k](h)
    }
    return sum.addingRow(bias.value)
  }
}
