public import GroveKernels

/// K-means on rows drawn a batch at a time, for sets so large that a pass over all of them is dear.
///
///     weight'[k] = weight[k] + rows of the batch nearest to k
///     center'[k] = (weight[k] · center[k] + Σ of these rows) / weight'[k]
///
/// Batches are drawn with replacement. Several sets of centers are drawn by k-means++ from a sample, and the one with the
/// smallest inertia on another sample goes on. Centers whose weight is below a share of the largest are put on rows of
/// the batch. It ends when the batch inertia, averaged with a weight of 2 · batch / (N + 1) for the newest, has not come
/// down for `patience` batches. Then all rows go to their nearest center, and empty clusters are filled as in `KMeans`.
///
/// - Source: Sculley 2010, algorithm 1; update, reassignment and stopping as in scikit-learn's `MiniBatchKMeans`.
public struct MiniBatchKMeans: Sendable, Equatable {
  /// K.
  public var clusters: Int
  /// Rows of a batch; all of them at most.
  public var batch: Int
  /// Sets of centers to choose from.
  public var starts: Int
  /// Batches at most, counted in numbers of rows.
  public var maximumPasses: Int
  /// Batches without improvement after which it ends.
  public var patience: Int
  /// Share of the largest weight below which a center is put elsewhere.
  public var reassignmentShare: Double

  /// - Precondition: all at least 1; the share is in 0...1.
  public init(
    clusters: Int, batch: Int = 1024, starts: Int = 10, maximumPasses: Int = 100, patience: Int = 10,
    reassignmentShare: Double = 0.01
  ) {
    precondition(clusters >= 1, "MiniBatchKMeans: \(clusters) clusters; there must be at least one")
    precondition(batch >= 1 && starts >= 1, "MiniBatchKMeans: \(starts) starts, batches of \(batch) rows")
    precondition(
      maximumPasses >= 1 && patience >= 1, "MiniBatchKMeans: \(maximumPasses) passes, a patience of \(patience)")
    precondition((0...1).contains(reassignmentShare), "MiniBatchKMeans: a reassignment share of \(reassignmentShare)")
    (self.clusters, self.batch, self.starts) = (clusters, batch, starts)
    (self.maximumPasses, self.patience, self.reassignmentShare) = (maximumPasses, patience, reassignmentShare)
  }

  /// Clusters of rows.
  ///
  /// - Shape: x [N, F].
  /// - Precondition: 1 ≤ K ≤ N; all finite.
  /// - Complexity: O(batches · batch · K · F + N · K · F) time, O(N · F) memory and scores of a block of rows.
  public func callAsFunction(_ x: FloatBuffer, width: Int, random: RandomStream) -> Clustering {
    ClusterRows.check(x, width: width, clusters: clusters, "MiniBatchKMeans")
    let count = x.count / width
    let blockRows = ClusterRows.blockRows(width: width, clusters: clusters)
    let all = ClusterRows(x, width: width, blockRows: blockRows, placement: .centered)
    func rows(_ ids: [Int32]) -> ClusterRows {
      ClusterRows(x, width: width, ids: ids, blockRows: blockRows, placement: .framed(all.frame))
    }
    let size = min(batch, count)
    var generator = random.substream(0).generator
    var state = BatchState(
      centers: seeded(count, size: size, random: random.substream(1), rows: rows),
      weights: [Double](repeating: 0, count: clusters))
    var (inertias, isSettled, sinceReassigned): ([Double], Bool, Int) = ([], false, 0)
    var average = RunningLow(newest: min(1, 2 * Double(size) / Double(count + 1)))
    while !isSettled && inertias.count < max(1, maximumPasses * count / size) {
      let ids = (0..<size).map { _ in Int32(generator.next(below: count)) }
      let drawn = rows(ids)
      let step = ClusterStep(drawn, centers: state.centers)
      inertias.append(step.inertia)
      sinceReassigned += size
      let isDue = state.weights.contains(0) || sinceReassigned >= 10 * clusters
      state.add(step, width: width)
      if isDue {
        state.reassign(to: drawn, below: reassignmentShare, using: &generator)
        sinceReassigned = 0
      }
      // The first inertia is that of the seeding.
      if inertias.count > 1 { isSettled = average.add(step.inertia / Double(size)) >= patience }
    }
    var last = ClusterStep(all, centers: state.centers)
    last.fillEmptyClusters(all, centers: &state.centers)
    let outcome = LloydRun.Outcome(
      labels: last.labels, centers: state.centers, inertias: inertias, isSettled: isSettled)
    return Clustering(outcome, of: all)
  }

  /// The best of several sets of centers, each drawn from a sample and all judged on another.
  private func seeded(_ count: Int, size: Int, random: RandomStream, rows: ([Int32]) -> ClusterRows) -> [Float] {
    let sampled = min(count, 3 * max(size, clusters))
    var generator = random.generator
    let judges = rows((0..<sampled).map { _ in Int32(generator.next(below: count)) })
    var best: (inertia: Double, centers: [Float])?
    for start in 0..<starts {
      var generator = random.substream(start).generator
      let everyRow = (0..<count).map { Int32($0) }
      let ids = sampled == count ? everyRow : Array(generator.shuffled(everyRow)[..<sampled])
      let seeding = KMeansSeeding(rows: rows(ids), trials: KMeansSeeding.usualTrials(clusters: clusters))
      let centers = seeding.centers(clusters, using: &generator)
      let inertia = ClusterStep(judges, centers: centers).inertia
      if best == nil || inertia < best!.inertia { best = (inertia, centers) }
    }
    return best?.centers ?? []
  }
}

/// Centers between two batches, and how many rows each has been moved by.
private struct BatchState {
  var centers: [Float]
  var weights: [Double]

  mutating func add(_ step: ClusterStep, width: Int) {
    for cluster in weights.indices where step.counts[cluster] > 0 {
      let weight = weights[cluster] + Double(step.counts[cluster])
      for place in cluster * width..<(cluster + 1) * width {
        centers[place] = Float((weights[cluster] * Double(centers[place]) + step.sums[place]) / weight)
      }
      weights[cluster] = weight
    }
  }

  /// Puts light centers on rows of the batch, at most half as many as it has rows, the lightest first.
  mutating func reassign(to rows: ClusterRows, below share: Double, using generator: inout RandomGenerator) {
    let limit = share * (weights.max() ?? 0)
    var light = weights.indices.filter { weights[$0] < limit }
    if light.count > rows.count / 2 {
      light = Array(light.sorted { (weights[$0], $0) < (weights[$1], $1) }[..<(rows.count / 2)])
    }
    guard !light.isEmpty else { return }
    let isLight = Set(light)
    let least = weights.indices.filter { !isLight.contains($0) }.map { weights[$0] }.min() ?? 0
    let drawn = generator.shuffled(Array(0..<rows.count))
    for (cluster, row) in zip(light, drawn) {
      centers.replaceSubrange(cluster * rows.width..<(cluster + 1) * rows.width, with: rows.row(row))
      weights[cluster] = least
    }
  }
}

/// A moving average, and for how long it has not come down.
private struct RunningLow {
  let newest: Double
  private var average: Double?
  private var low = Double.infinity
  private var since = 0

  init(newest: Double) { self.newest = newest }

  /// Values in a row that brought no new low.
  mutating func add(_ value: Double) -> Int {
    let next = average.map { $0 * (1 - newest) + value * newest } ?? value
    average = next
    since = next < low ? 0 : since + 1
    low = min(low, next)
    return since
  }
}
