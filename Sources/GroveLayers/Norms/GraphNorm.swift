import GroveKernels
public import GroveTensors

/// Column norm over a graph's nodes that learns how much of the mean to take out.
///
///     c = x − meanScale · mean(column),   y = weight · c / √(mean(c²) + ε) + bias
///
/// - Shape: x [N, F] → [N, F]; weight, bias and meanScale [1, F].
/// - Source: Cai 2021, eq. 6. One graph: all rows belong to it.
public final class GraphNorm: Norm {
  public let weight: Parameter
  public let bias: Parameter
  public let meanScale: Parameter
  public let epsilon: Float

  public init(_ width: Int, epsilon: Float = 1e-5, from initializer: Initializer) {
    weight = initializer.constant(1, 1, width)
    bias = initializer.constant(0, 1, width)
    meanScale = initializer.constant(1, 1, width)
    self.epsilon = epsilon
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let centered = x.addingRow(-1 * x.columnMean().scalingColumns(by: meanScale.value))
    let deviation = centered.applying(.square).columnMean().adding(epsilon).applying(.reciprocalSquareRoot)
    return centered.scalingColumns(by: deviation).scalingColumns(by: weight.value).addingRow(bias.value)
  }
}
