/// Metrics of a ranking of positives among negatives.
public enum RankingMetrics {
  /// Probability that a positive scores above a negative, ties counting half; nil without both kinds.
  /// - Complexity: O(n log n).
  public static func rocAUC(scores: [Float], positive: [Bool]) -> Double? {
    let positives = positive.count(where: \.self)
    let negatives = positive.count - positives
    guard positives > 0, negatives > 0 else { return nil }
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var rankSum = 0.0
    var at = 0
    while at < order.count {
      var end = at + 1  // even a NaN, which equals nothing, moves on
      while end < order.count, scores[order[end]] == scores[order[at]] { end += 1 }
      let rank = Double(at + end + 1) / 2  // mean of ranks at + 1 … end
      for index in order[at..<end] where positive[index] { rankSum += rank }
      at = end
    }
    let least = Double(positives) * Double(positives + 1) / 2
    return (rankSum - least) / (Double(positives) * Double(negatives))
  }

  /// Σ over thresholds of (recall step) · precision, equal scores forming one threshold; nil without positives.
  /// - Complexity: O(n log n).
  public static func averagePrecision(scores: [Float], positive: [Bool]) -> Double? {
    let positives = positive.count(where: \.self)
    guard positives > 0 else { return nil }
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    var result = 0.0
    var hits = 0
    var at = 0
    while at < order.count {
      var end = at + 1
      while end < order.count, scores[order[end]] == scores[order[at]] { end += 1 }
      let gained = order[at..<end].count { positive[$0] }
      hits += gained
      result += Double(gained) / Double(positives) * Double(hits) / Double(end)
      at = end
    }
    return result
  }
}
