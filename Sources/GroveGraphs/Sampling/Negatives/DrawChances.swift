import GroveKernels

/// How likely it was to draw what was drawn: what corrections of a loss divide by.
///
/// Letters: B positives, k negatives for each.
public struct DrawChances: Sendable, Equatable {
  /// The chance of each negative at its draw, above 0. [B · k]
  public var negatives: [Double]
  /// The chance that each positive would have at a draw if it were not left out; nil where some positive has none. [B]
  public var positives: [Double]?
  /// Whether positives are the negatives of other rows, as in a batch: a correction then counts a positive as it counts negatives.
  public var isShared: Bool

  /// Chances as they are.
  public init(negatives: [Double], positives: [Double]?, isShared: Bool) {
    (self.negatives, self.positives, self.isShared) = (negatives, positives, isShared)
  }

  /// Chances of no rows.
  static var none: DrawChances { DrawChances(negatives: [], positives: [], isShared: false) }

  /// Adds those of rows that follow.
  mutating func append(_ other: DrawChances) {
    negatives += other.negatives
    positives = positives.flatMap { own in other.positives.map { own + $0 } }
    isShared = isShared || other.isShared
  }
}

/// Chances of plain draws for one positive, whatever else is in its batch.
///
///     everyone   1 / allowed                                   weighted   p[u] / (1 − Σ of p over the excluded)
///     shared     f[u] / (1 − Σ of f over the excluded)         mixture    Σ share · chance
///
/// f is how often a candidate is a positive: what a batch holds in the mean. A queue of past positives is like a batch.
struct RowChances {
  private enum Part {
    case uniform(Double)
    case weighted(AliasTable, kept: Double)
    case listed(ListedCandidates)
    case shared(kept: Double)
  }

  private var parts: [(share: Double, part: Part)] = []
  private let frequency: (Int32) -> Double
  /// Whether some part holds the positives of other rows.
  private(set) var isShared = false

  /// Chances of what a draw takes its negatives from.
  ///
  /// - Complexity: O(d), or O(C) where weights leave next to nothing to the anchor.
  init(_ draw: NegativeDraw, frequency: @escaping (Int32) -> Double) {
    self.frequency = frequency
    add(draw.members, share: 1, of: draw)
  }

  private mutating func add(_ members: PoolMembers, share: Double, of draw: NegativeDraw) {
    let (filter, anchor) = (draw.filter, draw.anchor)
    switch members {
    case .everyone: parts.append((share, .uniform(1 / Double(filter.allowedCount(for: anchor)))))
    case .weighted(let table):
      var kept = 1.0
      for id in filter.excluded[Int(anchor)] { kept -= table.probabilities[Int(id)] }
      // A difference of sums is off by some 1e-16: where so little is left, it is added up instead.
      if kept < 1e-9 { kept = filter.allowed(for: anchor).reduce(0) { $0 + table.probabilities[Int($1)] } }
      parts.append((share, .weighted(table, kept: kept)))
    case .listed(let list): parts.append((share, .listed(list)))
    case .shared:
      var kept = 1.0
      for id in filter.excluded[Int(anchor)] { kept -= frequency(id) }
      if !filter.excludes(draw.positive, for: anchor) { kept -= frequency(draw.positive) }
      parts.append((share, .shared(kept: kept)))
      isShared = true
    case .mixture(let members):
      for (part, inner) in members { add(inner, share: share * part, of: draw) }
    }
  }

  /// The chance of a candidate at one draw; of an excluded one what it would be beside the allowed ones, 0 in lists, which hold none.
  ///
  /// - Complexity: O(1), O(n) for a list of n.
  func chance(of id: Int32) -> Double {
    parts.reduce(0) { sum, entry in
      switch entry.part {
      case .uniform(let chance): return sum + entry.share * chance
      case .weighted(let table, let kept): return sum + entry.share * table.probabilities[Int(id)] / kept
      case .listed(let list): return sum + entry.share * list.chance(of: id)
      case .shared(let kept):
        let own = frequency(id)
        // Estimates may leave less than the candidate itself has.
        return sum + entry.share * own / max(kept, own)
      }
    }
  }
}

extension ListedCandidates {
  /// The chance of a candidate; 0 where it is not listed.
  ///
  /// - Complexity: O(n).
  func chance(of id: Int32) -> Double {
    guard let place = ids.firstIndex(of: id) else { return 0 }
    guard let sums, let total = sums.last else { return 1 / Double(ids.count) }
    let number = sums.startIndex + (place - ids.startIndex)
    return (sums[number] - (number == sums.startIndex ? 0 : sums[number - 1])) / total
  }
}

extension ComposedSampler {
  /// Chances of plain draws; nil where scores or repeats count.
  ///
  /// - Complexity: O(B · (d + k)); lists O(n) for each negative. On all threads.
  public func chances(
    of negatives: Negatives, for request: NegativeRequest, frequency: @escaping @Sendable (Int32) -> Double
  ) throws(NegativeFailure) -> DrawChances? {
    guard choice.isPlain else { return nil }
    let parts = Workers.mapChunks(of: request.anchors.count, atLeast: 32) { range in
      Result { () throws(NegativeFailure) in try chances(of: negatives, rows: range, request, frequency) }
    }
    var result = DrawChances.none
    for part in parts { result.append(try part.get()) }
    return result
  }

  private func chances(
    of negatives: Negatives, rows: Range<Int>, _ request: NegativeRequest,
    _ frequency: @escaping @Sendable (Int32) -> Double
  ) throws(NegativeFailure) -> DrawChances {
    var (found, known, isShared): ([Double], [Double], Bool) = ([], [], false)
    for row in rows {
      let draw = try self.draw(of: row, in: request)
      let chances = RowChances(draw, frequency: frequency)
      found += negatives[row].map { chances.chance(of: $0) }
      known.append(chances.chance(of: draw.positive))
      isShared = isShared || chances.isShared
    }
    return DrawChances(negatives: found, positives: known.contains(0) ? nil : known, isShared: isShared)
  }
}
