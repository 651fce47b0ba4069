public import GroveTensors

/// A dense layer.
///
///     y = x · W + b
///
/// - Shape: x [N, in] → [N, out]; W [in, out] (the transpose of PyTorch's), b [1, out]. x may be sparse rows.
/// - Complexity: O(N · in · out), O(entries · out) for sparse rows.
public final class Linear: Module {
  /// W. [in, out]
  public let weight: Parameter
  /// b, one number a column; nil where the layer has none. [1, out]
  public let bias: Parameter?

  /// How a layer's weight starts.
  public enum Start { case glorot, inverseRoot }

  /// A layer from `inputWidth` to `outputWidth` columns; with `.glorot` its bias starts at zeros.
  public init(
    _ inputWidth: Int, _ outputWidth: Int, bias hasBias: Bool = true, start: Start = .inverseRoot,
    decayGroup: Parameter.DecayGroup = .main, from initializer: Initializer
  ) {
    switch start {
    case .glorot:
      weight = initializer.glorot(inputWidth, outputWidth, decayGroup: decayGroup)
      bias = hasBias ? initializer.constant(0, 1, outputWidth, decayGroup: decayGroup) : nil
    case .inverseRoot:
      weight = initializer.inverseRoot(inputWidth, outputWidth, fanIn: inputWidth, decayGroup: decayGroup)
      bias = hasBias ? initializer.inverseRoot(1, outputWidth, fanIn: inputWidth, decayGroup: decayGroup) : nil
    }
  }

  /// A layer whose weight and bias are uniform in ±1 / √fanIn, for a fan-in other than the input width.
  init(_ inputWidth: Int, _ outputWidth: Int, fanIn: Int, from initializer: Initializer) {
    weight = initializer.inverseRoot(inputWidth, outputWidth, fanIn: fanIn)
    bias = initializer.inverseRoot(1, outputWidth, fanIn: fanIn)
  }

  /// y of each row. [N, in] → [N, out]
  public func callAsFunction(_ x: Tensor) -> Tensor { x.matmul(weight.value, bias: bias?.value) }
}

extension Tensor {
  /// Each row plus the bias, if there is one.
  func addingBias(_ bias: Parameter?) -> Tensor { bias.map { addingRow($0.value) } ?? self }
}
