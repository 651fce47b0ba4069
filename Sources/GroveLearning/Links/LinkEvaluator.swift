public import GroveGraphs
import GroveKernels
import GroveTensors

/// Measures a model on the links of a part, against the negatives that the split keeps.
public struct LinkEvaluator {
  private let split: LinkSplit
  private let metrics: [LinkMetric]

  /// An evaluator of a split.
  ///
  /// - Parameter metrics: nil for the usual ones: those of comparisons where negatives are kept, else those of full rankings.
  public init(_ split: LinkSplit, metrics: [LinkMetric]? = nil) {
    self.split = split
    if let metrics {
      self.metrics = metrics
    } else if case .all = split.test.negatives {
      self.metrics = LinkMetric.ranking
    } else {
      self.metrics = LinkMetric.comparing
    }
  }

  /// The metrics of a part, by key; empty where it has no links.
  ///
  /// - Throws: `LinkScoreFailure` for a score that is no number.
  /// - Complexity: O((P + negatives) · D), or O(anchors · candidates · D) for a full ranking.
  public func metrics(of model: LinkModel, on graph: Graph, part: SplitPart) throws -> [String: Double] {
    let evaluation: LinkEvaluation
    switch part {
    case .train: evaluation = LinkEvaluation(positives: split.training)
    case .validation: evaluation = split.validation
    case .test: evaluation = split.test
    }
    guard evaluation.positives.count > 0 else { return [:] }
    let embeddings = model.embeddings(on: graph)
    let offset = split.ends.targetOffset
    if case .all = evaluation.negatives {
      let task = try split.rankingTask(of: part)
      let candidates = offset..<offset + split.ends.targetCount
      let ranks = try LinkRanks(relevant: task.relevant, masked: task.masked) { block in
        model.scores(of: Array(task.anchors[block]), withAll: candidates, under: embeddings)
      }
      return LinkMetricValues(ranks, metrics: metrics).byName
    }
    return try LinkMetricValues(of: evaluation, metrics: metrics) {
      model.scores(of: $0, under: embeddings, offset: offset)
    }.byName
  }
}
