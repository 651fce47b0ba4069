import Foundation
import GroveKernels

/// Candidates that rank high in one factor of the embeddings: a guess at the hardest ones without scoring any.
///
///     factor f ∝ |a[v, f]| · std of c[·, f];   rank r ∝ exp(−(r + 1) / λ);   the r-th candidate by sign(a[v, f]) · c[·, f]
///
/// A rank whose candidate is not allowed is drawn again, the factor is not. Orders are made anew now and then.
///
/// - Source: adaptive oversampling for BPR (Rendle, Freudenthaler 2014), algorithm 2.
public final class FactorRankChoice: NegativeChoice {
  /// λ as a share of the number of candidates.
  public let spread: Double
  /// When candidates are sorted anew.
  public let period: RefreshPeriod
  private let kept = Guarded<Orders?>(nil)

  private struct Orders: Sendable {
    /// For each factor the candidates, the largest entry first. [D][C]
    let orders: [[Int32]]
    let deviations: [Double]
    let moment: NegativeRequest.Progress
  }

  /// A choice with nothing sorted yet.
  ///
  /// - Precondition: `spread` above 0.
  public init(spread: Double, period: RefreshPeriod) {
    precondition(spread > 0, "FactorRankChoice: \(spread)")
    (self.spread, self.period) = (spread, period)
  }

  /// Yes.
  public var needsScores: Bool { true }

  private func orders(_ draw: NegativeDraw) throws(NegativeFailure) -> (Orders, ScoreFactors) {
    guard let factors = draw.request.scorer?.factors else {
      throw .missing(sampler: draw.sampler, what: "scores that are products of embeddings")
    }
    let now = draw.request.progress
    return (
      kept.withLock { kept in
        if let kept, !period.isOver(since: kept.moment, at: now) { return kept }
        let made = FactorRankChoice.sorted(factors, at: now)
        kept = made
        return made
      }, factors
    )
  }

  private static func sorted(_ factors: ScoreFactors, at moment: NegativeRequest.Progress) -> Orders {
    let (width, count) = (factors.width, factors.candidates.count / factors.width)
    var (orders, deviations): ([[Int32]], [Double]) = ([], [])
    for factor in 0..<width {
      let column = (0..<count).map { factors.candidates[$0 * width + factor] }
      orders.append(column.placesLargestFirst.map(Int32.init))
      let mean = column.reduce(0.0) { $0 + Double($1) } / Double(max(1, count))
      let square = column.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      deviations.append((square / Double(max(1, count))).squareRoot())
    }
    return Orders(orders: orders, deviations: deviations, moment: moment)
  }

  /// What each factor weighs for the anchor; all alike where none weighs anything.
  private func factorWeights(_ draw: NegativeDraw, _ orders: Orders, _ factors: ScoreFactors) -> [Double] {
    let start = Int(draw.anchor) * factors.width
    let weights = (0..<factors.width).map { abs(Double(factors.anchors[start + $0])) * orders.deviations[$0] }
    return weights.contains { $0 > 0 } ? weights : weights.map { _ in 1 }
  }

  /// The choice, `count` times.
  ///
  /// - Complexity: O(D + tries · log d) for a negative; O(D · C log C) for a sort.
  public func choose(_ count: Int, in draw: inout NegativeDraw) throws(NegativeFailure) -> ChosenNegatives {
    let (orders, factors) = try orders(draw)
    let list = ListedCandidates(
      weighing: (0..<Int32(factors.width)).map { $0 },
      logWeights: factorWeights(draw, orders, factors).map { log($0) })
    let size = Double(draw.filter.candidateCount)
    let scale = spread * size
    var chosen: [Int32] = []
    for _ in 0..<count {
      let factor = Int(list.draw(using: &draw.random))
      let isFlipped = factors.anchors[Int(draw.anchor) * factors.width + factor] < 0
      var found: Int32?
      for _ in 0..<NegativeDraw.tries where found == nil {
        draw.tally.draws += 1
        // The inverse of a geometric distribution cut off at the last rank.
        let most = -expm1(-size / scale)
        let rank = min(Int(-scale * log1p(-draw.random.unit() * most)), Int(size) - 1)
        let id = orders.orders[factor][isFlipped ? Int(size) - 1 - rank : rank]
        if draw.filter.excludes(id, for: draw.anchor) { draw.tally.rejections += 1 } else { found = id }
      }
      if let found {
        chosen.append(found)
      } else {
        let (ids, chances) = ranked(draw, orders, factors, factor)
        chosen.append(ListedCandidates(ids, weights: chances).draw(using: &draw.random))
      }
    }
    return ChosenNegatives(chosen)
  }

  /// Allowed candidates in a factor's order with what their ranks weigh.
  private func ranked(
    _ draw: NegativeDraw, _ orders: Orders, _ factors: ScoreFactors, _ factor: Int
  ) -> (ids: [Int32], weights: [Double]) {
    let isFlipped = factors.anchors[Int(draw.anchor) * factors.width + factor] < 0
    let order = isFlipped ? orders.orders[factor].reversed() : orders.orders[factor]
    let scale = spread * Double(order.count)
    var (ids, weights): ([Int32], [Double]) = ([], [])
    for (rank, id) in order.enumerated() where !draw.filter.excludes(id, for: draw.anchor) {
      ids.append(id)
      weights.append(max(exp(-Double(rank) / scale), Double.leastNormalMagnitude))
    }
    return (ids, weights)
  }

  /// The mean over factors of the ranks' chances.
  ///
  /// - Complexity: O(D · C log d).
  public func law(of draw: NegativeDraw) throws(NegativeFailure) -> CandidateLaw {
    let (orders, factors) = try orders(draw)
    let shares = factorWeights(draw, orders, factors)
    let total = shares.reduce(0, +)
    var all = [Double](repeating: 0, count: draw.filter.candidateCount)
    for (factor, share) in shares.enumerated() where share > 0 {
      let (ids, weights) = ranked(draw, orders, factors, factor)
      let sum = weights.reduce(0, +)
      for (id, weight) in zip(ids, weights) { all[Int(id)] += share / total * weight / sum }
    }
    return CandidateLaw(dense: all)
  }
}
