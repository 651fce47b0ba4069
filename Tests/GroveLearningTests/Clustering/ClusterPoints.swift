import GroveKernels
import TestSupport

/// Rows that several suites cluster.
enum ClusterPoints {
  /// Rows by a formula, so that other tools can make the same ones: entry (i, j) is
  /// ((37 i + 61 j + 7 i² + 13 i j²) mod 101) / 10, plus 6 where i mod 4 = j mod 4.
  static func formula(_ count: Int, width: Int) -> [Float] {
    var values: [Float] = []
    for i in 0..<count {
      for j in 0..<width {
        let linear = 37 * i + 61 * j
        let bent = 7 * i * i + 13 * i * j * j
        values.append(Float((linear + bent) % 101) / 10 + (i % 4 == j % 4 ? 6 : 0))
      }
    }
    return values
  }

  /// Groups of rows around given points of the plane, row i in group i mod the number of groups.
  static func groups(_ count: Int, around points: [SIMD2<Float>], spread: Float, seed: Int) -> [Float] {
    var random = TestRandom(seed)
    let noise = random.floats(2 * count, bound: spread)
    return (0..<count).flatMap { row in
      let point = points[row % points.count]
      return [point.x + noise[2 * row], point.y + noise[2 * row + 1]]
    }
  }

  /// Σ of squared distances of rows to the mean of their cluster, in Double.
  static func inertia(_ values: [Float], width: Int, labels: [Int]) -> Double {
    var total = 0.0
    for cluster in Set(labels) {
      let rows = labels.indices.filter { labels[$0] == cluster }
      for column in 0..<width {
        let mean = rows.reduce(0.0) { $0 + Double(values[$1 * width + column]) } / Double(rows.count)
        for row in rows {
          let gap = Double(values[row * width + column]) - mean
          total += gap * gap
        }
      }
    }
    return total
  }

  /// The smallest inertia of all ways to put rows into so many clusters.
  static func leastInertia(_ values: [Float], width: Int, clusters: Int) -> Double {
    let count = values.count / width
    var labels = [Int](repeating: 0, count: count)
    var least = Double.infinity
    while true {
      least = min(least, inertia(values, width: width, labels: labels))
      var place = 0
      while place < count, labels[place] == clusters - 1 {
        labels[place] = 0
        place += 1
      }
      if place == count { return least }
      labels[place] += 1
    }
  }
}
