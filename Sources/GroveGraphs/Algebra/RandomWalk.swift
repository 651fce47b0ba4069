import CGraphBLAS

/// Power iteration of random walks with restarts over one graph, several restart distributions at a time.
///
/// Letters: N nodes, E edges, B distributions. Each product is row · row (see `FullMatrix`) and all other sums are plain
/// loops in node order, so the ranks have the same bytes for any number of threads.
final class RandomWalk {
  /// How many seeds share a pass over the edges.
  static let seedsAtOnce = 8

  private let nodeCount: Int
  /// Aᵀ in double precision.
  private let incoming: MatrixHandle
  /// 1 / Σ A[i, ·], 0 for dangling nodes.
  private let inverseSums: [Double]

  /// - Precondition: square; no negative weight. - Complexity: O(N + E).
  init(_ adjacency: SparseMatrix) throws(AlgebraFailure) {
    let smallest = try adjacency.smallestValue()
    precondition(smallest >= 0, "random walk: an edge has weight \(smallest); 0 or more is needed")
    nodeCount = adjacency.rowCount
    incoming = try MatrixHandle(.double, rows: nodeCount, columns: nodeCount)
    let target = incoming
    // C = Aᵀ in double precision
    try graphBLAS("random walk", target, adjacency.handle) {
      GrB_transpose(target.pointer, nil, nil, adjacency.handle.pointer, nil)
    }
    inverseSums = try adjacency.rowSums().map { $0 > 0 ? 1 / $0 : 0 }
  }

  /// The ranks for each restart distribution; a row is done when its own change is below the tolerance.
  ///
  /// - Shape: `restarts` [B][N] → [B] results of [N]
  func ranks(restarts: [[Double]], _ options: RandomWalkOptions) throws(AlgebraFailure) -> [PageRanks] {
    var results = [PageRanks?](repeating: nil, count: restarts.count)
    var active = Array(restarts.indices)
    var current = restarts
    for iteration in 1...options.maximumIterations {
      let next = try step(current: active.map { current[$0] }, restarts: active.map { restarts[$0] }, options.damping)
      var remaining: [Int] = []
      for (row, index) in active.enumerated() {
        var change = 0.0
        for node in 0..<nodeCount { change += abs(next[row][node] - current[index][node]) }
        let isConverged = change < options.tolerance
        if isConverged || iteration == options.maximumIterations {
          results[index] = PageRanks(ranks: next[row], iterations: iteration, isConverged: isConverged)
        } else {
          remaining.append(index)
        }
        current[index] = next[row]
      }
      active = remaining
      if active.isEmpty { break }
    }
    return results.map { $0! }
  }

  /// One step: r' = (1 - d + d · dangling mass) · restart + d · (r / out-weight) · A.
  private func step(
    current: [[Double]], restarts: [[Double]], _ damping: Double
  ) throws(AlgebraFailure) -> [[Double]] {
    let scaled = try FullMatrix<Double>(
      .double, rows: current.count, columns: nodeCount, initial: 0, for: "random walk")
    let next = try FullMatrix<Double>(.double, rows: current.count, columns: nodeCount, initial: 0, for: "random walk")
    for row in current.indices {
      let (from, into) = (scaled.values, next.values)
      let base = row * nodeCount
      var dangling = 0.0
      for node in 0..<nodeCount {
        let inverse = inverseSums[node]
        if inverse == 0 { dangling += current[row][node] }
        from[base + node] = damping * current[row][node] * inverse
      }
      let share = 1 - damping + damping * dangling
      for node in 0..<nodeCount { into[base + node] = share * restarts[row][node] }
    }
    // R' += (d · r / out-weight) plus.times (Aᵀ)ᵀ
    try next.accumulate(
      productOf: scaled, with: incoming, transposed: true, semiring: grove_plus_times_fp64(),
      accumulator: grove_plus_fp64())
    return current.indices.map { next.array(ofRow: $0) }
  }
}
