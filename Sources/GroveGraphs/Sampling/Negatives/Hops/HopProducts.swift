import GroveKernels

/// Walk counts or sets of all anchors at once, by sparse products.
///
///     square: A^k        else: R · (Rᵀ · R)^((k − 1) / 2)        under plus.times for counts, or.and for sets
///
/// Rows go through in blocks, because powers of sparse matrices are often dense; what the filter excludes is taken out of
/// each block before the next.
public enum HopProducts {
  /// A table of the candidates k steps away, weighed by walk counts or all alike.
  ///
  /// - Parameters:
  ///   - steps: k; odd unless anchors are candidates.
  ///   - counts: whether walks are counted; else candidates are all alike.
  ///   - blockRows: anchors that go through at once.
  /// - Throws: `AlgebraFailure` when memory runs out.
  /// - Complexity: that of the products.
  public static func table(
    _ positives: SparseRows, isSquare: Bool, steps: Int, counts: Bool, filter: NegativeFilter, blockRows: Int = 4096
  ) throws -> CandidateTable {
    precondition(
      steps >= 1 && (isSquare || steps % 2 == 1),
      "HopProducts: \(steps) steps to \(isSquare ? "nodes" : "the other side")")
    let ones = [Float](repeating: 1, count: positives.entryCount)
    let forward = try SparseMatrix(positives, values: ones)
    let back = isSquare ? forward : try forward.transposed()
    let semiring: Semiring = counts ? .plusTimes : .orAnd
    var (offsets, columns, weights): ([Int64], [Int32], [Double]) = ([0], [], [])
    for start in stride(from: 0, to: positives.rowCount, by: blockRows) {
      let rows = (start..<min(start + blockRows, positives.rowCount)).map(Int32.init)
      var block = try forward.submatrix(rows: rows, columns: (0..<Int32(positives.columnCount)).map { $0 })
      for step in 1..<max(1, steps) {
        block = try block.multiplied(by: isSquare || step % 2 == 0 ? forward : back, semiring: semiring)
      }
      let (found, values) = try block.sparseRows()
      for (place, anchor) in rows.enumerated() {
        for entry in found.range(of: place) where values[entry] > 0 {
          guard !filter.excludes(found.columns[entry], for: anchor), !isSquare || found.columns[entry] != anchor else {
            continue
          }
          columns.append(found.columns[entry])
          weights.append(Double(values[entry]))
        }
        offsets.append(Int64(columns.count))
      }
    }
    let rows = SparseRows(offsets: offsets, columns: columns, columnCount: positives.columnCount)
    return CandidateTable(rows, weights: counts ? weights : nil)
  }
}
