public import GroveTensors

/// Each row brought to mean 0 and variance 1, then scaled and shifted by column.
///
///     y = (x − mean(row)) / √(variance(row) + ε) · weight + bias
///
/// - Shape: x [N, F] → [N, F]; weight and bias [1, F].
/// - Source: Ba, Kiros, Hinton 2016. Over a node's own row (mode "node" of PyTorch Geometric).
public final class LayerNorm: Norm {
  public let weight: Parameter
  public let bias: Parameter
  public let epsilon: Float

  public init(_ width: Int, epsilon: Float = 1e-5, from initializer: Initializer) {
    weight = initializer.constant(1, 1, width)
    bias = initializer.constant(0, 1, width)
    self.epsilon = epsilon
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    x.standardizedRows(epsilon: epsilon).scalingColumns(by: weight.value).addingRow(bias.value)
  }
}
