import Foundation
import GroveKernels

/// A walk among candidates that stays longest where positives are likely: negatives by a power of the positive
/// distribution, estimated from the scores themselves.
///
///     π(u) ∝ σ(s(v, u))^α
///     propose y by q(y | x) = ½ · pool(y) + ½ · (1 / |L(x)|, y in the local list L(x));   accept with min(1, π(y) q(x | y) / (π(x) q(y | x)))
///
/// Where L(x) is empty the pool proposes alone. What is not allowed for the anchor is never proposed into: the walk stays.
/// Each anchor's walk starts anew by the pool and gives its first negative after `burnIn` steps.
///
/// - Source: MCNS (Yang 2020), eq. 8 and algorithm 1. Differs: the density of a proposal is that of the mixture, where the
///   published code takes that of the branch drawn, which is exact for symmetric lists only; every row has draws of its own,
///   there shared by a batch; σ(s)^α in place of σ(s^α), which has no value below 0; walks do not go on from one anchor to
///   the next, so that rows do not depend on each other.
public struct MetropolisChain: NegativeChoice {
  /// α.
  public let power: Double
  /// Steps before the first negative.
  public let burnIn: Int
  /// L: for each candidate those that are proposed from there, rising.
  public let lists: SparseRows

  /// - Precondition: lists by candidate, `burnIn` at least 0.
  public init(power: Double = 0.75, burnIn: Int = 10, lists: SparseRows) {
    precondition(burnIn >= 0, "MetropolisChain: \(burnIn) steps")
    precondition(
      lists.rowCount == lists.columnCount, "MetropolisChain: \(lists.rowCount) lists of \(lists.columnCount)")
    (self.power, self.burnIn, self.lists) = (power, burnIn, lists)
  }

  /// Yes.
  public var needsScores: Bool { true }

  /// The walk's states after the burn-in, one step apart.
  ///
  /// - Complexity: O(burnIn + count) scores and proposals.
  public func choose(_ count: Int, in draw: inout NegativeDraw) throws(NegativeFailure) -> ChosenNegatives {
    let pool =
      draw.isUniform
      ? nil
      : {
        let (ids, chances) = draw.chances(); return CandidateLaw(ids: ids, chances: chances)
      }()
    func chance(_ id: Int32) -> Double {
      guard let pool else { return 1 / Double(draw.filter.allowedCount(for: draw.anchor)) }
      var (low, high) = (0, pool.ids.count)
      while low < high {
        let middle = (low + high) / 2
        if pool.ids[middle] < id { low = middle + 1 } else { high = middle }
      }
      return low < pool.ids.count && pool.ids[low] == id ? pool.chances[low] : 0
    }
    var state = draw.draw()
    var level = try logTarget([state], draw)[0]
    var chosen: [Int32] = []
    for step in 0..<burnIn + count {
      let near = lists[Int(state)]
      let isLocal = draw.random.unit() < 0.5 && !near.isEmpty
      let proposed = isLocal ? near[near.startIndex + draw.random.next(below: near.count)] : draw.draw()
      draw.tally.draws += isLocal ? 1 : 0
      if proposed != state, !draw.filter.excludes(proposed, for: draw.anchor), chance(proposed) > 0 {
        let next = try logTarget([proposed], draw)[0]
        let ratio =
          exp(next - level) * density(of: state, from: proposed, chance(state))
          / density(of: proposed, from: state, chance(proposed))
        if draw.random.unit() < ratio { (state, level) = (proposed, next) }
      }
      if step >= burnIn { chosen.append(state) }
    }
    return ChosenNegatives(chosen)
  }

  private func logTarget(_ ids: [Int32], _ draw: NegativeDraw) throws(NegativeFailure) -> [Double] {
    try draw.scores(of: ids).map { score in
      // log σ(s), without overflow at either end.
      let s = Double(score)
      return power * (s > 0 ? -log1p(exp(-s)) : s - log1p(exp(s)))
    }
  }

  /// q(y | x), given the pool's chance of y.
  private func density(of y: Int32, from x: Int32, _ chance: Double) -> Double {
    let near = lists[Int(x)]
    guard !near.isEmpty else { return chance }
    return 0.5 * chance + (Kernels.holds(y, in: near) ? 0.5 / Double(near.count) : 0)
  }

  /// π, which the walk comes to; after few steps its states are only near that.
  ///
  /// - Complexity: O(C) scores.
  public func law(of draw: NegativeDraw) throws(NegativeFailure) -> CandidateLaw {
    let ids = draw.chances().ids
    let logs = try logTarget(ids, draw)
    let most = logs.max() ?? 0
    return CandidateLaw(ids: ids, weights: logs.map { exp($0 - most) })
  }

  /// The chance to go from each allowed candidate to each in one step, for small graphs.
  ///
  /// - Returns: allowed candidates, and a row for each of them.
  /// - Complexity: O(C²).
  func kernel(of draw: NegativeDraw) throws(NegativeFailure) -> (ids: [Int32], rows: [[Double]]) {
    let (ids, chances) = draw.chances()
    let logs = try logTarget(ids, draw)
    var rows: [[Double]] = []
    for x in ids.indices {
      var row = ids.indices.map { y in
        y == x
          ? 0
          : min(
            density(of: ids[y], from: ids[x], chances[y]),
            exp(logs[y] - logs[x]) * density(of: ids[x], from: ids[y], chances[x]))
      }
      row[x] = 1 - row.reduce(0, +)
      rows.append(row)
    }
    return (ids, rows)
  }
}
