/// Which end of a link.
public enum LinkEnd: Sendable {
  /// Where it starts.
  case source
  /// Where it ends.
  case target
}

extension LinkEnds {
  /// How many nodes there are at an end.
  func count(of end: LinkEnd) -> Int { end == .source ? sourceCount : targetCount }

  /// For each node at an end, the nodes at the other end that it is linked to, and itself where both are of one type.
  ///
  /// - Parameter end: the end whose nodes get rows; of undirected links either.
  /// - Returns: rows in rising order without repeats: what is never drawn as a negative.
  /// - Throws: `AlgebraFailure` when memory runs out.
  /// - Complexity: O(N + E log E).
  public func partners(in lists: [EdgeList], of end: LinkEnd, withSelf: Bool) throws -> SparseRows {
    var (rows, columns): ([Int32], [Int32]) = ([], [])
    for list in lists {
      rows += end == .source ? list.sources : list.targets
      columns += end == .source ? list.targets : list.sources
      if isUndirected {
        rows += list.targets
        columns += list.sources
      }
    }
    if withSelf, isSquare {
      rows += (0..<Int32(nodeCount))
      columns += (0..<Int32(nodeCount))
    }
    return try SparseMatrix(
      rows: rows, columns: columns, values: nil, rowCount: count(of: end),
      columnCount: count(of: end == .source ? .target : .source), duplicates: .max
    ).sparseRows().rows
  }
}
