import Foundation

/// The first draw that scores within a margin of the positive.
///
///     draw u until s(v, u) + γ > s(v, u⁺);   weight of the loss = Σ over i = 1…⌊(n − 1) / t⌋ of 1 / i
///
/// t is the number of draws it took, n the number of candidates: few draws mean that many candidates rank above the
/// positive. After as many draws as are allowed the last one is given with weight 0, so that nothing is learned from it.
///
/// - Source: WSABIE (Weston, Bengio, Usunier 2011), eq. 7 and algorithm 1.
public struct FirstViolator: NegativeChoice {
  /// γ.
  public let margin: Double
  /// Draws that are allowed for a negative.
  public let limit: Int

  /// - Precondition: `limit` is at least 1.
  public init(margin: Double = 1, limit: Int = 100) {
    precondition(limit >= 1, "FirstViolator: \(limit) draws")
    (self.margin, self.limit) = (margin, limit)
  }

  /// Yes.
  public var needsScores: Bool { true }

  /// The choice, `count` times; scores are asked for in blocks of 16 candidates.
  ///
  /// - Complexity: O(draws) scores.
  public func choose(_ count: Int, in draw: inout NegativeDraw) throws(NegativeFailure) -> ChosenNegatives {
    let least = Double(try draw.positiveScore()) - margin
    var (ids, weights): ([Int32], [Float]) = ([], [])
    for _ in 0..<count {
      var (behind, found): (Int, (id: Int32, draws: Int)?) = (0, nil)
      var last: Int32 = 0
      while found == nil && behind < limit {
        let block = (0..<min(16, limit - behind)).map { _ in draw.draw() }
        let scores = try draw.scores(of: block)
        if let place = scores.firstIndex(where: { Double($0) > least }) { found = (block[place], behind + place + 1) }
        behind += block.count
        last = block[block.count - 1]
      }
      ids.append(found?.id ?? last)
      weights.append(found.map { rankWeight(draws: $0.draws, of: draw.filter.candidateCount) } ?? 0)
      if found == nil { draw.tally.fallbacks += 1 }
    }
    return ChosenNegatives(ids, weights: weights)
  }

  /// What a violation that took some draws weighs.
  private func rankWeight(draws: Int, of candidateCount: Int) -> Float {
    let rank = (candidateCount - 1) / draws
    if rank <= 64 { return rank < 1 ? 0 : Float((1...rank).reduce(0.0) { $0 + 1 / Double($1) }) }
    // The sum's asymptotic series, off by less than 1e-10 here.
    let n = Double(rank)
    return Float(log(n) + 0.577_215_664_901_532_9 + 1 / (2 * n) - 1 / (12 * n * n))
  }

  /// Violators by the pool's chances, with what the allowed draws leave to the others.
  ///
  /// - Complexity: O(C) scores.
  public func law(of draw: NegativeDraw) throws(NegativeFailure) -> CandidateLaw {
    let least = Double(try draw.positiveScore()) - margin
    let (ids, chances) = draw.chances()
    let isViolator = try draw.scores(of: ids).map { Double($0) > least }
    let violating = zip(chances, isViolator).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
    let never = violating >= 1 ? 0 : pow(1 - violating, Double(limit))
    return CandidateLaw(
      ids: ids,
      chances: ids.indices.map {
        if isViolator[$0] { return chances[$0] / violating * (1 - never) }
        return never == 0 ? 0 : chances[$0] / (1 - violating) * never
      })
  }
}
