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
    let ranks: LinkRanks
    var labeled: (scores: [Float], isPositive: [Bool])?
    switch evaluation.negatives {
    case .all:
      let task = try split.rankingTask(of: part)
      let candidates = offset..<offset + split.ends.targetCount
      ranks = try LinkRanks(relevant: task.relevant, masked: task.masked) { block in
        model.scores(of: Array(task.anchors[block]), withAll: candidates, under: embeddings)
      }
    case .lists(let lists):
      let positives = model.scores(of: evaluation.positives, under: embeddings, offset: offset)
      let negatives = model.scores(of: lists.pairs(of: evaluation.positives), under: embeddings, offset: offset)
      ranks = try LinkRanks(positives: positives, negatives: negatives, perPositive: lists.perPositive)
      labeled = LinkEvaluator.labeled(positives, negatives)
    case .pairs(let pairs):
      let positives = model.scores(of: evaluation.positives, under: embeddings, offset: offset)
      let negatives = model.scores(of: pairs, under: embeddings, offset: offset)
      ranks = try LinkRanks(positives: positives, sharedNegatives: negatives)
      labeled = LinkEvaluator.labeled(positives, negatives)
    }
    var result: [String: Double] = [:]
    for metric in metrics {
      switch metric {
      case .auc:
        result[metric.key] = labeled.flatMap { RankingMetrics.rocAUC(scores: $0.scores, positive: $0.isPositive) }
      case .ap:
        result[metric.key] = labeled.flatMap {
          RankingMetrics.averagePrecision(scores: $0.scores, positive: $0.isPositive)
        }
      default: result[metric.key] = metric.value(ranks)
      }
    }
    return result
  }

  private static func labeled(_ positives: [Float], _ negatives: [Float]) -> (scores: [Float], isPositive: [Bool]) {
    (positives + negatives, positives.map { _ in true } + negatives.map { _ in false })
  }
}
