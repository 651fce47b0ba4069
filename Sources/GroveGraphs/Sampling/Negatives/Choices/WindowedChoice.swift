import GroveKernels

/// Which candidates may be negatives, from their scores and the positive's.
public struct ScoreWindow: Sendable, Equatable {
  /// Places in the order of scores, best first, from 0; nil: all.
  public var ranks: Range<Int>?
  /// s ≤ factor · s⁺, where s⁺ is above 0.
  public var shareOfPositive: Double?
  /// s ≤ s⁺ − margin.
  public var margin: Double?
  /// s < s⁺.
  public var isBelowPositive = false
  /// s ≥ this.
  public var least: Double?
  /// s ≤ this.
  public var most: Double?
  /// s > s⁺ − this.
  public var reach: Double?

  /// A window that lets everything through.
  public init() {}

  /// Whether a score lies in the window, ranks apart.
  func holds(_ score: Double, positive: Double) -> Bool {
    if let shareOfPositive, positive > 0, score > shareOfPositive * positive { return false }
    if let margin, score > positive - margin { return false }
    if isBelowPositive && score >= positive { return false }
    if let least, score < least { return false }
    if let most, score > most { return false }
    if let reach, score <= positive - reach { return false }
    return true
  }
}

/// Candidates whose scores lie in a window: the best of them, or any.
public struct WindowedChoice: NegativeChoice {
  /// The first window; where it is empty the next one counts.
  public let windows: [ScoreWindow]
  /// Whether the best-scored are taken; else all are alike, without repeats.
  public let takesBest: Bool
  /// Whether a positive that no window leaves enough negatives is given any candidates, with weight 0; else that is an
  /// error.
  public let fills: Bool

  /// - Precondition: at least one window.
  public init(_ windows: [ScoreWindow], takesBest: Bool, fills: Bool) {
    precondition(!windows.isEmpty, "WindowedChoice: no window")
    (self.windows, self.takesBest, self.fills) = (windows, takesBest, fills)
  }

  /// Yes.
  public var needsScores: Bool { true }

  /// Candidates in the order of the windows that hold them, each window's best first.
  private func held(_ draw: NegativeDraw) throws(NegativeFailure) -> (groups: [[Int32]], rest: [Int32]) {
    let ids = draw.chances().ids
    let scores = try draw.scores(of: ids)
    let positive = Double(try draw.positiveScore())
    let order = scores.placesLargestFirst
    var isTaken = [Bool](repeating: false, count: ids.count)
    var groups: [[Int32]] = []
    for window in windows {
      var group: [Int32] = []
      for (rank, place) in order.enumerated() where !isTaken[place] {
        guard window.ranks?.contains(rank) ?? true, window.holds(Double(scores[place]), positive: positive) else {
          continue
        }
        isTaken[place] = true
        group.append(ids[place])
      }
      groups.append(group)
    }
    return (groups, order.filter { !isTaken[$0] }.map { ids[$0] })
  }

  /// The choice.
  ///
  /// - Complexity: O(n) scores and O(n log n), n the pool's size.
  public func choose(_ count: Int, in draw: inout NegativeDraw) throws(NegativeFailure) -> ChosenNegatives {
    let (groups, rest) = try held(draw)
    draw.tally.draws += groups.reduce(rest.count) { $0 + $1.count }
    var chosen: [Int32] = []
    for (place, group) in groups.enumerated() where chosen.count < count {
      let wanted = min(count - chosen.count, group.count)
      chosen += takesBest ? Array(group.prefix(wanted)) : Array(draw.random.shuffled(group).prefix(wanted))
      if place > 0 { draw.tally.fallbacks += wanted }
    }
    var weights = [Float](repeating: 1, count: chosen.count)
    if chosen.count < count {
      guard fills else { throw .tooFew(anchor: draw.anchor, asked: count, available: chosen.count) }
      // Those that score least come first: they are the least likely to be positives; then any again.
      let others = rest.reversed() + chosen
      while chosen.count < count {
        chosen.append(others[weights.count % others.count])
        weights.append(0)
        draw.tally.fallbacks += 1
      }
    }
    return ChosenNegatives(chosen, weights: fills ? weights : nil)
  }

  /// All of the first window that holds any, or its best alone.
  public func law(of draw: NegativeDraw) throws(NegativeFailure) -> CandidateLaw {
    let (groups, rest) = try held(draw)
    guard let group = groups.first(where: { !$0.isEmpty }) else {
      guard fills, let last = rest.last else { throw .tooFew(anchor: draw.anchor, asked: 1, available: 0) }
      return CandidateLaw(ids: [last], chances: [1])
    }
    let ids = takesBest ? [group[0]] : group.sorted()
    return CandidateLaw(ids: ids, weights: ids.map { _ in 1 })
  }
}
