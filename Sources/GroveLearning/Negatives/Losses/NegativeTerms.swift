/// What a loss knows of negatives beside their scores.
///
/// Letters: B rows, one positive and k negatives in each.
public struct NegativeTerms: Sendable, Equatable {
  /// How much each negative counts, at least 0; nil for the loss's own. [B, k]
  ///
  /// A weight of 0 leaves the negative out, as `isValid` does.
  public var weights: [Float]?
  /// What is added to the score of each negative (after division by a temperature), such as `LogQ` gives it. [B, k]
  public var offsets: [Float]?
  /// What is added to the score of each positive. [B]
  public var positiveOffsets: [Float]?
  /// Which negatives there are: false for those that a filter found to be positives after all; nil for all. [B, k]
  ///
  /// The scores of the others are never read, and their gradient is 0.
  public var isValid: [Bool]?

  /// Terms; what is left out is as if it were not there.
  public init(
    weights: [Float]? = nil, offsets: [Float]? = nil, positiveOffsets: [Float]? = nil, isValid: [Bool]? = nil
  ) {
    (self.weights, self.offsets, self.positiveOffsets, self.isValid) = (weights, offsets, positiveOffsets, isValid)
  }

  /// Traps unless there is a number for each of `rows` · `columns` negatives and each of `rows` positives.
  func check(rows: Int, columns: Int) {
    let count = rows * columns
    precondition(
      weights == nil || weights!.count == count, "NegativeTerms: \(weights?.count ?? 0) weights for \(count) negatives")
    precondition(
      offsets == nil || offsets!.count == count, "NegativeTerms: \(offsets?.count ?? 0) offsets for \(count) negatives")
    precondition(
      positiveOffsets == nil || positiveOffsets!.count == rows,
      "NegativeTerms: \(positiveOffsets?.count ?? 0) offsets for \(rows) positives")
    precondition(
      isValid == nil || isValid!.count == count,
      "NegativeTerms: a mask of \(isValid?.count ?? 0) for \(count) negatives")
  }
}
