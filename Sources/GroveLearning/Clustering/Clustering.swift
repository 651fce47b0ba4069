public import GroveKernels

/// Rows put into clusters.
///
/// Letters: N rows, F width, K clusters.
public struct Clustering: Sendable, Equatable {
  /// The cluster of each row, in 0..<K. [N]
  public let labels: [Int32]
  /// The center of each cluster, in the rows' coordinates. [K, F]
  public let centers: [Float]
  /// F.
  public let width: Int
  /// Σ over rows of the squared distance to their center; for spherical clusters Σ of 1 − cosine.
  public let inertia: Double
  /// Steps that were made.
  public let steps: Int
  /// Whether the iteration came to rest before its limit of steps.
  public let isSettled: Bool
  /// Σ of squared distances as each step found them, in units of its own.
  let inertias: [Double]

  /// K, clusters without rows included.
  public var clusterCount: Int { centers.count / width }

  /// Rows of each cluster. [K]
  public var counts: [Int] {
    var counts = [Int](repeating: 0, count: clusterCount)
    for label in labels { counts[Int(label)] += 1 }
    return counts
  }

  /// The center of one cluster. [F]
  public func center(_ cluster: Int) -> [Float] { Array(centers[cluster * width..<(cluster + 1) * width]) }

  /// ‖row − center of its cluster‖ of each row.
  ///
  /// - Shape: x [N, F] → [N].
  /// - Precondition: `x` holds the rows that were clustered.
  /// - Complexity: O(N · F).
  public func distances(of x: FloatBuffer) -> [Float] { distances(of: x, labels: labels) }

  /// ‖row − center of a cluster‖ of rows that need not be those that were clustered.
  ///
  /// - Shape: x [any, F], labels [any] in 0..<K → [any].
  /// - Precondition: a label for each row of `x`.
  /// - Complexity: O(rows · F).
  public func distances(of x: FloatBuffer, labels: [Int32]) -> [Float] {
    precondition(
      x.count == labels.count * width, "distances: \(x.count) floats for \(labels.count) rows of \(width)")
    let rows = ClusterRows(
      x, width: width, blockRows: ClusterRows.blockRows(width: width, clusters: 1), placement: .centered)
    let squares = rows.squaredDistances(to: rows.framed(centers), labels: labels)
    return squares.map { $0.squareRoot() / rows.frame.scale }
  }

  /// The cluster of the nearest center for each row, which need not be one that was clustered; of equals the first.
  ///
  /// - Shape: x [any, F] → [any].
  /// - Precondition: `x` is finite.
  /// - Complexity: O(rows · K · F).
  public func nearest(to x: FloatBuffer) -> [Int32] {
    precondition(x.count % width == 0, "nearest: \(x.count) floats in rows of \(width)")
    if x.count == 0 { return [] }
    if let place = x.firstNonFinite { preconditionFailure("nearest: row \(place / width) is not finite") }
    let size = ClusterRows.blockRows(width: width, clusters: clusterCount)
    let rows = ClusterRows(x, width: width, blockRows: size, placement: .centered)
    return ClusterStep(rows, centers: rows.framed(centers)).labels
  }

  /// A clustering in the rows' coordinates.
  init(_ outcome: LloydRun.Outcome, of rows: ClusterRows, isSpherical: Bool = false) {
    labels = outcome.labels
    width = rows.width
    steps = outcome.inertias.count
    isSettled = outcome.isSettled
    inertias = outcome.inertias
    centers = isSpherical ? outcome.centers : rows.unframed(outcome.centers)
    let distances = rows.squaredDistances(to: outcome.centers, labels: outcome.labels)
    if isSpherical {
      // x · c = (‖x‖² + 1 − ‖x − c‖²) / 2, ‖x‖ being 1, or 0 for rows of zeros.
      inertia = distances.indices.reduce(0.0) { sum, row in
        sum + 1 - (Double(rows.squares[row]) + 1 - Double(distances[row])) / 2
      }
    } else {
      let scale = Double(rows.frame.scale)
      inertia = distances.reduce(0.0) { $0 + Double($1) } / scale / scale
    }
  }

  /// The clustering of several starts with the smallest inertia; one that is smaller by a hair of rounding is no better.
  static func best(of starts: Int, _ run: (Int) -> Clustering) -> Clustering {
    var best = run(0)
    for start in 1..<max(1, starts) {
      let next = run(start)
      if next.inertia < best.inertia * (1 - 1e-6) { best = next }
    }
    return best
  }
}
