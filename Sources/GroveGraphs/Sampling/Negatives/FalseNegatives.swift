/// How often a sampler draws what is a positive after all.
///
/// Letters: A anchors, C candidates.
public struct FalseNegativeRate: Sendable, Equatable {
  /// The mean over anchors that have training positives and something to draw.
  public let perAnchor: Double
  /// The mean over their training positives.
  public let perPositive: Double
  /// Mean number of candidates that may be drawn.
  public let meanPool: Double
  /// How many anchors were counted.
  public let anchors: Int
}

extension NegativeSampler {
  /// The chance that a negative is a hidden positive, exactly, for samplers whose chances do not depend on the batch.
  ///
  /// - Parameters:
  ///   - training: positives that the sampler was made on; anchors without any are left out, and so are those for which
  ///     nothing can be drawn.
  ///   - hidden: positives that it does not know, such as those of validation and test. [A rows, C columns]
  ///   - scorer: for samplers that need one.
  /// - Throws: `NegativeFailure` as `exactDistribution` does, but not for anchors without candidates.
  /// - Complexity: that of the exact chances, for every anchor.
  /// - Source: the specification's section 5.3.
  public func falseNegativeRate(
    training: SparseRows, hidden: SparseRows, request: NegativeRequest
  ) throws(NegativeFailure) -> FalseNegativeRate {
    var (anchors, rates, edges, positives, pools) = (0, 0.0, 0.0, 0.0, 0)
    for anchor in 0..<training.rowCount {
      guard let first = training[anchor].first else { continue }
      var one = request
      (one.anchors, one.positives, one.count) = ([Int32(anchor)], [first], 1)
      let law: CandidateLaw
      do {
        law = try self.law(of: 0, in: one)
      } catch .noCandidates {
        continue
      }
      let rate = law.chance(ofAny: hidden[anchor])
      anchors += 1
      rates += rate
      pools += law.ids.count
      edges += rate * Double(training[anchor].count)
      positives += Double(training[anchor].count)
    }
    return FalseNegativeRate(
      perAnchor: rates / Double(max(1, anchors)), perPositive: edges / max(1, positives),
      meanPool: Double(pools) / Double(max(1, anchors)), anchors: anchors)
  }
}

extension CandidateLaw {
  /// The chance of some candidates together.
  ///
  /// - Complexity: O(n log n).
  public func chance(ofAny candidates: some Sequence<Int32>) -> Double {
    let wanted = Set(candidates)
    return zip(ids, chances).reduce(0) { $0 + (wanted.contains($1.0) ? $1.1 : 0) }
  }
}
