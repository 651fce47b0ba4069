import Foundation
public import GroveKernels

/// How much nearer rows are to their own cluster than to the next one.
///
///     a = mean distance of a row to the other rows of its cluster
///     b = least over the other clusters of the mean distance to their rows
///     s = (b − a) / max(a, b), 0 for a row that is alone in its cluster
///
/// Distances are Euclidean. With fewer than two clusters no row has a next one: every value is −1.
///
/// Letters: N rows, F width, K clusters.
///
/// - Source: Rousseeuw 1987. Differs: −1 instead of no value where there is one cluster.
public struct Silhouette: Sendable, Equatable {
  /// The rows that have a value, in rising order: all, or those drawn.
  public let rows: [Int32]
  /// s of each of them, −1 … 1.
  public let values: [Float]

  /// Mean of the values; −1 without any.
  public var mean: Double {
    values.isEmpty ? -1 : values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
  }

  /// The silhouette of all rows.
  ///
  /// - Shape: x [N, F], labels [N].
  /// - Precondition: a label ≥ 0 for each row; all finite.
  /// - Complexity: O(N² · F) time, O(N · F) memory and distances of a block of rows to another.
  public init(of x: FloatBuffer, width: Int, labels: [Int32]) {
    self.init(of: x, width: width, labels: labels, rows: (0..<Int32(labels.count)).map { $0 })
  }

  /// The silhouette of a sample of the rows, by distances within the sample.
  ///
  /// - Parameter sample: how many are drawn, each set of that size being as likely; all rows where there are not more.
  /// - Precondition: a label ≥ 0 for each row; a sample of at least one row; all finite.
  /// - Complexity: O(sample² · F + N).
  public init(of x: FloatBuffer, width: Int, labels: [Int32], sample: Int, random: RandomStream) {
    precondition(sample >= 1, "Silhouette: a sample of \(sample) rows")
    var rows = (0..<Int32(labels.count)).map { $0 }
    if sample < rows.count {
      var generator = random.generator
      rows = generator.shuffled(rows)[..<sample].sorted()
    }
    self.init(of: x, width: width, labels: labels, rows: rows)
  }

  private init(of x: FloatBuffer, width: Int, labels: [Int32], rows: [Int32]) {
    precondition(
      width >= 1 && x.count == labels.count * width,
      "Silhouette: \(x.count) floats for \(labels.count) labels of rows of \(width)")
    if let row = labels.firstIndex(where: { $0 < 0 }) {
      preconditionFailure("Silhouette: row \(row) has label \(labels[row]); labels must be 0 or more")
    }
    if let place = x.firstNonFinite { preconditionFailure("Silhouette: row \(place / width) is not finite") }
    self.rows = rows
    // In the order of their clusters, the distances of a row to a cluster lie side by side.
    let order = rows.indices.sorted { (labels[Int(rows[$0])], $0) < (labels[Int(rows[$1])], $1) }
    var starts: [Int] = []
    for (place, index) in order.enumerated() {
      if place == 0 || labels[Int(rows[index])] != labels[Int(rows[order[place - 1]])] { starts.append(place) }
    }
    var values = [Float](repeating: -1, count: rows.count)
    if starts.count > 1 {
      let distances = ClusterDistances(
        x, width: width, ids: order.map { rows[$0] }, starts: starts)
      distances.forEachRow { place, cluster, sums in
        values[order[place]] = Silhouette.value(sums, own: cluster, counts: distances.counts)
      }
    }
    self.values = values
  }

  private static func value(_ sums: ArraySlice<Double>, own: Int, counts: [Int]) -> Float {
    guard counts[own] > 1 else { return 0 }
    let inner = sums[sums.startIndex + own] / Double(counts[own] - 1)
    var outer = Double.infinity
    for cluster in counts.indices where cluster != own {
      outer = min(outer, sums[sums.startIndex + cluster] / Double(counts[cluster]))
    }
    let larger = max(inner, outer)
    return larger > 0 ? Float((outer - inner) / larger) : 0
  }
}
