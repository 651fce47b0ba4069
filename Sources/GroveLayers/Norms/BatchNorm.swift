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
  public let weight: Parameter
  public let bias: Parameter
  public let runningMean: Buffer
  public let runningVariance: Buffer
  public let epsilon: Float
  public let momentum: Float

  public init(_ width: Int, epsilon: Float = 1e-5, momentum: Float = 0.1, from initializer: Initializer) {
    weight = initializer.constant(1, 1, width)
    bias = initializer.constant(0, 1, width)
    runningMean = Buffer([Float](repeating: 0, count: width))
    runningVariance = Buffer([Float](repeating: 1, count: width))
    self.epsilon = epsilon
    self.momentum = momentum
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let standardized: Tensor
    if Pass.isTraining {
      let (result, mean, variance) = x.standardizedColumns(epsilon: epsilon)
      let unbiased = Float(x.rows) / Float(max(1, x.rows - 1))
      for column in 0..<x.columns {
        runningMean.value[column] += momentum * (mean[column] - runningMean.value[column])
        runningVariance.value[column] += momentum * (variance[column] * unbiased - runningVariance.value[column])
      }
      standardized = result
    } else {
      let scale = runningVariance.value.values.map { 1 / ($0 + epsilon).squareRoot() }
      let shift = Tensor(runningMean.value.values.map { -$0 }, rows: 1, columns: x.columns)
      standardized = x.addingRow(shift).scalingColumns(by: Tensor(scale, rows: 1, columns: x.columns))
    }
    return standardized.scalingColumns(by: weight.value).addingRow(bias.value)
  }
}
