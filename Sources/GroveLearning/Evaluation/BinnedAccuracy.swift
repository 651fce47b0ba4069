import Foundation

/// The mean score of nodes in ranges of some property, such as their degree.
public struct BinnedAccuracy: Sendable, Equatable {
  /// A range of the property with the nodes in it.
  public struct Bin: Sendable, Equatable {
    /// The range in words, such as `4–7`.
    public let name: String
    /// Number of nodes.
    public let count: Int
    /// Their mean score, 0 … 1; nil without nodes.
    public let mean: Double?
    /// A 95 % confidence interval of the mean; nil without nodes.
    public let interval: ClosedRange<Double>?
  }

  /// The ranges in rising order, empty ones included.
  public let bins: [Bin]

  /// Nodes by bin number; nodes of a negative number are left out.
  ///
  /// The interval is Wilson's for right-or-wrong scores, else the mean ± 1.96 standard errors, within 0 … 1.
  ///
  /// - Parameters:
  ///   - scores: one in 0 … 1 for each node, 1 for right and 0 for wrong or something between.
  ///   - bins: one in 0..<names.count, or negative, for each node.
  /// - Complexity: O(n + bins).
  public init(scores: [Double], bins numbers: [Int], names: [String]) {
    precondition(scores.count == numbers.count, "BinnedAccuracy: \(scores.count) scores, \(numbers.count) bins")
    var counts = [Int](repeating: 0, count: names.count)
    var sums = [Double](repeating: 0, count: names.count)
    var squares = sums
    var isShare = [Bool](repeating: true, count: names.count)
    for (score, bin) in zip(scores, numbers) where bin >= 0 {
      counts[bin] += 1
      sums[bin] += score
      squares[bin] += score * score
      if score != 0 && score != 1 { isShare[bin] = false }
    }
    bins = names.indices.map { bin in
      guard counts[bin] > 0 else { return Bin(name: names[bin], count: 0, mean: nil, interval: nil) }
      let n = Double(counts[bin])
      let mean = sums[bin] / n
      let interval =
        isShare[bin]
        ? BinnedAccuracy.wilson(mean, count: n)
        : BinnedAccuracy.normal(mean, variance: max(0, squares[bin] / n - mean * mean), count: n)
      return Bin(name: names[bin], count: counts[bin], mean: mean, interval: interval)
    }
  }

  /// Nodes by degree: 0, 1, 2–3, 4–7, 8–15, … up to the range that holds the largest.
  public init(scores: [Double], degrees: [Int]) {
    let numbers = degrees.map { $0 <= 0 ? 0 : Int.bitWidth - $0.leadingZeroBitCount }
    let names = (0...(numbers.max() ?? 0)).map { bin in
      let (low, high) = (1 << max(0, bin - 1), (1 << bin) - 1)
      return bin == 0 ? "0" : low == high ? "\(low)" : "\(low)–\(high)"
    }
    self.init(scores: scores, bins: numbers, names: names)
  }

  /// Nodes by local homophily in five ranges of equal width, of which the last holds 1, and those without any apart.
  public init(scores: [Double], homophily: [Double?]) {
    let numbers = homophily.map { $0.map { 1 + min(4, max(0, Int($0 * 5))) } ?? 0 }
    self.init(scores: scores, bins: numbers, names: ["none", "0–20", "20–40", "40–60", "60–80", "80–100"])
  }

  /// Wilson's score interval at 95 %.
  ///
  /// - Source: Wilson 1927.
  static func wilson(_ share: Double, count n: Double) -> ClosedRange<Double> {
    let z = 1.959963984540054
    let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    return max(0, middle - half)...min(1, middle + half)
  }

  private static func normal(_ mean: Double, variance: Double, count n: Double) -> ClosedRange<Double> {
    let half = 1.959963984540054 * (variance / n).squareRoot()
    return max(0, mean - half)...min(1, mean + half)
  }
}
