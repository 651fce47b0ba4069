import GroveKernels
public import GroveTensors

extension NegativeLoss {
  /// The mean loss of rows of scores, recorded for the backward pass.
  ///
  /// Value and gradients come from one pass over the scores; the backward pass scales what is kept. Weights, offsets and
  /// masks are constants.
  ///
  /// - Shape: positives [B, 1], negatives [B, k] or, row after row, [B · k, 1] → [1, 1].
  /// - Precondition: as many negatives in each row; the terms that the kind needs are given, and each for all negatives.
  /// - Complexity: O(B · k) time and memory.
  public func callAsFunction(
    positives: Tensor, negatives: Tensor, terms: NegativeTerms = NegativeTerms()
  ) -> Tensor {
    let count = positives.rows
    precondition(
      positives.columns == 1
        && (negatives.rows == count || (negatives.columns == 1 && count > 0 && negatives.rows % count == 0)),
      "NegativeLoss: positives \(positives.shape) and negatives \(negatives.shape)")
    let rows = rows(positives: positives.values, negatives: negatives.values, terms: terms)
    return .number(
      rows.value,
      withGradients: [(positives, FloatBuffer(rows.positives)), (negatives, FloatBuffer(rows.negatives))])
  }
}
