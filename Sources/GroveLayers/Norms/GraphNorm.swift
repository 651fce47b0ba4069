import GroveKernels
public import GroveTensors

/// Column norm over a graph's nodes that learns how much of the mean to take out.
///
///     c = x − meanScale · mean(column),   y = weight · c / √(mean(c²) + ε) + bias
///
/// - Shape: x [N, F] → [N, F]; weight, bias and meanScale [1, F].
/// - Source: Cai 2021, eq. 6. One graph: all rows belong to it.
public final class GraphNorm: Norm {
  /// Scale of each column. [1, F]
  public let weight: Parameter
  /// Shift of each column. [1, F]
  public let bias: Parameter
  /// How much of each column's mean is taken out: 1 all of it, 0 none. [1, F]
  public let meanScale: Parameter
  /// ε, added to the mean square before the root.
  public let epsilon: Float

  /// A norm of `width` columns; starts with weight 1, bias 0 and meanScale 1.
  public init(_ width: Int, epsilon: Float = 1e-5, from initializer: Initializer) {
    weight = initializer.constant(1, 1, width)
    bias = initializer.constant(0, 1, width)
    meanScale = initializer.constant(1, 1, width)
    self.epsilon = epsilon
  }

  /// y of each row of one graph. [N, F] → [N, F]
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let centered = x.addingRow(-1 * x.columnMean().scalingColumns(by: meanScale.value))
    let deviation = centered.applying(.square).columnMean().adding(epsilon).applying(.reciprocalSquareRoot)
    return centered.scalingColumns(by: deviation).scalingColumns(by: weight.value).addingRow(bias.value)
  }
}
