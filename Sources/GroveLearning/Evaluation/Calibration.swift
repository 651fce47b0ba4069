/// How well stated confidences agree with how often they are right.
///
///     ECE = Σ over bins b of n_b / n · |right_b − confidence_b|
///
/// where n_b decisions fall into bin b, `confidence_b` is their mean confidence and `right_b` the share that is right.
///
/// - Source: Naeini, Cooper, Hauskrecht 2015; Guo, Pleiss, Sun, Weinberger 2017.
public struct Calibration: Sendable, Equatable {
  /// One range of confidences.
  public struct Bin: Sendable, Equatable {
    /// Confidences above it, but for the first bin, which holds 0 too.
    public let lower: Double
    /// Confidences up to it.
    public let upper: Double
    /// Number of decisions.
    public let count: Int
    /// Their mean confidence; 0 without any.
    public let confidence: Double
    /// The share of them that is right; 0 without any.
    public let right: Double
  }

  /// Ranges of equal width from 0 to 1, empty ones included.
  public let bins: [Bin]
  /// Decisions that were counted.
  public let count: Int
  /// Decisions that were left out, their confidence not being a number.
  public let skipped: Int

  /// - Precondition: as many confidences as outcomes; at least one bin.
  /// - Complexity: O(n + bins).
  public init(confidences: [Float], isRight: [Bool], binCount: Int = 10) {
    precondition(
      confidences.count == isRight.count, "Calibration: \(confidences.count) confidences, \(isRight.count) outcomes")
    precondition(binCount >= 1, "Calibration: \(binCount) bins")
    var counts = [Int](repeating: 0, count: binCount)
    var hits = counts
    var sums = [Double](repeating: 0, count: binCount)
    var skipped = 0
    for (confidence, right) in zip(confidences, isRight) {
      guard confidence.isFinite else {
        skipped += 1
        continue
      }
      let value = min(1, max(0, Double(confidence)))
      let bin = max(0, min(binCount - 1, Int((value * Double(binCount)).rounded(.up)) - 1))
      counts[bin] += 1
      sums[bin] += value
      if right { hits[bin] += 1 }
    }
    bins = (0..<binCount).map { bin in
      let n = Double(max(1, counts[bin]))
      return Bin(
        lower: Double(bin) / Double(binCount), upper: Double(bin + 1) / Double(binCount), count: counts[bin],
        confidence: sums[bin] / n, right: Double(hits[bin]) / n)
    }
    count = counts.reduce(0, +)
    self.skipped = skipped
  }

  /// The expected calibration error, 0 … 1; nil without decisions.
  public var expectedError: Double? {
    if count == 0 { return nil }
    return bins.reduce(0) { $0 + Double($1.count) / Double(count) * abs($1.right - $1.confidence) }
  }

  /// The largest gap of a bin that holds decisions; nil without decisions.
  public var largestError: Double? { bins.filter { $0.count > 0 }.map { abs($0.right - $0.confidence) }.max() }
}
