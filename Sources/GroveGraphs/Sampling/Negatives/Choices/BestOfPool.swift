/// The candidates of a whole pool that weigh most, best first; where the pool is smaller than what is asked for, from the
/// best again.
public struct BestOfPool: NegativeChoice {
  /// What makes a candidate hard; its score unless told.
  public let weight: any CandidateWeight

  /// A choice by a weight.
  public init(weight: any CandidateWeight = SoftmaxWeight()) { self.weight = weight }

  /// Yes.
  public var needsScores: Bool { true }

  private func order(_ draw: NegativeDraw) throws(NegativeFailure) -> [Int32] {
    let ids = draw.chances().ids
    let weights = try weight.logWeights(of: ids, scores: draw.scores(of: ids), in: draw)
    return weights.placesLargestFirst.map { ids[$0] }
  }

  /// The choice.
  ///
  /// - Complexity: O(n) scores and O(n log n), n the pool's size.
  public func choose(_ count: Int, in draw: inout NegativeDraw) throws(NegativeFailure) -> ChosenNegatives {
    let order = try order(draw)
    draw.tally.draws += order.count
    draw.tally.fallbacks += max(0, count - order.count)
    return ChosenNegatives((0..<count).map { order[$0 % order.count] })
  }

  /// The best alone.
  public func law(of draw: NegativeDraw) throws(NegativeFailure) -> CandidateLaw {
    CandidateLaw(ids: [try order(draw)[0]], chances: [1])
  }
}
