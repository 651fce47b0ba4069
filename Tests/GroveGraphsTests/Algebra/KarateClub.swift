import GroveGraphs

/// Zachary's karate club: 34 nodes, 78 undirected edges (Zachary 1977).
enum KarateClub {
  static let sources: [Int32] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5,
    5, 5, 6, 8, 8, 8, 9, 13, 14, 14, 15, 15, 18, 18, 19, 20, 20, 22, 22, 23, 23, 23, 23, 23, 24, 24, 24, 25, 26, 26,
    27, 28, 28, 29, 29, 30, 30, 31, 31, 32,
  ]
  static let targets: [Int32] = [
    1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 17, 19, 21, 31, 2, 3, 7, 13, 17, 19, 21, 30, 3, 7, 8, 9, 13, 27, 28, 32,
    7, 12, 13, 6, 10, 6, 10, 16, 16, 30, 32, 33, 33, 33, 32, 33, 32, 33, 32, 33, 33, 32, 33, 32, 33, 25, 27, 29, 32,
    33, 25, 27, 31, 31, 29, 33, 33, 31, 33, 32, 33, 32, 33, 32, 33, 33,
  ]

  /// Each edge in one direction.
  static func halves() throws -> SparseMatrix {
    try SparseMatrix(rows: sources, columns: targets, values: nil, rowCount: 34, columnCount: 34, duplicates: .error)
  }
}
