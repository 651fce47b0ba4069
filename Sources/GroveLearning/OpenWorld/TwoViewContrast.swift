public import GroveTensors

/// Contrastive loss of two views of a batch: f is the first view's rows above the second's, 2 B rows.
///
///     loss = factor · 1 / 2B · Σ over i of −1/|P(i)| · Σ over p in P(i) of [ f[i] · f[p] / τ − log Σ over a ≠ i of exp(f[i] · f[a] / τ) ]
///
/// P(i) are the other rows of i's class: at least its node's other view. Without classes each node is its own, which is
/// InfoNCE. Rows are used as they are; callers bring them to length 1.
///
/// Letters: B nodes, D width, τ temperature.
///
/// - Source: Khosla 2020, eq. 2; van den Oord 2018, eq. 4 without classes. OpenIMA's published code multiplies by τ / 0.07.
public struct TwoViewContrast: Sendable, Equatable {
  /// τ.
  public var temperature: Float
  /// What the loss is scaled by τ over; nil for the loss of the equations, 0.07 for that of OpenIMA's published code.
  public var baseTemperature: Float?

  /// - Precondition: temperatures above 0.
  public init(temperature: Float, baseTemperature: Float? = nil) {
    precondition(temperature > 0, "TwoViewContrast: a temperature of \(temperature)")
    precondition(
      baseTemperature.map { $0 > 0 } ?? true, "TwoViewContrast: a base temperature of \(baseTemperature ?? 0)")
    (self.temperature, self.baseTemperature) = (temperature, baseTemperature)
  }

  /// The loss of a batch.
  ///
  /// - Shape: first [B, D], second [B, D], classes [B] → [1, 1].
  /// - Parameter classes: the class of each node; nil for every node its own.
  /// - Precondition: equal shapes, a class for each row.
  /// - Complexity: O(B² · D) time; memory for the similarities of a block of rows.
  public func callAsFunction(_ first: Tensor, _ second: Tensor, classes: [Int32]? = nil) -> Tensor {
    precondition(first.shape == second.shape, "TwoViewContrast: \(first.shape) and \(second.shape)")
    precondition(
      classes == nil || classes!.count == first.rows,
      "TwoViewContrast: \(classes?.count ?? 0) classes for \(first.rows) nodes")
    let rows = Tensor.concatenatingRows([first, second])
    let once = classes ?? (0..<Int32(first.rows)).map { $0 }
    let loss = rows.contrastiveLoss(
      against: rows, classes: once + once, candidateClasses: once + once, temperature: temperature, excludingSelf: true)
    return baseTemperature.map { temperature / $0 * loss } ?? loss
  }
}
