/// Which epoch of a run to keep, by silhouette and validation accuracy together.
///
///     score = ½ · (SC − min SC) / (max SC − min SC) + ½ · (ACC − min ACC) / (max ACC − min ACC)
///
/// Minimum and maximum are those of the run. Validation accuracy sees the seen classes only; the silhouette of the
/// clusters sees the novel ones too. A measure that never changes counts 0 in every epoch, as it tells nothing.
///
/// - Source: OpenIMA (arXiv 2403.11483), "SC&ACC". Differs from its published code: the maximum is that of the values even
///   where all are below 0, a constant measure divides nothing by 0, and runs are never mixed.
public struct EpochSelection: Sendable, Equatable {
  /// The score of each epoch, 0 … 1.
  public let scores: [Double]
  /// Place of the best epoch, the last of equals; nil without epochs.
  public let best: Int?

  /// - Precondition: as many silhouettes as accuracies, all finite.
  public init(silhouettes: [Double], accuracies: [Double]) {
    precondition(
      silhouettes.count == accuracies.count,
      "EpochSelection: \(silhouettes.count) silhouettes and \(accuracies.count) accuracies")
    for (epoch, pair) in zip(silhouettes, accuracies).enumerated() where !pair.0.isFinite || !pair.1.isFinite {
      preconditionFailure("EpochSelection: epoch \(epoch + 1) has silhouette \(pair.0) and accuracy \(pair.1)")
    }
    let scores = zip(EpochSelection.normalized(silhouettes), EpochSelection.normalized(accuracies))
      .map { ($0 + $1) / 2 }
    var best: Int?
    for epoch in scores.indices where scores[epoch] >= (best.map { scores[$0] } ?? 0) { best = epoch }
    (self.scores, self.best) = (scores, best)
  }

  private static func normalized(_ values: [Double]) -> [Double] {
    let low = values.min() ?? 0
    let width = (values.max() ?? 0) - low
    return values.map { width > 0 ? ($0 - low) / width : 0 }
  }
}
