import GroveKernels

extension ClusterStep {
  /// Gives rows to clusters that have none.
  ///
  /// An empty cluster, the lowest number first, takes the free row that is farthest from all centers in use, of equals
  /// the first, together with all free rows equal to it; its center becomes that row. A cluster that loses its last row so
  /// is filled in its turn. Where every free row lies on a center nothing can be taken: there are fewer distinct rows
  /// than clusters, and the cluster stays empty. So K clusters have rows wherever K distinct rows are free.
  ///
  /// - Parameters:
  ///   - centers: those that labels were given by; those of filled clusters are replaced.
  ///   - pinned: rows that must stay in their cluster, −1 where a row is free.
  /// - Complexity: O(N · F) for each empty cluster.
  mutating func fillEmptyClusters(_ rows: ClusterRows, centers: inout [Float], pinned: [Int32]? = nil) {
    guard counts.contains(0) else { return }
    let width = rows.width
    var distances = rows.squaredDistances(to: centers, labels: labels)
    if let pinned { for row in pinned.indices where pinned[row] >= 0 { distances[row] = 0 } }
    var filled: Set<Int> = []
    while let cluster = counts.indices.first(where: { counts[$0] == 0 && !filled.contains($0) }) {
      var farthest = 0
      for row in distances.indices where distances[row] > distances[farthest] { farthest = row }
      guard distances.indices.contains(farthest), distances[farthest] > 0 else { return }
      filled.insert(cluster)
      let point = rows.row(farthest)
      let gaps = rows.squaredDistances(to: point, labels: [Int32](repeating: 0, count: rows.count))
      for row in gaps.indices where distances[row] > 0 {
        if gaps[row] == 0 { move(row, to: cluster, point: point, width: width) }
        distances[row] = min(distances[row], gaps[row])
      }
      for column in 0..<width { centers[cluster * width + column] = point[column] }
    }
  }

  private mutating func move(_ row: Int, to cluster: Int, point: [Float], width: Int) {
    let old = Int(labels[row])
    labels[row] = Int32(cluster)
    counts[old] -= 1
    counts[cluster] += 1
    for column in 0..<width {
      sums[old * width + column] -= Double(point[column])
      sums[cluster * width + column] += Double(point[column])
    }
  }
}
