import Foundation
import GroveKernels

/// TriSampler: candidates about as alike as the positive, then those of them that lie on the positive's side.
///
///     within θ = |∠(v, u⁺) − ∠(v, u)| ≤ θ_max of the pool
///     1.  m₁ without repeats, by  exp(−(s(v, u) − s(v, u⁺))² / c)
///     2.  k of these, by  max(0, s(u⁺, u) − s(v, u))
///
/// Where all second weights of a subset are 0 its first ones decide; where the angle leaves nothing it is not asked for.
/// Both are counted as fall-backs. Where fewer than m₁ candidates are left the subset is all of them.
///
/// - Source: TriSampler (Yang, Shao, Dong, Tang, AAAI 2024, arXiv 2402.11855). The paper's summary does not say how the two
///   weights combine, how large the subset is, or whether the angle is a bound; all are parameters here.
public struct QuasiTriangularChoice: NegativeChoice {
  /// m₁, the size of the first step's subset.
  public let subset: Int
  /// c, the width of the first weight.
  public let width: Double
  /// θ_max in degrees; nil: no bound.
  public let largestAngle: Double?
  /// Whether a negative may come again.
  public let isReplacing: Bool

  /// - Precondition: `subset` at least 1, `width` above 0, an angle in 0...180.
  public init(subset: Int = 50, width: Double = 4, largestAngle: Double? = 60, isReplacing: Bool = false) {
    precondition(subset >= 1 && width > 0, "QuasiTriangularChoice: a subset of \(subset), a width of \(width)")
    precondition((0...180).contains(largestAngle ?? 0), "QuasiTriangularChoice: an angle of \(largestAngle ?? 0)")
    (self.subset, self.width, self.largestAngle, self.isReplacing) = (subset, width, largestAngle, isReplacing)
  }

  /// Yes.
  public var needsScores: Bool { true }

  /// What both steps need to know of the candidates.
  private struct Region {
    var ids: [Int32]
    var scores: [Float]
    /// Log of pool's chance times first weight.
    var first: [Double]
    var fallbacks = 0
  }

  /// The candidates within the angle, with their first weights.
  private func region(of draw: NegativeDraw) throws(NegativeFailure) -> Region {
    var (ids, chances) = draw.chances()
    if let largestAngle {
      let own = acos(Double(draw.cosines(of: [draw.positive])[0]))
      let angles = draw.cosines(of: ids).map { abs(acos(Double($0)) - own) * 180 / Double.pi }
      // Rounding must not shut out what lies on the bound.
      let kept = ids.indices.filter { angles[$0] <= largestAngle + 1e-4 }
      guard !kept.isEmpty else {
        var region = try QuasiTriangularChoice(subset: subset, width: width, largestAngle: nil).region(of: draw)
        region.fallbacks = 1
        return region
      }
      (ids, chances) = (kept.map { ids[$0] }, kept.map { chances[$0] })
    }
    let scores = try draw.scores(of: ids)
    let logs = try GaussianWeight(steepness: 1 / width).logWeights(of: ids, scores: scores, in: draw)
    return Region(ids: ids, scores: scores, first: zip(logs, chances).map { $0 + log($1) })
  }

  /// The choice.
  ///
  /// - Throws: `NegativeFailure.tooFew` without repeats where the subset is smaller than `count`.
  /// - Complexity: O(K) scores with the anchor, m₁ with the positive, O(K log K).
  public func choose(_ count: Int, in draw: inout NegativeDraw) throws(NegativeFailure) -> ChosenNegatives {
    guard count > 0 else { return ChosenNegatives([]) }
    let region = try region(of: draw)
    draw.tally.fallbacks += region.fallbacks * count
    draw.tally.draws += region.ids.count
    let chosen = ExponentialRace.first(
      min(max(subset, isReplacing ? 1 : count), region.ids.count), logWeights: region.first, using: &draw.random)
    guard isReplacing || chosen.count >= count else {
      throw .tooFew(anchor: draw.anchor, asked: count, available: chosen.count)
    }
    let ids = chosen.map { region.ids[$0] }
    var logs = try TriangleWeight().logWeights(of: ids, scores: chosen.map { region.scores[$0] }, in: draw)
    let first = chosen.map { region.first[$0] }
    let available = logs.count { $0 > -.infinity }
    if isReplacing {
      if available == 0 {
        logs = first
        draw.tally.fallbacks += count
      }
      let list = ListedCandidates(weighing: ids, logWeights: logs)
      return ChosenNegatives((0..<count).map { _ in list.draw(using: &draw.random) })
    }
    // Those on the positive's side first; the rest by the first weight.
    let side = ExponentialRace.first(min(count, available), logWeights: logs, using: &draw.random)
    guard side.count < count else { return ChosenNegatives(side.map { ids[$0] }) }
    draw.tally.fallbacks += count - side.count
    let others = first.indices.map { side.contains($0) ? -Double.infinity : first[$0] }
    let rest = ExponentialRace.first(count - side.count, logWeights: others, using: &draw.random)
    return ChosenNegatives((side + rest).map { ids[$0] })
  }

  /// The chance of each candidate: in closed form where the subset is all of the region, else from `SubsetShares`.
  ///
  /// - Complexity: O(K) scores; seconds for a pool of hundreds with a subset of tens.
  public func law(of draw: NegativeDraw) throws(NegativeFailure) -> CandidateLaw {
    let region = try region(of: draw)
    let most = region.first.max() ?? 0
    let first = region.first.map { exp($0 - most) }
    let second = try TriangleWeight().logWeights(of: region.ids, scores: region.scores, in: draw).map { exp($0) }
    guard subset < region.ids.count else {
      return CandidateLaw(ids: region.ids, weights: second.contains { $0 > 0 } ? second : first)
    }
    let everyone = [Bool](repeating: true, count: first.count)
    var chances = SubsetShares.shares(rates: first, weights: second, count: subset, allowed: everyone)
    if second.count(where: { $0 == 0 }) >= subset {
      let byFirst = SubsetShares.shares(rates: first, weights: first, count: subset, allowed: second.map { $0 == 0 })
      for place in chances.indices { chances[place] += byFirst[place] }
    }
    return CandidateLaw(ids: region.ids, weights: chances)
  }
}
