import GroveKernels
public import GroveTensors

/// Keeps the mean distance between nodes constant through deep networks.
///
///     c = x − mean over nodes,   y = scale · c / √(ε + mean over nodes of |c|²)
///
/// - Shape: x [N, F] → [N, F]. No parameters.
/// - Source: Zhao, Akoglu 2020, eq. 10–11 (not the per-node variant).
public final class PairNorm: Norm {
  /// Root mean square length of the rows that come out.
  public let scale: Float
  /// ε, added to the mean square length before the root.
  public let epsilon: Float

  /// A norm to rows of length `scale` in the root mean square.
  public init(scale: Float = 1, epsilon: Float = 1e-5) {
    self.scale = scale
    self.epsilon = epsilon
  }

  /// y of each row of one graph. [N, F] → [N, F]
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let centered = x.addingRow(-1 * x.columnMean())
    let meanSquare = (1 / Float(max(1, x.rows))) * centered.applying(.square).sum()
    return scale * centered.scaled(by: meanSquare.adding(epsilon).applying(.reciprocalSquareRoot))
  }
}
