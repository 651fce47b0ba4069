import Foundation
import GroveKernels

/// Independent draws by the pool's chances, in which one candidate may come again.
public struct DrawEach: NegativeChoice {
  /// The choice.
  public init() {}
  /// None.
  public var needsScores: Bool { false }
  /// Yes.
  public var isPlain: Bool { true }

  /// The draws.
  public func choose(_ count: Int, in draw: inout NegativeDraw) throws(NegativeFailure) -> ChosenNegatives {
    ChosenNegatives((0..<count).map { _ in draw.draw() })
  }

  /// The pool's chances.
  public func law(of draw: NegativeDraw) throws(NegativeFailure) -> CandidateLaw {
    let (ids, chances) = draw.chances()
    return CandidateLaw(ids: ids, chances: chances)
  }
}

/// Draws by the pool's chances, each among what was not drawn before.
///
/// - Throws: `NegativeFailure.tooFew` where fewer different candidates are left than are asked for.
public struct DrawDistinct: NegativeChoice {
  /// The choice.
  public init() {}
  /// None.
  public var needsScores: Bool { false }

  /// The draws: repeats are drawn anew; where that takes too long, exponential clocks decide among all that is left.
  ///
  /// - Complexity: O(count²) expected while few of many are drawn, else O(C log C).
  /// - Source: clocks as in Efraimidis, Spirakis 2006; both ways give successive sampling.
  public func choose(_ count: Int, in draw: inout NegativeDraw) throws(NegativeFailure) -> ChosenNegatives {
    var chosen: [Int32] = []
    var rest = NegativeDraw.tries + 2 * count
    while chosen.count < count && rest > 0 {
      rest -= 1
      let id = draw.draw()
      if chosen.contains(id) { draw.tally.rejections += 1 } else { chosen.append(id) }
    }
    guard chosen.count < count else { return ChosenNegatives(chosen) }
    let (ids, chances) = draw.chances()
    guard ids.count >= count else { throw .tooFew(anchor: draw.anchor, asked: count, available: ids.count) }
    let left = ids.indices.filter { !chosen.contains(ids[$0]) }
    let places = ExponentialRace.first(
      count - chosen.count, logWeights: left.map { log(chances[$0]) }, using: &draw.random)
    draw.tally.draws += left.count
    return ChosenNegatives(chosen + places.map { ids[left[$0]] })
  }

  /// The pool's chances: those of a single draw.
  public func law(of draw: NegativeDraw) throws(NegativeFailure) -> CandidateLaw { try DrawEach().law(of: draw) }
}

/// Clocks that ring after exponential times: who rings first was drawn in proportion to weights, without repeats.
enum ExponentialRace {
  /// The places of the first `count` clocks to ring, in their order.
  ///
  ///     key[i] = log w[i] − log(−log U[i]),  the largest `count` keys        (Gumbel top-k)
  ///
  /// - Precondition: at most as many as weights above 0; a log weight is below +∞.
  /// - Complexity: O(n log n).
  static func first(_ count: Int, logWeights: [Double], using random: inout RandomGenerator) -> [Int] {
    let keys = logWeights.map { $0 - log(-log(random.unit() + 0x1p-54)) }
    let order = keys.placesLargestFirst.filter { logWeights[$0] > -.infinity }
    precondition(order.count >= count, "ExponentialRace: \(count) of \(order.count)")
    return Array(order.prefix(count))
  }
}
