import GroveKernels

/// The best-scored candidates of each anchor, searched exactly and anew now and then.
///
/// - Source: ANCE (Xiong 2021) with an exact search in place of an approximate one; SimANS and TriSampler draw from it.
public final class TopCandidates: CandidatePool {
  /// K, how many are kept of each anchor.
  public let count: Int
  /// When all are searched anew.
  public let period: RefreshPeriod
  private let filter: NegativeFilter
  private let sampler: String
  /// Around what candidates are searched.
  public enum Center: Sendable {
    /// The anchor.
    case anchor
    /// The anchor's positive.
    case positive
  }

  private let center: Center
  private let kept = Guarded<Kept?>(nil)

  private struct Kept {
    let table: CandidateTable
    let moment: NegativeRequest.Progress
    /// What the search before found.
    var previous: CandidateTable?
  }

  /// A pool with nothing searched yet.
  ///
  /// - Precondition: `count` is at least 1.
  public init(
    _ count: Int, around center: Center = .anchor, period: RefreshPeriod, filter: NegativeFilter, sampler: String
  ) {
    precondition(count >= 1, "TopCandidates: \(count) candidates")
    (self.count, self.center, self.period) = (count, center, period)
    (self.filter, self.sampler) = (filter, sampler)
  }

  /// Yes.
  public var needsScores: Bool { true }

  /// Searches where that was never done or is due.
  ///
  /// - Complexity: that of `NegativeScorer.best` over all anchors.
  public func prepare(for request: NegativeRequest) throws(NegativeFailure) {
    let now = request.progress
    if let last = kept.withLock({ $0?.moment }), !period.isOver(since: last, at: now) { return }
    guard let scorer = request.scorer else { throw .noScorer(sampler: sampler) }
    let rows: SparseRows
    switch center {
    case .anchor: rows = try scorer.best(count, for: 0..<filter.anchorCount, outside: filter)
    case .positive:
      let size = filter.candidateCount
      let others = NegativeFilter([], anchorCount: size, candidateCount: size, excludesSelf: true)
      rows = try scorer.amongCandidates.best(count, for: 0..<size, outside: others)
    }
    kept.withLock { $0 = Kept(table: CandidateTable(rows), moment: now, previous: $0?.table) }
  }

  /// The best, as of the last search.
  public func members(of row: Int, in request: NegativeRequest) throws(NegativeFailure) -> PoolMembers {
    guard let table = kept.withLock({ $0?.table }) else {
      preconditionFailure("TopCandidates: members before anything was searched; call prepare first")
    }
    return .listed(allowed(table, row, request))
  }

  private func allowed(_ table: CandidateTable, _ row: Int, _ request: NegativeRequest) -> ListedCandidates {
    let anchor = request.anchors[row]
    guard center == .positive else { return table[Int(anchor)] }
    return ListedCandidates(table[Int(request.positives[row])].ids.filter { !filter.excludes($0, for: anchor) })
  }

  /// What the search before the last one found, as a pool: empty until there were two.
  public var previous: any CandidatePool { Previous(of: self) }

  private struct Previous: CandidatePool {
    let pool: TopCandidates

    init(of pool: TopCandidates) { self.pool = pool }

    func members(of row: Int, in request: NegativeRequest) -> PoolMembers {
      let table = pool.kept.withLock { $0?.previous }
      return .listed(table.map { pool.allowed($0, row, request) } ?? ListedCandidates([]))
    }
  }
}
