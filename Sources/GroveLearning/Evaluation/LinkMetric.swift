public import GroveGraphs

/// The metrics of link prediction, by the keys that JSON uses.
public enum LinkMetric: Sendable, Hashable {
  /// Area under the ROC curve, ties counting half: `auc`.
  case auc
  /// Area under the precision-recall curve by steps: `ap`.
  case ap
  /// Mean of 1 / rank over positives: `mrr`.
  case mrr
  /// Mean of 1 / place of an anchor's first positive, where that is among the first k: `mrr@10`.
  case mrrAt(Int)
  /// Share of positives of rank k or better: `hits@10`.
  case hits(Int)
  /// Share of an anchor's positives among the first k: `recall@20`.
  case recall(Int)
  /// Discounted gain of the first k over the best possible: `ndcg@20`.
  case ndcg(Int)
  /// Share of positives among the first k: `precision@20`.
  case precision(Int)

  /// The key.
  public var key: String {
    switch self {
    case .auc: "auc"
    case .ap: "ap"
    case .mrr: "mrr"
    case .mrrAt(let k): "mrr@\(k)"
    case .hits(let k): "hits@\(k)"
    case .recall(let k): "recall@\(k)"
    case .ndcg(let k): "ndcg@\(k)"
    case .precision(let k): "precision@\(k)"
    }
  }

  /// The metric of a key, nil where there is none or the cut-off is not 1 or more.
  public init?(key: String) {
    let parts = key.split(separator: "@", omittingEmptySubsequences: false)
    let cutOff = parts.count == 2 ? Int(parts[1]).flatMap { $0 >= 1 && "\($0)" == parts[1] ? $0 : nil } : nil
    switch (parts[0], parts.count, cutOff) {
    case ("auc", 1, _): self = .auc
    case ("ap", 1, _): self = .ap
    case ("mrr", 1, _): self = .mrr
    case ("mrr", 2, let k?): self = .mrrAt(k)
    case ("hits", 2, let k?): self = .hits(k)
    case ("recall", 2, let k?): self = .recall(k)
    case ("ndcg", 2, let k?): self = .ndcg(k)
    case ("precision", 2, let k?): self = .precision(k)
    default: return nil
    }
  }

  /// What the measured links of a split are reported by, their negatives being kept.
  public static let comparing: [LinkMetric] = [.auc, .ap, .mrr, .hits(10)]
  /// What a full ranking is reported by.
  public static let ranking: [LinkMetric] = [.mrr, .mrrAt(10), .hits(10), .recall(20), .ndcg(10), .ndcg(20)]

  /// The metric that chooses epochs unless told otherwise, by what links are compared with.
  public static func usual(for evaluation: LinkEvaluation) -> LinkMetric {
    switch evaluation.negatives {
    case .all: .ndcg(20)
    case .lists: .mrr
    case .pairs: .auc
    }
  }

  /// Its value over ranks, nil without positives; `auc` and `ap` do not follow from ranks.
  ///
  /// - Complexity: O(P).
  public func value(_ ranks: LinkRanks) -> Double? {
    switch self {
    case .auc, .ap: nil
    case .mrr: ranks.meanReciprocalRank
    case .mrrAt(let k): ranks.meanReciprocalRank(at: k)
    case .hits(let k): ranks.hits(at: k)
    case .recall(let k): ranks.recall(at: k)
    case .ndcg(let k): ranks.ndcg(at: k)
    case .precision(let k): ranks.precision(at: k)
    }
  }
}
