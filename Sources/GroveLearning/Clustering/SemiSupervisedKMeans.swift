public import GroveKernels

/// K-means in which rows of a known class stay in that class's cluster: cluster c is class c.
///
/// Centers of classes that have labeled rows start at the mean of these; the others are drawn by k-means++ among the rows
/// without a class, by their distance to the nearest center there is. In every step labeled rows have their class, the
/// others go to the nearest center, and all rows move the centers. A start ends where no row changes or
/// (Σ ‖shift‖)² < tolerance; the one with the smallest inertia over all rows is kept.
///
/// - Source: Vaze, Han, Vedaldi, Zisserman 2022, section 3.2, and its published code. Differs: empty clusters take rows
///   without a class as in `KMeans`.
public struct SemiSupervisedKMeans: Sendable, Equatable {
  /// K, known and unknown classes together.
  public var clusters: Int
  /// How often to begin anew.
  public var starts: Int
  /// Steps of a start at most.
  public var maximumSteps: Int
  /// What (Σ ‖shift‖)² is below where a start ends, in squared units of the rows.
  public var tolerance: Double

  /// - Precondition: at least one cluster, start and step; tolerance ≥ 0.
  public init(clusters: Int, starts: Int = 10, maximumSteps: Int = 100, tolerance: Double = 1e-4) {
    precondition(clusters >= 1, "SemiSupervisedKMeans: \(clusters) clusters; there must be at least one")
    precondition(starts >= 1 && maximumSteps >= 1, "SemiSupervisedKMeans: \(starts) starts of \(maximumSteps) steps")
    precondition(tolerance >= 0, "SemiSupervisedKMeans: a tolerance of \(tolerance)")
    (self.clusters, self.starts, self.maximumSteps, self.tolerance) = (clusters, starts, maximumSteps, tolerance)
  }

  /// Clusters of rows.
  ///
  /// - Shape: x [N, F], classes [N].
  /// - Parameter classes: the class of each row, −1 where it is not known.
  /// - Precondition: 1 ≤ K ≤ N; classes are in −1..<K; all finite.
  /// - Complexity: O(starts · steps · N · K · F) time, O(N · F) memory and scores of a block of rows.
  public func callAsFunction(_ x: FloatBuffer, width: Int, classes: [Int32], random: RandomStream) -> Clustering {
    ClusterRows.check(x, width: width, clusters: clusters, "SemiSupervisedKMeans")
    precondition(
      classes.count == x.count / width, "SemiSupervisedKMeans: \(classes.count) classes for \(x.count / width) rows")
    for (row, label) in classes.enumerated() where label < -1 || label >= clusters {
      preconditionFailure("SemiSupervisedKMeans: row \(row) is of class \(label); there are \(clusters) clusters")
    }
    let size = ClusterRows.blockRows(width: width, clusters: clusters)
    let rows = ClusterRows(x, width: width, blockRows: size, placement: .centered)
    let known = Set(classes.filter { $0 >= 0 }).sorted()
    let unknown = (0..<Int32(clusters)).filter { !known.contains($0) }
    let means = SemiSupervisedKMeans.means(of: rows, classes: classes, known: known)
    let seeding = KMeansSeeding(rows: rows, isSkipped: classes.map { $0 >= 0 }, trials: 1)
    let scale = Double(rows.frame.scale)
    let run = LloydRun(
      rows: rows, pinned: classes, maximumSteps: maximumSteps,
      rule: .squaredSumOfShifts(tolerance * scale * scale))
    return Clustering.best(of: starts) { start in
      var generator = random.substream(start).generator
      let drawn = seeding.centers(clusters, after: means, using: &generator)
      // Known classes came first; each center goes to the number of its class.
      var centers = drawn
      for (place, cluster) in (known + unknown).enumerated() {
        for column in 0..<width { centers[Int(cluster) * width + column] = drawn[place * width + column] }
      }
      return Clustering(run(from: centers), of: rows)
    }
  }

  private static func means(of rows: ClusterRows, classes: [Int32], known: [Int32]) -> [Float] {
    let width = rows.width
    var sums = [Int32: [Double]](uniqueKeysWithValues: known.map { ($0, [Double](repeating: 0, count: width + 1)) })
    for (row, label) in classes.enumerated() where label >= 0 {
      let values = rows.row(row)
      for column in 0..<width { sums[label]?[column] += Double(values[column]) }
      sums[label]?[width] += 1
    }
    return known.flatMap { label in
      let sum = sums[label] ?? []
      return (0..<width).map { Float(sum[$0] / sum[width]) }
    }
  }
}
