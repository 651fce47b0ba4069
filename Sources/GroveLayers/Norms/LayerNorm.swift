public import GroveTensors

/// Each row brought to mean 0 and variance 1, then scaled and shifted by column.
///
///     y = (x − mean(row)) / √(variance(row) + ε) · weight + bias
///
/// - Shape: x [N, F] → [N, F]; weight and bias [1, F].
/// - Source: Ba, Kiros, Hinton 2016. Over a node's own row (mode "node" of PyTorch Geometric).
public final class LayerNorm: Norm {
  /// Scale of each column. [1, F]
  public let weight: Parameter
  /// Shift of each column. [1, F]
  public let bias: Parameter
  /// ε, added to the variance before the root.
  public let epsilon: Float

  /// A norm of `width` columns; starts with weight 1 and bias 0.
  public init(_ width: Int, epsilon: Float = 1e-5, from initializer: Initializer) {
    weight = initializer.constant(1, 1, width)
    bias = initializer.constant(0, 1, width)
    self.epsilon = epsilon
  }

  /// y of each row by itself. [N, F] → [N, F]
  public func callAsFunction(_ x: Tensor) -> Tensor {
    x.standardizedRows(epsilon: epsilon).scalingColumns(by: weight.value).addingRow(bias.value)
  }
}
