public import GroveLayers
public import GroveTensors

/// A head that scores a row by its angle to a prototype of each class.
///
///     cosine[i, k] = x[i] · w[k] / ‖w[k]‖
///
/// The lengths of the prototypes mean nothing: they start at random directions.
///
/// - Shape: x [n, D], rows of length 1 → [n, K]; w [K, D].
/// - Source: the heads of ORCA's and SimGCD's published code, before their scale or temperature.
public final class CosineClassifier: Module {
  /// w. [K, D]
  public let prototypes: Parameter

  /// A head for K classes of rows of `width` columns.
  public init(_ width: Int, _ classes: Int, from start: Initializer) {
    prototypes = start.uniform(classes, width, bound: 1)
  }

  /// The cosine of each row with each prototype. [n, D] → [n, K]
  ///
  /// - Complexity: O(n · K · D).
  public func callAsFunction(_ x: Tensor) -> Tensor {
    x.matmul(prototypes.value.normalizedRows(), transposed: true)
  }
}
