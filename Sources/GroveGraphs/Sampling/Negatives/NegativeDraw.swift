public import GroveKernels

/// One positive whose negatives are chosen: its pool, what is excluded, its scores and its own randomness.
///
/// What a choice draws comes through here, so that no choice can give what is excluded.
///
/// Letters: C candidates, d excluded ones.
public struct NegativeDraw: Sendable {
  /// The sampler's name, for messages.
  public let sampler: String
  /// The positive's place in the request.
  public let row: Int
  /// The request.
  public let request: NegativeRequest
  /// Where candidates come from.
  public let members: PoolMembers
  /// What is never drawn.
  public let filter: NegativeFilter
  /// Randomness of this positive alone.
  public var random: RandomGenerator
  /// What it took so far.
  public var tally = DrawTally()

  /// Draws that are made anew before an exact search takes their place.
  static let tries = 32

  init(
    _ sampler: String, row: Int, in request: NegativeRequest, from members: PoolMembers, filter: NegativeFilter,
    random: RandomGenerator
  ) throws(NegativeFailure) {
    (self.sampler, self.row, self.request, self.filter) = (sampler, row, request, filter)
    self.random = random
    guard let drawable = NegativeDraw.drawable(members, of: row, in: request, filter) else {
      throw .noCandidates(anchor: request.anchors[row], sampler: sampler)
    }
    self.members = drawable
  }

  /// The anchor.
  public var anchor: Int32 { request.anchors[row] }
  /// The anchor's positive.
  public var positive: Int32 { request.positives[row] }

  /// Whether the pool is all candidates alike.
  var isUniform: Bool {
    if case .everyone = members { return true }
    return false
  }

  /// One candidate by the pool's chances, never an excluded one.
  ///
  /// - Complexity: O(log C) expected; O(C) where nearly all of a weighted pool is excluded.
  public mutating func draw() -> Int32 { draw(from: members) }

  private mutating func draw(from members: PoolMembers) -> Int32 {
    switch members {
    case .everyone:
      tally.draws += 1
      return filter.allowedCandidate(atRank: random.next(below: filter.allowedCount(for: anchor)), for: anchor)
    case .weighted(let table):
      for _ in 0..<Self.tries {
        tally.draws += 1
        let id = table.draw(using: &random)
        if !filter.excludes(id, for: anchor) { return id }
        tally.rejections += 1
      }
      return draw(from: .listed(NegativeDraw.allowed(table, for: anchor, filter)))
    case .listed(let list):
      tally.draws += 1
      return list.draw(using: &random)
    case .shared(let ids):
      for _ in 0..<Self.tries {
        tally.draws += 1
        let id = ids[random.next(below: ids.count)]
        if id != positive && !filter.excludes(id, for: anchor) { return id }
        tally.rejections += 1
      }
      return draw(from: .listed(counted(ids)))
    case .mixture(let parts):
      var mark = random.unit()
      for (share, part) in parts {
        if mark < share { return draw(from: part) }
        mark -= share
      }
      return draw(from: parts[parts.count - 1].members)
    }
  }

  /// Every candidate that may be drawn with its chance, candidates in rising order and chances adding up to 1.
  ///
  /// - Complexity: O(C); O(n log n) for a list of n.
  public func chances() -> (ids: [Int32], chances: [Double]) {
    if case .listed(let list) = members {
      let chances = list.chances
      let order = list.ids.indices.sorted { list.ids[$0] < list.ids[$1] }
      return (order.map { list.ids[$0] }, order.map { chances[$0 - list.ids.startIndex] })
    }
    var all = [Double](repeating: 0, count: filter.candidateCount)
    add(members, times: 1, to: &all)
    let ids = all.indices.filter { all[$0] > 0 }
    return (ids.map(Int32.init), ids.map { all[$0] })
  }

  private func add(_ members: PoolMembers, times share: Double, to all: inout [Double]) {
    switch members {
    case .everyone:
      let chance = share / Double(filter.allowedCount(for: anchor))
      for id in filter.allowed(for: anchor) { all[Int(id)] += chance }
    case .weighted(let table):
      add(.listed(NegativeDraw.allowed(table, for: anchor, filter)), times: share, to: &all)
    case .listed(let list):
      for (id, chance) in zip(list.ids, list.chances) { all[Int(id)] += share * chance }
    case .shared(let ids): add(.listed(counted(ids)), times: share, to: &all)
    case .mixture(let parts):
      for (part, members) in parts { add(members, times: share * part, to: &all) }
    }
  }

  /// What a shared list leaves to this positive, weighted by how often each comes.
  private func counted(_ ids: [Int32]) -> ListedCandidates {
    var counts: [(id: Int32, count: Double)] = []
    for id in ids.sorted() where id != positive && !filter.excludes(id, for: anchor) {
      if counts.last?.id == id { counts[counts.count - 1].count += 1 } else { counts.append((id, 1)) }
    }
    return ListedCandidates(counts.map(\.id), weights: counts.map(\.count))
  }

  /// Scores of candidates with the anchor.
  ///
  /// - Throws: `NegativeFailure.noScorer`, `NegativeFailure.notANumber`.
  public func scores(of candidates: [Int32]) throws(NegativeFailure) -> [Float] {
    try checked(scorer().scores(of: anchor, with: candidates), candidates)
  }

  /// Score of the positive with the anchor.
  public func positiveScore() throws(NegativeFailure) -> Float { try scores(of: [positive])[0] }

  /// Scores of candidates with the positive.
  public func scoresWithPositive(of candidates: [Int32]) throws(NegativeFailure) -> [Float] {
    try checked(scorer().scores(ofCandidate: positive, with: candidates), candidates)
  }

  /// Cosines of the angles between the anchor and candidates.
  ///
  /// - Precondition: the request has a scorer, as `scores` finds out.
  func cosines(of candidates: [Int32]) -> [Float] {
    guard let scorer = request.scorer else { preconditionFailure("cosines: sampler '\(sampler)' has no scorer") }
    return scorer.cosines(of: anchor, with: candidates)
  }

  private func scorer() throws(NegativeFailure) -> any NegativeScorer {
    guard let scorer = request.scorer else { throw .noScorer(sampler: sampler) }
    return scorer
  }

  private func checked(_ scores: [Float], _ candidates: [Int32]) throws(NegativeFailure) -> [Float] {
    for (score, candidate) in zip(scores, candidates) where score.isNaN {
      throw .notANumber(anchor: anchor, candidate: candidate)
    }
    return scores
  }

  /// Members of which something can be drawn for a positive; nil where nothing can.
  static func drawable(
    _ members: PoolMembers, of row: Int, in request: NegativeRequest, _ filter: NegativeFilter
  ) -> PoolMembers? {
    let anchor = request.anchors[row]
    switch members {
    case .everyone: return filter.allowedCount(for: anchor) > 0 ? members : nil
    case .weighted(let table):
      var excluded = 0.0
      for id in filter.excluded[Int(anchor)] { excluded += table.probabilities[Int(id)] }
      // Sums of chances are off by some 1e-16 each; only near 1 is it worth looking at every candidate.
      guard excluded > 1 - 1e-9 else { return members }
      return allowed(table, for: anchor, filter).ids.isEmpty ? nil : members
    case .listed(let list): return list.ids.isEmpty ? nil : members
    case .shared(let ids):
      let positive = request.positives[row]
      return ids.contains { $0 != positive && !filter.excludes($0, for: anchor) } ? members : nil
    case .mixture(let parts):
      var kept: [(share: Double, members: PoolMembers)] = []
      for (share, part) in parts where share > 0 {
        if let part = drawable(part, of: row, in: request, filter) { kept.append((share, part)) }
      }
      let total = kept.reduce(0) { $0 + $1.share }
      return kept.isEmpty ? nil : .mixture(kept.map { ($0.share / total, $0.members) })
    }
  }

  /// What a table leaves to an anchor.
  private static func allowed(_ table: AliasTable, for anchor: Int32, _ filter: NegativeFilter) -> ListedCandidates {
    let ids = filter.allowed(for: anchor).filter { table.probabilities[Int($0)] > 0 }
    return ListedCandidates(ids, weights: ids.map { table.probabilities[Int($0)] })
  }
}
