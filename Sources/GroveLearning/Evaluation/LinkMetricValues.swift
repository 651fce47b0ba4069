public import GroveGraphs

/// Values by metric of links, in the order they were asked for; a metric that cannot be computed is absent.
public struct LinkMetricValues: Sendable, Equatable {
  /// The metrics that have a value.
  public private(set) var metrics: [LinkMetric] = []
  private var values: [Double] = []

  /// No values yet.
  public init() {}

  /// The value of a metric, nil where it is absent.
  public subscript(metric: LinkMetric) -> Double? { metrics.firstIndex(of: metric).map { values[$0] } }

  /// By JSON key.
  public var byName: [String: Double] {
    Dictionary(zip(metrics.map(\.key), values), uniquingKeysWith: { first, _ in first })
  }

  fileprivate mutating func add(_ metric: LinkMetric, _ value: Double?) {
    guard let value, !metrics.contains(metric) else { return }
    metrics.append(metric)
    values.append(value)
  }

  /// The metrics of positives against their negatives.
  ///
  /// `auc` and `ap` are over all pairs together; the others compare a positive with its own negatives, or with all where
  /// they are shared.
  ///
  /// - Parameters:
  ///   - negatives: scores, the negatives of the first positive first where each has its own.
  ///   - perPositive: how many each positive has; nil where all share them.
  /// - Throws: `LinkScoreFailure.notANumber`.
  /// - Precondition: `perPositive` negatives for each positive.
  /// - Complexity: O(n) over all scores, or O(n log n) of shared ones for others than `auc` and `ap`.
  public init(
    positives: [Float], negatives: [Float], perPositive: Int?, metrics: [LinkMetric] = LinkMetric.comparing
  ) throws(LinkScoreFailure) {
    let ranks =
      if let perPositive {
        try LinkRanks(positives: positives, negatives: negatives, perPositive: perPositive)
      } else {
        try LinkRanks(positives: positives, sharedNegatives: negatives)
      }
    let isOverAll = metrics.contains { $0 == .auc || $0 == .ap }
    let ranked = isOverAll ? RankedScores(positives: positives, negatives: negatives) : nil
    for metric in metrics {
      switch metric {
      case .auc: add(metric, ranked?.rocAUC)
      case .ap: add(metric, ranked?.averagePrecision)
      default: add(metric, metric.value(ranks))
      }
    }
  }

  /// The metrics of a full ranking.
  public init(_ ranks: LinkRanks, metrics: [LinkMetric] = LinkMetric.ranking) {
    for metric in metrics { add(metric, metric.value(ranks)) }
  }

  /// The metrics of a part's positives against the negatives that are kept for them.
  ///
  /// - Parameter scores: the scores of pairs, in their order; asked once for the positives and then for the negatives.
  /// - Throws: `LinkScoreFailure.notANumber`; what `scores` throws.
  /// - Precondition: negatives are kept (else see `LinkRanks`); one score a pair.
  /// - Complexity: as of the scores by themselves.
  public init(
    of evaluation: LinkEvaluation, metrics: [LinkMetric] = LinkMetric.comparing, scores: (EdgeList) throws -> [Float]
  ) throws {
    guard let negatives = evaluation.negativePairs else {
      preconditionFailure("LinkMetricValues: no negatives are kept; rank the positives among all nodes")
    }
    func scored(_ pairs: EdgeList) throws -> [Float] {
      let values = try scores(pairs)
      precondition(values.count == pairs.count, "LinkMetricValues: \(values.count) scores for \(pairs.count) pairs")
      return values
    }
    var perPositive: Int?
    if case .lists(let lists) = evaluation.negatives { perPositive = lists.perPositive }
    try self.init(
      positives: try scored(evaluation.positives), negatives: try scored(negatives), perPositive: perPositive,
      metrics: metrics)
  }
}
