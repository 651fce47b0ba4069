import Foundation
import GroveKernels

/// First centers by k-means++: rows drawn with probability in proportion to their squared distance to the nearest center.
///
/// Each time a few rows are drawn, and the one that leaves the smallest sum of squared distances is kept.
///
/// - Source: Arthur, Vassilvitskii 2007, section 2.2. Differs: several trials a center, as its section 5 proposes.
struct KMeansSeeding {
  /// The rows to draw from.
  let rows: ClusterRows
  /// Rows that are never drawn, if any.
  var isSkipped: [Bool]?
  /// Rows drawn for each center.
  let trials: Int

  /// As many trials as scikit-learn makes: 2 + ⌊ln K⌋.
  static func usualTrials(clusters: Int) -> Int { 2 + Int(log(Double(clusters))) }

  /// - Parameter existing: centers that come first, in the rows' frame.
  /// - Returns: all centers. [count, F]
  /// - Complexity: O(count · trials · N · F) time, O(trials · N) memory.
  func centers(
    _ count: Int, after existing: [Float] = [], using generator: inout RandomGenerator
  ) -> [Float] {
    let width = rows.width
    var centers = existing
    var closest = [Float](repeating: .infinity, count: rows.count)
    if let isSkipped { for row in isSkipped.indices where isSkipped[row] { closest[row] = 0 } }
    for first in stride(from: 0, to: existing.count, by: width) {
      closest = minima(closest, points: Array(existing[first..<first + width]))[0].distances
    }
    while centers.count < count * width {
      let drawn = draw(by: closest, isFirst: centers.isEmpty, using: &generator)
      let tried = minima(closest, points: drawn.flatMap { rows.row($0) })
      var best = 0
      for trial in tried.indices where tried[trial].sum < tried[best].sum { best = trial }
      closest = tried[best].distances
      centers += rows.row(drawn[best])
    }
    return centers
  }

  /// Rows drawn by weight; one row, any of those that may be drawn, where it is the first or no weight is left.
  private func draw(by weights: [Float], isFirst: Bool, using generator: inout RandomGenerator) -> [Int] {
    var sums: [Double] = []
    var total = 0.0
    if !isFirst {
      sums.reserveCapacity(weights.count)
      for weight in weights {
        total += Double(weight)
        sums.append(total)
      }
    }
    guard total > 0 else {
      let allowed = isSkipped.map { skipped in skipped.indices.filter { !skipped[$0] } } ?? []
      return [allowed.isEmpty ? generator.next(below: rows.count) : allowed[generator.next(below: allowed.count)]]
    }
    return (0..<trials).map { _ in
      let target = Double(generator.next() >> 11) * 0x1p-53 * total
      // The first row whose running sum exceeds the target: its own weight is above 0.
      var (low, high) = (0, sums.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if sums[middle] > target { high = middle } else { low = middle + 1 }
      }
      while weights[low] == 0 { low -= 1 }
      return low
    }
  }

  /// For each point, the squared distances to the nearest center if it became one, and their sum.
  private func minima(_ closest: [Float], points: [Float]) -> [(distances: [Float], sum: Double)] {
    let width = rows.width
    let count = points.count / width
    let halves = ClusterStep.halfSquares(points, width: width)
    var result = [(distances: [Float], sum: Double)](repeating: (closest, 0), count: count)
    rows.scoring(points, halves: halves) { first, block, scores in
      let size = block.count / width
      block.read { block in
        scores.read { scores in
          for point in 0..<count {
            let length = 2 * halves[point]
            for row in 0..<size where closest[first + row] > 0 {
              let square = rows.squares[first + row]
              var distance = square - 2 * scores[row * count + point]
              // Where the difference is all rounding it is computed anew, so that equal rows are at 0.
              if distance < 1e-4 * (square + length) {
                distance = 0
                for column in 0..<width {
                  let gap = block[row * width + column] - points[point * width + column]
                  distance += gap * gap
                }
              }
              result[point].distances[first + row] = min(closest[first + row], distance)
            }
          }
        }
      }
    }
    for point in 0..<count { result[point].sum = result[point].distances.reduce(0.0) { $0 + Double($1) } }
    return result
  }
}
