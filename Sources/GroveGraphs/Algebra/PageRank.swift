import CGraphBLAS

/// How a random walk with restarts is iterated.
public struct RandomWalkOptions: Sendable, Equatable {
  /// The chance to follow an edge instead of restarting, in 0..<1.
  public var damping: Double
  /// Iteration ends when the ranks change by less than this in total (sum of absolute changes).
  public var tolerance: Double
  /// Iteration ends after so many rounds though the ranks still change; at least 1.
  public var maximumIterations: Int

  /// - Precondition: damping in 0..<1, tolerance above 0, at least 1 iteration.
  public init(damping: Double = 0.85, tolerance: Double = 1e-8, maximumIterations: Int = 200) {
    precondition(damping >= 0 && damping < 1, "random walk: damping \(damping) is not in 0..<1")
    precondition(tolerance > 0, "random walk: tolerance \(tolerance) is not above 0")
    precondition(maximumIterations >= 1, "random walk: \(maximumIterations) iterations; at least 1 is needed")
    self.damping = damping
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }
}

/// The importance of each node to a random walk.
public struct PageRanks: Sendable, Equatable {
  /// One number a node, 1 in total.
  public let ranks: [Double]
  /// Number of rounds that were made.
  public let iterations: Int
  /// Whether the tolerance was reached within the maximum of iterations.
  public let isConverged: Bool
}

extension SparseMatrix {
  /// The rank of each node: where a walker is found who follows edges by weight and now and then restarts anywhere.
  ///
  ///     r[j] = (1 - d) / N + d · (Σ over i → j of r[i] · A[i, j] / Σ A[i, ·]  +  (Σ over dangling i of r[i]) / N)
  ///
  /// Nodes without outgoing weight are dangling: their rank is spread evenly.
  ///
  /// - Throws: `AlgebraFailure.outOfMemory`.
  /// - Precondition: square; no negative weight.
  /// - Complexity: O(N + E) an iteration, in double precision.
  /// - Source: Page, Brin, Motwani, Winograd 1999. Differs: as networkx, except that the tolerance is not times N.
  public func pageRank(
    damping: Double = 0.85, tolerance: Double = 1e-8, maximumIterations: Int = 200
  ) throws(AlgebraFailure) -> PageRanks {
    requireSquare("pageRank")
    guard rowCount > 0 else { return PageRanks(ranks: [], iterations: 0, isConverged: true) }
    let options = RandomWalkOptions(damping: damping, tolerance: tolerance, maximumIterations: maximumIterations)
    let restart = [Double](repeating: 1 / Double(rowCount), count: rowCount)
    return try RandomWalk(self).ranks(restarts: [restart], options)[0]
  }

  /// Ranks for a walker who restarts at one of the seeds, each as likely as its weight.
  ///
  /// As `pageRank`, with the restart distribution in place of 1 / N, also for what dangling nodes hold.
  ///
  /// - Parameter weights: one number a seed, nil for equal chances. A seed listed twice counts twice.
  /// - Throws: `AlgebraFailure.outOfMemory`.
  /// - Precondition: square; no negative weight; at least one seed, all in 0..<N; seed weights ≥ 0, not all 0.
  /// - Complexity: O(N + E) an iteration.
  public func personalizedPageRank(
    seeds: [Int32], weights: [Double]? = nil, options: RandomWalkOptions = RandomWalkOptions()
  ) throws(AlgebraFailure) -> PageRanks {
    requireSquare("personalizedPageRank")
    precondition(!seeds.isEmpty, "personalizedPageRank: 0 seeds; at least 1 is needed")
    precondition(
      weights == nil || weights!.count == seeds.count,
      "personalizedPageRank: \(weights?.count ?? 0) weights for \(seeds.count) seeds")
    Self.check(seeds, below: rowCount, "seed")
    var restart = [Double](repeating: 0, count: rowCount)
    for (index, seed) in seeds.enumerated() {
      let weight = weights?[index] ?? 1
      precondition(weight >= 0, "personalizedPageRank: seed \(seed) has weight \(weight); 0 or more is needed")
      restart[Int(seed)] += weight
    }
    let total = restart.reduce(0, +)
    precondition(total > 0, "personalizedPageRank: the seeds' weights sum to \(total); more than 0 is needed")
    return try RandomWalk(self).ranks(restarts: [restart.map { $0 / total }], options)[0]
  }

  /// A row of personalized ranks for each seed, computed a few seeds at a time.
  ///
  /// - Parameter threshold: ranks below it are left out, so that the result stays sparse. 0 keeps whatever a walker can
  ///   reach.
  /// - Returns: row s holds the ranks for a walker who restarts at `seeds[s]`.
  /// - Shape: [seeds.count, N]
  /// - Throws: `AlgebraFailure.outOfMemory`.
  /// - Precondition: square; no negative weight; seeds in 0..<N; threshold ≥ 0.
  /// - Complexity: O(seeds · (N + E)) an iteration; memory O(16 N + E + kept entries).
  public func personalizedPageRanks(
    ofEach seeds: [Int32], droppingBelow threshold: Double, options: RandomWalkOptions = RandomWalkOptions()
  ) throws(AlgebraFailure) -> (rows: SparseRows, values: [Float]) {
    requireSquare("personalizedPageRanks")
    precondition(threshold >= 0, "personalizedPageRanks: threshold \(threshold); 0 or more is needed")
    Self.check(seeds, below: rowCount, "seed")
    var offsets: [Int64] = [0]
    var columns: [Int32] = []
    var values: [Float] = []
    if !seeds.isEmpty {
      let walk = try RandomWalk(self)
      for start in stride(from: 0, to: seeds.count, by: RandomWalk.seedsAtOnce) {
        let block = seeds[start..<min(start + RandomWalk.seedsAtOnce, seeds.count)]
        let restarts = block.map { seed in
          var restart = [Double](repeating: 0, count: rowCount)
          restart[Int(seed)] = 1
          return restart
        }
        for result in try walk.ranks(restarts: restarts, options) {
          for (node, rank) in result.ranks.enumerated() where rank > 0 && rank >= threshold {
            columns.append(Int32(node))
            values.append(Float(rank))
          }
          offsets.append(Int64(columns.count))
        }
      }
    }
    return (SparseRows(offsets: offsets, columns: columns, columnCount: rowCount), values)
  }
}
