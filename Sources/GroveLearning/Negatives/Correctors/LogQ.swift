import Foundation

/// What to add to the scores of sampled negatives so that a softmax over them is that over all.
///
///     offset = −log Q,   Q the expected number of times that a row's negatives hold the candidate
///
/// The sign is the trap: a candidate that is drawn often must count for less. Give the result as `offsets` of
/// `NegativeTerms`, which adds it.
///
/// - Source: Bengio, Senécal 2008; Yi, Yang, Hong, Cheng, Heldt, Kumthekar, Zhao, Wei, Chi 2019. TensorFlow
///   Recommenders first shipped + log Q (its issue 257).
public enum LogQ {
  /// −log Q of each.
  ///
  /// - Precondition: every expected count is above 0: what was drawn can be drawn.
  /// - Complexity: O(n).
  public static func offsets(expectedCounts: [Float]) -> [Float] {
    expectedCounts.map { count in
      precondition(count > 0, "LogQ: an expected count of \(count); what was drawn has one above 0")
      return Float(-log(Double(count)))
    }
  }

  /// Q of `draws` independent draws of probability q each: k · q.
  public static func expectedCount(probability: Double, draws: Int) -> Double { Double(draws) * probability }

  /// Q of draws until enough different candidates were found: the probability to be among `tries` draws, 1 − (1 − q)ᵗ.
  ///
  /// - Parameter tries: t, how many draws that took, repeats included.
  public static func inclusion(probability: Double, tries: Int) -> Double {
    -expm1(Double(tries) * log1p(-probability))
  }

  /// q' = q / (1 − q(excluded)): the probability of a candidate where draws that hit excluded ones are made again.
  ///
  /// A sampler that redraws positives must correct by this and not by q.
  ///
  /// - Parameter excluded: the probability of all that is drawn again, such as of the anchor's positives.
  /// - Precondition: that is in 0..<1.
  public static func redrawn(probability: Double, excluded: Double) -> Double {
    precondition(excluded >= 0 && excluded < 1, "LogQ: \(excluded) of all draws are excluded; that is a share below 1")
    return probability / (1 - excluded)
  }

  /// Q of the positives of a batch and of uniform draws together: B · f + B' / n.
  ///
  /// - Parameters:
  ///   - frequency: f, how often the candidate is a positive.
  ///   - batch: B, the positives of the batch.
  ///   - uniform: B', uniform draws beside them.
  ///   - count: n, from how many candidates these are drawn.
  /// - Source: Yang, Yi, Cheng, Hong, Li, Wang, Xu, Chi 2020 (mixed negative sampling).
  public static func mixture(frequency: Double, batch: Int, uniform: Int, among count: Int) -> Double {
    precondition(count >= 1, "LogQ: uniform draws among \(count) candidates")
    return Double(batch) * frequency + Double(uniform) / Double(count)
  }
}
