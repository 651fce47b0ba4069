public import GroveKernels

/// K-means of directions: rows go to the center with the largest cosine, centers to the direction of their rows' sum.
///
///     inertia = Σ over rows of 1 − cosine(row, center of its cluster)
///
/// Rows are brought to length 1 first; centers have length 1. A row of zeros has no direction: its cosine is 0 with every
/// center and it goes to the first cluster. Seeding, stopping and empty clusters are those of `KMeans`.
///
/// - Source: Dhillon, Modha 2001, section 3.
public struct SphericalKMeans: Sendable, Equatable {
  /// K.
  public var clusters: Int
  /// How often to begin anew.
  public var starts: Int
  /// Steps of a start at most.
  public var maximumSteps: Int
  /// Σ over clusters of ‖shift‖² that ends a start; 0 goes on until no row changes.
  public var tolerance: Double

  /// - Precondition: at least one cluster, start and step; tolerance ≥ 0.
  public init(clusters: Int, starts: Int = 10, maximumSteps: Int = 300, tolerance: Double = 1e-8) {
    precondition(clusters >= 1, "SphericalKMeans: \(clusters) clusters; there must be at least one")
    precondition(starts >= 1 && maximumSteps >= 1, "SphericalKMeans: \(starts) starts of \(maximumSteps) steps")
    precondition(tolerance >= 0, "SphericalKMeans: a tolerance of \(tolerance)")
    (self.clusters, self.starts, self.maximumSteps, self.tolerance) = (clusters, starts, maximumSteps, tolerance)
  }

  /// Clusters of rows.
  ///
  /// - Shape: x [N, F].
  /// - Precondition: 1 ≤ K ≤ N; all finite.
  /// - Complexity: O(starts · steps · N · K · F) time, O(N · F) memory and scores of a block of rows.
  public func callAsFunction(_ x: FloatBuffer, width: Int, random: RandomStream) -> Clustering {
    ClusterRows.check(x, width: width, clusters: clusters, "SphericalKMeans")
    let size = ClusterRows.blockRows(width: width, clusters: clusters)
    let rows = ClusterRows(x, width: width, blockRows: size, placement: .unit)
    let seeding = KMeansSeeding(
      rows: rows, isSkipped: rows.squares.map { $0 == 0 }, trials: KMeansSeeding.usualTrials(clusters: clusters))
    let run = LloydRun(
      rows: rows, isSpherical: true, maximumSteps: maximumSteps, rule: .sumOfSquaredShifts(tolerance))
    return Clustering.best(of: starts) { start in
      var generator = random.substream(start).generator
      let centers = seeding.centers(clusters, using: &generator)
      return Clustering(run(from: centers), of: rows, isSpherical: true)
    }
  }
}
