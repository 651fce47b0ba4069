import Foundation

/// A test of whether two ways of training differ, on results that belong together in pairs.
public struct PairedTest: Sendable, Equatable {
  /// Which test.
  public enum Kind: String, Sendable {
    /// Student's t-test of the mean difference.
    case student
    /// Wilcoxon's signed-rank test.
    case wilcoxon
    /// McNemar's test of two classifiers on the same nodes.
    case mcnemar
  }

  /// Which test.
  public let kind: Kind
  /// How its probability was computed: `exact` or `approximate`.
  public let isExact: Bool
  /// t, the smaller rank sum, or the smaller of the two counts of nodes that one alone has right.
  public let statistic: Double
  /// Two-sided: how likely a difference at least as large is where there is none in truth.
  public let pValue: Double

  /// Student's paired t-test.
  ///
  ///     t = mean(d) / (s / √n),  s² = Σ (d − mean(d))² / (n − 1),  n − 1 degrees of freedom
  ///
  /// - Returns: nil with fewer than two differences, or where all are equal: their spread then tells nothing.
  public static func student(_ differences: [Double]) -> PairedTest? {
    guard let (mean, error) = meanAndError(differences), error > 0 else { return nil }
    let t = mean / error
    let freedom = Double(differences.count - 1)
    return PairedTest(
      kind: .student, isExact: true, statistic: t,
      pValue: Distributions.studentTwoSided(t, degreesOfFreedom: freedom))
  }

  /// The mean difference with the half width of its 95 % confidence interval by Student's t.
  ///
  /// - Returns: nil with fewer than two differences.
  public static func interval(_ differences: [Double]) -> (mean: Double, halfWidth: Double)? {
    guard let (mean, error) = meanAndError(differences) else { return nil }
    let t = Distributions.studentQuantile(twoSidedTail: 0.05, degreesOfFreedom: Double(differences.count - 1))
    return (mean, t * error)
  }

  private static func meanAndError(_ differences: [Double]) -> (mean: Double, error: Double)? {
    let n = Double(differences.count)
    guard n >= 2, differences.allSatisfy(\.isFinite) else { return nil }
    let mean = differences.reduce(0, +) / n
    let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    // Equal differences that rounding sets apart by a hair are equal.
    let scale = differences.map(abs).max() ?? 0
    let error = (squares / (n - 1) / n).squareRoot()
    return (mean, error <= 1e-12 * scale ? 0 : error)
  }

  /// Wilcoxon's signed-rank test.
  ///
  /// Differences of 0 are left out; the others are ranked by size, equal ones sharing their mean rank. The statistic is
  /// W, the smaller of the rank sums of either sign. Without ties and with at most 50 differences the probability is
  /// exact: the share of all 2ⁿ choices of signs whose rank sum is as extreme. Else it is that of
  ///
  ///     z = (W − n (n + 1) / 4) / √(n (n + 1) (2 n + 1) / 24 − Σ over ties of t items (t³ − t) / 48)
  ///
  /// - Returns: nil where every difference is 0.
  /// - Complexity: O(n log n), exact O(n³).
  /// - Source: Wilcoxon 1945.
  public static func wilcoxon(_ differences: [Double]) -> PairedTest? {
    let scale = differences.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    guard scale > 0 else { return nil }
    // Sizes that rounding sets apart by a hair, as 0.3 − 0.2 and 0.2 − 0.1, are equal.
    let kept = differences.filter(\.isFinite).map { ($0 / scale * 1e11).rounded() }.filter { $0 != 0 }
    let n = kept.count
    let order = kept.indices.sorted { abs(kept[$0]) < abs(kept[$1]) }
    var (positive, negative, ties) = (0.0, 0.0, 0.0)
    var at = 0
    while at < n {
      var end = at + 1
      while end < n, abs(kept[order[end]]) == abs(kept[order[at]]) { end += 1 }
      let rank = Double(at + end + 1) / 2
      for index in order[at..<end] { if kept[index] > 0 { positive += rank } else { negative += rank } }
      let size = Double(end - at)
      ties += size * size * size - size
      at = end
    }
    let statistic = min(positive, negative)
    if ties == 0 && n <= 50 {
      return PairedTest(
        kind: .wilcoxon, isExact: true, statistic: statistic,
        pValue: min(1, 2 * shareOfSigns(withRankSumAtMost: Int(statistic), count: n)))
    }
    let size = Double(n)
    let variance = size * (size + 1) * (2 * size + 1) / 24 - ties / 48
    let z = (statistic - size * (size + 1) / 4) / variance.squareRoot()
    return PairedTest(
      kind: .wilcoxon, isExact: false, statistic: statistic, pValue: Distributions.normalTwoSided(z))
  }

  /// Share of the 2ⁿ sets of ranks 1 … n whose sum is at most `sum`.
  private static func shareOfSigns(withRankSumAtMost sum: Int, count n: Int) -> Double {
    let largest = n * (n + 1) / 2
    var sets = [Double](repeating: 0, count: largest + 1)
    sets[0] = 1
    for rank in 1...n {
      for total in stride(from: largest, through: rank, by: -1) { sets[total] += sets[total - rank] }
    }
    return sets[0...min(sum, largest)].reduce(0, +) / pow(2, Double(n))
  }

  /// McNemar's test of two classifiers on the same nodes, from the nodes that exactly one of them has right.
  ///
  /// With at most 1,000 of those the probability is the exact binomial one of a fair coin, else that of
  /// χ² = (|b − c| − 1)² / (b + c) with one degree of freedom.
  ///
  /// - Parameters:
  ///   - firstOnly: b, nodes that only the first has right.
  ///   - secondOnly: c, nodes that only the second has right.
  /// - Source: McNemar 1947.
  public static func mcnemar(firstOnly: Int, secondOnly: Int) -> PairedTest {
    let n = firstOnly + secondOnly
    let smaller = min(firstOnly, secondOnly)
    if n <= 1000 {
      return PairedTest(
        kind: .mcnemar, isExact: true, statistic: Double(smaller),
        pValue: n == 0 ? 1 : min(1, 2 * Distributions.fairCoin(atMost: smaller, of: n)))
    }
    let gap = Double(abs(firstOnly - secondOnly) - 1)
    let z = gap <= 0 ? 0 : gap / Double(n).squareRoot()
    return PairedTest(
      kind: .mcnemar, isExact: false, statistic: Double(smaller), pValue: Distributions.normalTwoSided(z))
  }

  /// Probabilities adjusted for there being several, in the given order: the j-th smallest of m is multiplied by
  /// m − j + 1, and none is below one before it.
  ///
  /// - Source: Holm 1979.
  public static func holm(_ pValues: [Double]) -> [Double] {
    let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
    var result = pValues
    var least = 0.0
    for (place, index) in order.enumerated() {
      least = max(least, min(1, Double(pValues.count - place) * pValues[index]))
      result[index] = least
    }
    return result
  }
}
