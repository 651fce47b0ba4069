import Foundation
import GroveKernels

/// The hardest of some draws, or one of the few hardest.
///
///     u₁ … u_M ~ pool;   one of the N that weigh most, each as likely
///
/// Each negative has draws of its own. Where weights tie the earlier draw is harder.
///
/// - Source: DNS (Zhang 2013) with N = 1; DNS(M, N) (Shi 2023).
public struct BestOfDraws: NegativeChoice {
  /// M.
  public let draws: Int
  /// N.
  public let best: Int
  /// What makes a candidate hard; its score unless told.
  public let weight: any CandidateWeight

  /// - Precondition: 1 ≤ best ≤ draws.
  public init(draws: Int, best: Int = 1, weight: any CandidateWeight = SoftmaxWeight()) {
    precondition(best >= 1 && best <= draws, "BestOfDraws: the best \(best) of \(draws)")
    (self.draws, self.best, self.weight) = (draws, best, weight)
  }

  /// Yes.
  public var needsScores: Bool { true }

  /// The choice, `count` times.
  ///
  /// - Complexity: O(count · M) scores.
  public func choose(_ count: Int, in draw: inout NegativeDraw) throws(NegativeFailure) -> ChosenNegatives {
    var chosen: [Int32] = []
    for _ in 0..<count {
      let ids = (0..<draws).map { _ in draw.draw() }
      let weights = try weight.logWeights(of: ids, scores: draw.scores(of: ids), in: draw)
      let order = weights.placesLargestFirst
      chosen.append(ids[order[best == 1 ? 0 : draw.random.next(below: best)]])
    }
    return ChosenNegatives(chosen)
  }

  /// Chances from order statistics: of M draws, the r-th hardest lies among candidates of weight w when fewer than r are
  /// harder, and r or more are at least as hard.
  ///
  ///     P(u) = p(u) / p(= w) · 1/N · Σ over r = 1…N of [P(Bin(M, p(> w)) < r) − P(Bin(M, p(≥ w)) < r)]
  ///
  /// - Complexity: O(C log C + C · N).
  public func law(of draw: NegativeDraw) throws(NegativeFailure) -> CandidateLaw {
    let (ids, chances) = draw.chances()
    let weights = try weight.logWeights(of: ids, scores: draw.scores(of: ids), in: draw)
    let order = ids.indices.sorted { weights[$0] > weights[$1] }
    var result = [Double](repeating: 0, count: ids.count)
    var (start, above) = (0, 0.0)
    while start < order.count {
      var (end, group) = (start, 0.0)
      while end < order.count && weights[order[end]] == weights[order[start]] {
        group += chances[order[end]]
        end += 1
      }
      // The last group reaches 1 whatever the rounding of the sum.
      let through = end == order.count ? 1 : above + group
      let share = (1...best).reduce(0) { $0 + fewer(than: $1, chance: above) - fewer(than: $1, chance: through) }
      for place in order[start..<end] { result[place] = share / Double(best) * chances[place] / group }
      (start, above) = (end, through)
    }
    return CandidateLaw(ids: ids, chances: result)
  }

  /// P(Bin(M, chance) < r).
  private func fewer(than r: Int, chance: Double) -> Double {
    let rest = 1 - chance
    guard rest > 0 else { return r > draws ? 1 : 0 }
    var term = pow(rest, Double(draws))
    guard term > 0 else { return 0 }
    var sum = 0.0
    for successes in 0..<r {
      sum += term
      term *= Double(draws - successes) / Double(successes + 1) * chance / rest
    }
    return min(1, sum)
  }
}
