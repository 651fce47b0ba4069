import GroveKernels
public import GroveTensors

/// Keeps the mean distance between nodes constant through deep networks.
///
///     c = x − mean over nodes,   y = scale · c / √(ε + mean over nodes of |c|²)
///
/// - Shape: x [N, F] → [N, F]. No parameters.
/// - Source: Zhao, Akoglu 2020, eq. 10–11 (not the per-node variant).
public final class PairNorm: Norm {
  public let scale: Float
  public let epsilon: Float

  public init(scale: Float = 1, epsilon: Float = 1e-5) {
    self.scale = scale
    self.epsilon = epsilon
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let centered = x.addingRow(-1 * x.columnMean())
    let meanSquare = (1 / Float(max(1, x.rows))) * centered.applying(.square).sum()
    return scale * centered.scaled(by: meanSquare.adding(epsilon).applying(.reciprocalSquareRoot))
  }
}
