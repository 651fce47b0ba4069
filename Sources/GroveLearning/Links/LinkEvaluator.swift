public import GroveGraphs
import GroveKernels
import GroveTensors

/// Measures a model on the links of a part, against the negatives that the split keeps.
public struct LinkEvaluator {
  private let split: LinkSplit
  private let metrics: [LinkMetric]
  /// Full rankings, made once for the epochs of a run.
  private let tasks = Guarded<[SplitPart: LinkRankingTask]>([:])

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

  /// An evaluator by the usual metrics and one more.
  init(_ split: LinkSplit, adding metric: LinkMetric?) {
    let usual = LinkEvaluator(split).metrics
    self.init(split, metrics: usual + (metric.map { usual.contains($0) ? [] : [$0] } ?? []))
  }

  /// The metrics of a part, by key; empty where it has no links.
  ///
  /// - Throws: `LinkScoreFailure` for a score that is no number.
  /// - Complexity: O((P + negatives) · D), or O(anchors · candidates · D) for a full ranking.
  public func metrics(of model: LinkModel, on graph: Graph, part: SplitPart) throws -> [String: Double] {
    let evaluation = evaluation(of: part)
    guard evaluation.positives.count > 0 else { return [:] }
    let embeddings = model.embeddings(on: graph)
    if case .all = evaluation.negatives {
      return LinkMetricValues(try fullRanks(of: model, embeddings, part).ranks, metrics: metrics).byName
    }
    return try LinkMetricValues(of: evaluation, metrics: metrics) {
      model.scores(of: $0, under: embeddings, offset: split.ends.targetOffset)
    }.byName
  }

  /// The rank of every link of a part with the node it was ranked for: its source, or either end in full rankings of
  /// undirected links.
  ///
  /// - Throws: `LinkScoreFailure` for a score that is no number.
  func ranks(of model: LinkModel, on graph: Graph, part: SplitPart) throws -> [(anchor: Int32, rank: Int)] {
    let evaluation = evaluation(of: part)
    guard evaluation.positives.count > 0 else { return [] }
    let embeddings = model.embeddings(on: graph)
    func scores(_ pairs: EdgeList) -> [Float] {
      model.scores(of: pairs, under: embeddings, offset: split.ends.targetOffset)
    }
    let ranks: LinkRanks
    switch evaluation.negatives {
    case .all:
      let (anchors, full) = try fullRanks(of: model, embeddings, part)
      return anchors.enumerated().flatMap { place, anchor in
        full.ranks[full.offsets[place]..<full.offsets[place + 1]].map { (anchor, $0) }
      }
    case .lists(let lists):
      ranks = try LinkRanks(
        positives: scores(evaluation.positives), negatives: scores(lists.pairs(of: evaluation.positives)),
        perPositive: lists.perPositive)
    case .pairs(let pairs):
      ranks = try LinkRanks(positives: scores(evaluation.positives), sharedNegatives: scores(pairs))
    }
    return Array(zip(evaluation.positives.sources, ranks.ranks))
  }

  private func evaluation(of part: SplitPart) -> LinkEvaluation {
    switch part {
    case .train: LinkEvaluation(positives: split.training)
    case .validation: split.validation
    case .test: split.test
    }
  }

  private func task(of part: SplitPart) throws -> LinkRankingTask {
    if let known = tasks.withLock({ $0[part] }) { return known }
    let task = try split.rankingTask(of: part)
    tasks.withLock { $0[part] = task }
    return task
  }

  private func fullRanks(
    of model: LinkModel, _ embeddings: Tensor, _ part: SplitPart
  ) throws -> (anchors: [Int32], ranks: LinkRanks) {
    let task = try task(of: part)
    let candidates = split.ends.targetOffset..<split.ends.targetOffset + split.ends.targetCount
    let ranks = try LinkRanks(relevant: task.relevant, masked: task.masked) { block in
      model.scores(of: Array(task.anchors[block]), withAll: candidates, under: embeddings)
    }
    return (task.anchors, ranks)
  }
}
