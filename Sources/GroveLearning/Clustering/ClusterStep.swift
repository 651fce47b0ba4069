import GroveKernels

/// Rows given to the nearest of some centers, and what the next centers are computed from.
///
/// Letters: N rows, F width, K clusters.
struct ClusterStep {
  /// The cluster of each row: that of the nearest center, of equals the first; or the one a row is pinned to.
  var labels: [Int32]
  /// Rows of each cluster.
  var counts: [Int]
  /// Σ of each cluster's rows. [K, F]
  var sums: [Double]
  /// Σ over rows of the squared distance to their center.
  var inertia: Double

  /// - Parameters:
  ///   - centers: in the rows' frame. [K, F]
  ///   - pinned: the cluster that a row must have, −1 where it is free.
  /// - Complexity: O(N · K · F) time; memory for the scores of a block of rows.
  init(_ rows: ClusterRows, centers: [Float], pinned: [Int32]? = nil) {
    let width = rows.width
    let clusters = centers.count / width
    labels = []
    labels.reserveCapacity(rows.count)
    counts = [Int](repeating: 0, count: clusters)
    sums = [Double](repeating: 0, count: centers.count)
    inertia = 0
    rows.scoring(centers, halves: ClusterStep.halfSquares(centers, width: width)) { first, block, scores in
      let size = block.count / width
      var nearest = Kernels.topK(scores, width: clusters, k: 1).columns
      if let pinned {
        for row in 0..<size where pinned[first + row] >= 0 { nearest[row] = pinned[first + row] }
      }
      scores.read { scores in
        for row in 0..<size {
          let score = Double(scores[row * clusters + Int(nearest[row])])
          inertia += max(0, Double(rows.squares[first + row]) - 2 * score)
        }
      }
      add(block, nearest: nearest, width: width, reusing: scores)
      labels += nearest
    }
  }

  /// Adds the rows of a block to the sums of their clusters: M transposed · block, where M[row, its cluster] = 1.
  private mutating func add(_ block: FloatBuffer, nearest: [Int32], width: Int, reusing members: FloatBuffer) {
    let clusters = counts.count
    members.clear()
    members.write { members in for (row, label) in nearest.enumerated() { members[row * clusters + Int(label)] = 1 } }
    let partial = FloatBuffer(count: sums.count)
    Kernels.matrixMultiply(
      members, block, transposeA: true, m: clusters, n: width, k: nearest.count, into: partial, adding: false)
    partial.read { partial in for i in 0..<partial.count { sums[i] += Double(partial[i]) } }
    for label in nearest { counts[Int(label)] += 1 }
  }

  /// The mean of each cluster, or the old center where it has no rows.
  func means(orElse centers: [Float], width: Int) -> [Float] {
    centers.indices.map { place in
      let count = counts[place / width]
      return count == 0 ? centers[place] : Float(sums[place] / Double(count))
    }
  }

  /// The mean of each cluster brought to length 1, or the old center where it has none.
  func directions(orElse centers: [Float], width: Int) -> [Float] {
    var result = centers
    for cluster in counts.indices where counts[cluster] > 0 {
      let range = cluster * width..<(cluster + 1) * width
      let length = sums[range].reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 1e-6 * Double(counts[cluster]) else { continue }
      for place in range { result[place] = Float(sums[place] / length) }
    }
    return result
  }

  /// ‖center‖² / 2. [K]
  static func halfSquares(_ centers: [Float], width: Int) -> [Float] {
    stride(from: 0, to: centers.count, by: width).map { first in
      Float(centers[first..<first + width].reduce(0.0) { $0 + Double($1) * Double($1) } / 2)
    }
  }
}
