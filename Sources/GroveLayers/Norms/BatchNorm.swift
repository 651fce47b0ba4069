import GroveKernels
public import GroveTensors

/// Each column brought to mean 0 and variance 1 over the rows at hand, then scaled and shifted.
///
///     y = (x − mean(column)) / √(variance(column) + ε) · weight + bias
///
/// In training the rows' own statistics are used, and running ones are updated by a tenth (with the unbiased variance);
/// in evaluation the running ones are used.
///
/// - Shape: x [N, F] → [N, F]; weight, bias and both statistics [1, F].
/// - Source: Ioffe, Szegedy 2015, algorithms 1 and 2.
public final class BatchNorm: Norm {
  /// Scale of each column. [1, F]
  public let weight: Parameter
  /// Shift of each column. [1, F]
  public let bias: Parameter
  /// Mean of each column over the batches seen, used in evaluation. [1, F]
  public let runningMean: Buffer
  /// Unbiased variance of each column over the batches seen, used in evaluation. [1, F]
  public let runningVariance: Buffer
  /// ε, added to the variance before the root.
  public let epsilon: Float
  /// Share of a batch's statistics in the running ones after it, in 0...1.
  public let momentum: Float

  /// A norm of `width` columns; starts with weight 1, bias 0, running mean 0 and running variance 1.
  public init(_ width: Int, epsilon: Float = 1e-5, momentum: Float = 0.1, from initializer: Initializer) {
    weight = initializer.constant(1, 1, width)
    bias = initializer.constant(0, 1, width)
    runningMean = Buffer([Float](repeating: 0, count: width))
    runningVariance = Buffer([Float](repeating: 1, count: width))
    self.epsilon = epsilon
    self.momentum = momentum
  }

  /// y of each row; in training the running statistics move too. [N, F] → [N, F]
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let running = (mean: runningMean.value.values, variance: runningVariance.value.values)
    let (result, mean, variance) = x.batchNormalized(
      weight: weight.value, bias: bias.value, epsilon: epsilon, statistics: Pass.isTraining ? nil : running)
    if Pass.isTraining {
      let unbiased = Float(x.rows) / Float(max(1, x.rows - 1))
      for column in 0..<x.columns {
        runningMean.value[column] += momentum * (mean[column] - running.mean[column])
        runningVariance.value[column] += momentum * (variance[column] * unbiased - running.variance[column])
      }
    }
    return result
  }
}
