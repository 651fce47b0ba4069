import GroveGraphs
import GroveKernels

/// What is added to a step's scores where a loss needs −log of how often each candidate comes up.
///
///     negatives  −log(k · q),  q the chance of a draw       positives  the same where positives are other rows' negatives, or for NCE
///
/// Chances are the sampler's own where they are known, those of a batch from frequencies of positives. Of other samplers they are
/// estimated from what they draw, for all anchors alike.
///
/// Letters: B positives, k negatives for each, C candidates.
struct ChanceCorrection {
  private let sampler: any NegativeSampler
  private let isNoiseContrastive: Bool
  private let candidateCount: Int
  /// Counts of an epoch's positives.
  private var frequencies: [Double]
  /// Positives as they come; nil where they are counted.
  private var seen: StreamingFrequency?
  /// Negatives as they come; nil as long as chances are known.
  private var drawn: DrawnShares?
  private var step = 0

  /// A correction for a sampler's draws.
  ///
  /// - Parameter rate: how fast a streaming estimate of positives forgets; nil: they are counted.
  init(
    of sampler: any NegativeSampler, isNoiseContrastive: Bool, rate: Double?, candidateCount: Int, random: RandomStream
  ) {
    (self.sampler, self.isNoiseContrastive, self.candidateCount) = (sampler, isNoiseContrastive, candidateCount)
    frequencies = []
    // So many slots that few candidates share one.
    seen = rate.map {
      StreamingFrequency(slots: max(4096, min(1 << 20, 16 * candidateCount)), rate: $0, random: random)
    }
  }

  /// Counts the positives of an epoch.
  ///
  /// - Complexity: O(C + P).
  mutating func begin(_ positives: [Int32]) {
    guard seen == nil else { return }
    var counts = [Double](repeating: 0, count: candidateCount)
    for id in positives { counts[Int(id)] += 1 }
    // What is no positive now may be one of a queue: it counts as one.
    let total = Double(max(1, positives.count))
    frequencies = counts.map { max($0, 1) / total }
  }

  /// Offsets of negatives, and of positives where these are corrected.
  ///
  /// - Throws: what the sampler throws; `TrainingFailure.configuration` for NCE where positives have no chance.
  /// - Complexity: that of `NegativeSampler.chances`.
  mutating func offsets(
    of negatives: Negatives, for request: NegativeRequest
  ) throws -> (negatives: [Float], positives: [Float]?) {
    step += 1
    seen?.observe(request.positives, step: step)
    let chances =
      try sampler.chances(of: negatives, for: request, frequency: frequency(batch: request.positives.count))
      ?? estimated(negatives, request)
    func offsets(_ chances: [Double]) -> [Float] {
      LogQ.offsets(
        expectedCounts: chances.map { Float(LogQ.expectedCount(probability: $0, draws: negatives.count)) })
    }
    if isNoiseContrastive && chances.positives == nil {
      throw TrainingFailure.configuration(
        "sampler '\(sampler.name)' has no chances for positives, which NCE needs; name another loss, such as sampled-softmax"
      )
    }
    let known = isNoiseContrastive || chances.isShared ? chances.positives : nil
    return (offsets(chances.negatives), known.map(offsets))
  }

  /// How often each candidate is a positive.
  private func frequency(batch: Int) -> @Sendable (Int32) -> Double {
    if let seen { return { seen.frequency(of: $0) / Double(batch) } }
    return { [frequencies] in frequencies[Int($0)] }
  }

  private mutating func estimated(_ negatives: Negatives, _ request: NegativeRequest) -> DrawChances {
    var shares = drawn ?? DrawnShares(candidateCount: candidateCount)
    // Held by nobody else, so that it is changed in place.
    drawn = nil
    shares.observe(negatives.ids)
    drawn = shares
    return DrawChances(negatives: negatives.ids.map { shares.share(of: $0) }, positives: nil, isShared: false)
  }
}
