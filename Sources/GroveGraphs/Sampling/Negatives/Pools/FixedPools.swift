public import GroveKernels

/// All candidates alike: the global pool.
public struct EveryCandidate: CandidatePool {
  /// The pool.
  public init() {}
  /// All of them.
  public func members(of row: Int, in request: NegativeRequest) -> PoolMembers { .everyone }
}

/// All candidates by fixed chances: the global pool with weights, such as powers of degrees.
public struct WeightedCandidates: CandidatePool {
  /// The chances.
  public let table: AliasTable

  /// A pool with its chances.
  public init(_ table: AliasTable) { self.table = table }

  /// All of them by their chances.
  public func members(of row: Int, in request: NegativeRequest) -> PoolMembers { .weighted(table) }
}

/// A fixed list for each anchor: local and hop pools, mined lists, lists by relation.
public struct KeyedCandidates: CandidatePool {
  /// A list for each key.
  public let table: CandidateTable

  /// A pool of lists by anchor.
  ///
  /// - Precondition: the table was made with the sampler's filter.
  public init(_ table: CandidateTable) { self.table = table }

  /// The anchor's list.
  public func members(of row: Int, in request: NegativeRequest) -> PoolMembers {
    .listed(table[Int(request.anchors[row])])
  }
}

/// The positives of a request's rows, each as often as it comes there: the mini-batch pool.
///
/// What a row's anchor has as a positive, its own included, is no negative of that row.
public struct InBatchCandidates: CandidatePool {
  /// A pool of the batch.
  public init() {}

  /// The batch's positives.
  public func members(of row: Int, in request: NegativeRequest) -> PoolMembers { .shared(request.positives) }
}

/// Several pools, from one of which each negative comes.
public struct UnionCandidates: CandidatePool {
  /// The pools.
  public let pools: [any CandidatePool]
  private let shares: @Sendable (NegativeRequest.Progress) -> [Double]

  /// A union with fixed shares.
  ///
  /// - Precondition: a share for each pool, none below 0, some above.
  public init(_ parts: [(share: Double, pool: any CandidatePool)]) {
    let fixed = parts.map(\.share)
    self.init(parts.map(\.pool)) { _ in fixed }
  }

  /// A union whose shares follow a curriculum.
  public init(
    _ pools: [any CandidatePool], shares: @escaping @Sendable (NegativeRequest.Progress) -> [Double]
  ) { (self.pools, self.shares) = (pools, shares) }

  /// Where one of the pools does.
  public var needsScores: Bool { pools.contains(where: \.needsScores) }

  /// The pools by their shares at this moment.
  public func members(of row: Int, in request: NegativeRequest) throws(NegativeFailure) -> PoolMembers {
    let now = shares(request.progress)
    precondition(
      now.count == pools.count && now.allSatisfy { $0 >= 0 } && now.contains { $0 > 0 },
      "UnionCandidates: shares \(now) of \(pools.count) pools")
    var parts: [(share: Double, members: PoolMembers)] = []
    for (share, pool) in zip(now, pools) where share > 0 {
      parts.append((share, try pool.members(of: row, in: request)))
    }
    return .mixture(parts)
  }

  /// Makes all pools current.
  public func prepare(for request: NegativeRequest) throws(NegativeFailure) {
    for pool in pools { try pool.prepare(for: request) }
  }

  /// Tells all pools.
  public func observe(_ negatives: Negatives, of request: NegativeRequest) {
    for pool in pools { pool.observe(negatives, of: request) }
  }
}
