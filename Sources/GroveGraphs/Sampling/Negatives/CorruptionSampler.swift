import GroveKernels

/// Negatives that replace either end of a positive: the candidate, or the anchor.
///
/// Letters: B positives, k negatives for each, A anchors, C candidates.
public struct CorruptionSampler: NegativeSampler {
  /// Name in the catalogue.
  public let name: String
  /// What is never drawn in place of a candidate.
  public let filter: NegativeFilter
  /// None.
  public var needsScores: Bool { false }
  /// What is never drawn in place of an anchor, by candidate.
  private let reverse: NegativeFilter
  /// The chance that the anchor is replaced.
  private let anchorShare: Double
  private let candidatePool: PoolMembers
  private let anchorPool: PoolMembers
  private let isSquare: Bool

  /// Which nodes may stand at an end.
  enum Ends {
    /// All of the end's type.
    case all
    /// Those that are seen there in a positive.
    case seen
  }

  /// The share of TransH: ½ without positives.
  static func bernoulliShare(_ positives: SparseRows) -> Double {
    let anchors = (0..<positives.rowCount).count { !positives.range(of: $0).isEmpty }
    var isSeen = [Bool](repeating: false, count: positives.columnCount)
    for id in positives.columns { isSeen[Int(id)] = true }
    let candidates = isSeen.count { $0 }
    guard anchors > 0 else { return 0.5 }
    let (perAnchor, perCandidate) = (1 / Double(anchors), 1 / Double(candidates))
    return perAnchor / (perAnchor + perCandidate)
  }

  init(_ name: String, on setting: NegativeSetting, anchorShare: Double, ends: Ends) {
    (self.name, self.anchorShare, filter, isSquare) = (name, anchorShare, setting.filter, setting.isSquare)
    // What the filter excludes in one direction it excludes in the other; a node's self-loop is its own reverse.
    reverse = NegativeFilter(
      [setting.filter.excluded.transposed().rows], anchorCount: filter.candidateCount,
      candidateCount: filter.anchorCount,
      excludesSelf: false)
    switch ends {
    case .all: (candidatePool, anchorPool) = (.everyone, .everyone)
    case .seen:
      let degrees = setting.candidateDegrees
      let heads = (0..<setting.positives.rowCount).map { setting.positives.range(of: $0).isEmpty ? 0.0 : 1 }
      candidatePool = .weighted(AliasTable(weights: degrees.map { $0 > 0 ? 1 : 0 }))
      anchorPool = .weighted(AliasTable(weights: heads))
    }
  }

  /// A positive's two sides: what may replace its candidate, and its anchor; nil where nothing may.
  private func sides(
    _ row: Int, _ request: NegativeRequest
  ) throws(NegativeFailure) -> (candidate: NegativeDraw?, anchor: NegativeDraw?) {
    var turned = request
    (turned.anchors, turned.positives) = (request.positives, request.anchors)
    func side(_ request: NegativeRequest, _ pool: PoolMembers, _ filter: NegativeFilter, _ number: Int)
      throws(NegativeFailure) -> NegativeDraw?
    {
      guard NegativeDraw.drawable(pool, of: row, in: request, filter) != nil else { return nil }
      return try NegativeDraw(
        name, row: row, in: request, from: pool, filter: filter,
        random: request.random.substream(number).generator(row: row))
    }
    let result = (try side(request, candidatePool, filter, 1), try side(turned, anchorPool, reverse, 2))
    if result.0 == nil && result.1 == nil { throw .noCandidates(anchor: request.anchors[row], sampler: name) }
    return result
  }

  /// Negatives of a request; where one end has nothing to be replaced by, always the other.
  ///
  /// - Complexity: O(B · k · log d).
  public func sample(for request: NegativeRequest) throws(NegativeFailure) -> Negatives {
    var result = Negatives(ids: [], count: request.count, replacesAnchor: [])
    var isAnchor: [Bool] = []
    for row in request.anchors.indices {
      var (candidate, anchor) = try sides(row, request)
      var coin = request.random.generator(row: row)
      for _ in 0..<request.count {
        let wantsAnchor = coin.unit() < anchorShare
        let takesAnchor = anchor != nil && (wantsAnchor || candidate == nil)
        if takesAnchor != wantsAnchor { result.tally.fallbacks += 1 }
        result.ids.append(takesAnchor ? anchor!.draw() : candidate!.draw())
        isAnchor.append(takesAnchor)
      }
      for draw in [candidate, anchor] { if let draw { result.tally.add(draw.tally) } }
    }
    result.replacesAnchor = isAnchor
    return result
  }

  /// The chance of each node to replace either end, where both ends are of one kind; else to replace the candidate.
  public func law(of row: Int, in request: NegativeRequest) throws(NegativeFailure) -> CandidateLaw {
    let (candidate, anchor) = try sides(row, request)
    guard isSquare else {
      guard let candidate else { throw .noExactLaw(sampler: name, why: "only anchors can be replaced") }
      let (ids, chances) = candidate.chances()
      return CandidateLaw(ids: ids, chances: chances)
    }
    let share = anchor == nil ? 0 : candidate == nil ? 1 : anchorShare
    var all = [Double](repeating: 0, count: filter.candidateCount)
    for (draw, part) in [(candidate, 1 - share), (anchor, share)] {
      guard let draw else { continue }
      let (ids, chances) = draw.chances()
      for (id, chance) in zip(ids, chances) { all[Int(id)] += part * chance }
    }
    return CandidateLaw(dense: all)
  }

  /// Chances of either end and its replacement together.
  ///
  /// - Complexity: O(B · (d + k)).
  public func chances(
    of negatives: Negatives, for request: NegativeRequest, frequency: @escaping @Sendable (Int32) -> Double
  ) throws(NegativeFailure) -> DrawChances? {
    var result = DrawChances.none
    for row in request.anchors.indices {
      let (candidate, anchor) = try sides(row, request)
      let share = anchor == nil ? 0 : candidate == nil ? 1 : anchorShare
      // Neither end is drawn from a batch, so that frequencies do not count.
      func chance(_ draw: NegativeDraw?, _ id: Int32) -> Double {
        draw.map { RowChances($0) { _ in 1 }.chance(of: id) } ?? 0
      }
      let places = row * negatives.count..<(row + 1) * negatives.count
      let found = places.map { place in
        negatives.replacesAnchor?[place] ?? false
          ? share * chance(anchor, negatives.ids[place]) : (1 - share) * chance(candidate, negatives.ids[place])
      }
      let known = share * chance(anchor, request.anchors[row]) + (1 - share) * chance(candidate, request.positives[row])
      result.append(DrawChances(negatives: found, positives: known > 0 ? [known] : nil, isShared: false))
    }
    return result
  }
}
