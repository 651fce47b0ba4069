public import GroveKernels

/// K-means: K centers such that the sum of squared distances of rows to their nearest center is small.
///
///     inertia = Σ over rows of min over k of ‖row − center[k]‖²
///
/// Each start draws centers by k-means++, 2 + ⌊ln K⌋ rows tried for each, and then alternates between giving rows to the
/// nearest center (of equals the first) and moving centers to the mean of their rows, until no row changes its cluster or
/// Σ ‖shift‖² ≤ tolerance · mean variance of the columns. The start with the smallest inertia is kept. A cluster that has
/// lost all rows takes the row farthest from all centers, so that K clusters have rows wherever there are K distinct rows.
///
/// Equal seeds give equal bytes on any number of threads.
///
/// - Source: Lloyd 1982; Arthur, Vassilvitskii 2007. Options and stopping as in scikit-learn's `KMeans` with `n_init` 10;
///   differs: an empty cluster takes rows equal to the farthest one along.
public struct KMeans: Sendable, Equatable {
  /// K.
  public var clusters: Int
  /// How often to begin anew.
  public var starts: Int
  /// Steps of a start at most.
  public var maximumSteps: Int
  /// What Σ ‖shift‖² is measured by, in mean variances of the columns; 0 goes on until no row changes.
  public var tolerance: Double

  /// - Precondition: at least one cluster, start and step; tolerance ≥ 0.
  public init(clusters: Int, starts: Int = 10, maximumSteps: Int = 300, tolerance: Double = 1e-4) {
    precondition(clusters >= 1, "KMeans: \(clusters) clusters; there must be at least one")
    precondition(starts >= 1 && maximumSteps >= 1, "KMeans: \(starts) starts of \(maximumSteps) steps")
    precondition(tolerance >= 0, "KMeans: a tolerance of \(tolerance)")
    (self.clusters, self.starts, self.maximumSteps, self.tolerance) = (clusters, starts, maximumSteps, tolerance)
  }

  /// Clusters of rows.
  ///
  /// - Shape: x [N, F].
  /// - Precondition: 1 ≤ K ≤ N; all finite.
  /// - Complexity: O(starts · steps · N · K · F) time, O(N · F) memory and scores of a block of rows.
  public func callAsFunction(_ x: FloatBuffer, width: Int, random: RandomStream) -> Clustering {
    let rows = prepared(x, width: width)
    let seeding = KMeansSeeding(rows: rows, trials: KMeansSeeding.usualTrials(clusters: clusters))
    let run = lloyd(rows)
    return Clustering.best(of: starts) { start in
      var generator = random.substream(start).generator
      return Clustering(run(from: seeding.centers(clusters, using: &generator)), of: rows)
    }
  }

  /// Clusters of rows from given centers, in one start.
  ///
  /// - Shape: x [N, F], centers [K, F].
  /// - Precondition: as above.
  public func callAsFunction(_ x: FloatBuffer, width: Int, from centers: [Float]) -> Clustering {
    precondition(
      centers.count == clusters * width, "KMeans: \(centers.count) floats for \(clusters) centers of width \(width)")
    let rows = prepared(x, width: width)
    return Clustering(lloyd(rows)(from: rows.framed(centers)), of: rows)
  }

  private func prepared(_ x: FloatBuffer, width: Int) -> ClusterRows {
    ClusterRows.check(x, width: width, clusters: clusters, "KMeans")
    let size = ClusterRows.blockRows(width: width, clusters: clusters)
    return ClusterRows(x, width: width, blockRows: size, placement: .centered)
  }

  private func lloyd(_ rows: ClusterRows) -> LloydRun {
    LloydRun(rows: rows, maximumSteps: maximumSteps, rule: .sumOfSquaredShifts(tolerance * rows.meanVariance))
  }
}
