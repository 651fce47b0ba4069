/// Independent draws from a pool that scores made, which therefore asks for a scorer.
public struct ScoredPool: NegativeChoice {
  /// The choice.
  public init() {}
  /// Yes: by the pool.
  public var needsScores: Bool { true }
  /// The draws.
  public func choose(_ count: Int, in draw: inout NegativeDraw) throws(NegativeFailure) -> ChosenNegatives {
    try DrawEach().choose(count, in: &draw)
  }
  /// The pool's chances.
  public func law(of draw: NegativeDraw) throws(NegativeFailure) -> CandidateLaw { try DrawEach().law(of: draw) }
}
