import GroveKernels

/// Metrics of a ranking of positives among negatives.
public enum RankingMetrics {
  /// Probability that a positive scores above a negative, ties counting half; nil without both kinds.
  ///
  /// - Complexity: O(n).
  public static func rocAUC(scores: [Float], positive: [Bool]) -> Double? {
    RankedScores(scores, positive: positive).rocAUC
  }

  /// Σ over thresholds of (recall step) · precision, equal scores forming one threshold; nil without positives.
  ///
  /// - Complexity: O(n).
  public static func averagePrecision(scores: [Float], positive: [Bool]) -> Double? {
    RankedScores(scores, positive: positive).averagePrecision
  }
}

/// Scores of positives and of negatives, each in rising order: what metrics of a ranking need to know of it.
///
/// A score that is no number stands above all others, or below them where its sign is set.
struct RankedScores {
  private let positives: [UInt32]
  private let negatives: [UInt32]

  /// - Complexity: O(n).
  init(positives: [Float], negatives: [Float]) {
    self.positives = SortedKeys.rising(positives.map(SortedKeys.key))
    self.negatives = SortedKeys.rising(negatives.map(SortedKeys.key))
  }

  /// - Precondition: one mark a score.
  init(_ scores: [Float], positive: [Bool]) {
    precondition(scores.count == positive.count, "RankedScores: \(scores.count) scores, \(positive.count) marks")
    self.init(
      positives: scores.indices.filter { positive[$0] }.map { scores[$0] },
      negatives: scores.indices.filter { !positive[$0] }.map { scores[$0] })
  }

  /// See `RankingMetrics.rocAUC`.
  var rocAUC: Double? {
    guard !positives.isEmpty, !negatives.isEmpty else { return nil }
    var (wins, below, through) = (0.0, 0, 0)
    for key in positives {
      while below < negatives.count, negatives[below] < key { below += 1 }
      through = max(through, below)
      while through < negatives.count, negatives[through] == key { through += 1 }
      wins += Double(below + through) / 2
    }
    return wins / (Double(positives.count) * Double(negatives.count))
  }

  /// See `RankingMetrics.averagePrecision`.
  var averagePrecision: Double? {
    guard !positives.isEmpty else { return nil }
    var (result, left, lower) = (0.0, positives.count, negatives.count)
    while left > 0 {
      let key = positives[left - 1]
      let before = left
      while left > 0, positives[left - 1] == key { left -= 1 }
      while lower > 0, negatives[lower - 1] >= key { lower -= 1 }
      let hits = positives.count - left
      let precision = Double(hits) / Double(hits + negatives.count - lower)
      result += Double(before - left) / Double(positives.count) * precision
    }
    return result
  }
}
