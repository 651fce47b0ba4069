import Foundation

/// Candidates in proportion to a weight, among the whole pool or among some draws from it.
///
///     p(u) ∝ pool(u) · g(u)        over the pool, or over M draws of it
public struct WeightedChoice: NegativeChoice {
  /// g.
  public let weight: any CandidateWeight
  /// M; nil: the whole pool.
  public let draws: Int?
  /// Whether no candidate is chosen twice.
  public let isDistinct: Bool

  /// - Precondition: `draws` is at least 1 where given.
  public init(_ weight: any CandidateWeight, draws: Int? = nil, isDistinct: Bool = false) {
    precondition(draws == nil || draws! >= 1, "WeightedChoice: \(draws ?? 0) draws")
    (self.weight, self.draws, self.isDistinct) = (weight, draws, isDistinct)
  }

  /// Yes.
  public var needsScores: Bool { true }

  /// The choice.
  ///
  /// - Complexity: O(n) scores and O(n log n), n the pool's size or M.
  public func choose(_ count: Int, in draw: inout NegativeDraw) throws(NegativeFailure) -> ChosenNegatives {
    guard count > 0 else { return ChosenNegatives([]) }
    var ids: [Int32]
    var logs: [Double]
    if let draws {
      ids = (0..<draws).map { _ in draw.draw() }
      logs = try weight.logWeights(of: ids, scores: draw.scores(of: ids), in: draw)
    } else {
      let chances: [Double]
      (ids, chances) = draw.chances()
      draw.tally.draws += ids.count
      logs = try weight.logWeights(of: ids, scores: draw.scores(of: ids), in: draw)
      for place in logs.indices { logs[place] += log(chances[place]) }
    }
    if logs.allSatisfy({ $0 == -.infinity }) {
      // No candidate weighs anything: all are alike then.
      logs = logs.map { _ in 0 }
      draw.tally.fallbacks += count
    }
    guard isDistinct else {
      let list = ListedCandidates(weighing: ids, logWeights: logs)
      return ChosenNegatives((0..<count).map { _ in list.draw(using: &draw.random) })
    }
    let available = logs.count { $0 > -.infinity }
    guard available >= count else { throw .tooFew(anchor: draw.anchor, asked: count, available: available) }
    return ChosenNegatives(
      ExponentialRace.first(count, logWeights: logs, using: &draw.random).map { ids[$0] })
  }

  /// The weights brought to 1 over the pool; over M draws the mean of u's share of the drawn weights.
  ///
  ///     P(u) = M · p(u) · g(u) · ∫ over t > 0 of exp(−t · g(u)) · (Σ over w of p(w) · exp(−t · g(w)))^(M − 1)
  ///
  /// The integral is 1 / (sum of the drawn weights) under the expectation; the trapezoid rule over log t gives it to some
  /// twelve digits.
  ///
  /// - Complexity: O(C) scores; with draws about 2,000 · C.
  public func law(of draw: NegativeDraw) throws(NegativeFailure) -> CandidateLaw {
    let (ids, chances) = draw.chances()
    let logs = try weight.logWeights(of: ids, scores: draw.scores(of: ids), in: draw)
    let most = logs.max() ?? 0
    guard most > -.infinity else { return CandidateLaw(ids: ids, chances: chances) }
    let weights = logs.map { exp($0 - most) }
    guard let draws, draws > 1 else {
      return draws == 1
        ? CandidateLaw(ids: ids, chances: chances)
        : CandidateLaw(ids: ids, weights: zip(weights, chances).map { $0 * $1 })
    }
    return CandidateLaw(ids: ids, weights: sharesOfDraws(draws, chances, weights))
  }

  private func sharesOfDraws(_ draws: Int, _ chances: [Double], _ weights: [Double]) -> [Double] {
    let least = weights.lazy.filter { $0 > 0 }.min() ?? 1
    var result = [Double](repeating: 0, count: weights.count)
    let step = 0.04
    var place = -42.0
    var decays = weights
    // exp(−t · g) is 1 for all at the lower end and 0 for all at the upper one.
    while place < 5 - log(least) {
      let t = exp(place)
      var mean = 0.0
      for i in weights.indices {
        decays[i] = exp(-t * weights[i])
        mean += chances[i] * decays[i]
      }
      let factor = t * pow(mean, Double(draws - 1))
      for i in weights.indices { result[i] += factor * chances[i] * weights[i] * decays[i] }
      place += step
    }
    // Draws that all weigh nothing are all alike.
    let weightless = zip(weights, chances).reduce(0) { $0 + ($1.0 == 0 ? $1.1 : 0) }
    let total = result.reduce(0, +)
    let all = pow(weightless, Double(draws))
    return result.indices.map {
      result[$0] / total * (1 - all) + (weights[$0] == 0 && weightless > 0 ? all * chances[$0] / weightless : 0)
    }
  }
}

extension ListedCandidates {
  /// Candidates by log weights, those of −∞ left out.
  init(weighing ids: [Int32], logWeights: [Double]) {
    let most = logWeights.max() ?? 0
    let kept = ids.indices.filter { exp(logWeights[$0] - most) > 0 }
    self.init(kept.map { ids[$0] }, weights: kept.map { exp(logWeights[$0] - most) })
  }
}
