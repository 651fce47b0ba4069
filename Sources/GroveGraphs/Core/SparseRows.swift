import GroveKernels

/// The project's compressed sparse rows: `columns[offsets[r] ..< offsets[r + 1]]` are the entries of row r.
///
/// Letters: N rows, E entries. Offsets have 64 bits and columns 32, as the store keeps them on disk.
public struct SparseRows: Sendable, Equatable {
  /// N + 1 positions, the first 0, never falling.
  public let offsets: [Int64]
  /// E column numbers in 0..<columnCount.
  public let columns: [Int32]
  /// Number of columns, empty ones included.
  public let columnCount: Int

  /// - Precondition: offsets start at 0, never fall and end at `columns.count`; columns are in range.
  public init(offsets: [Int64], columns: [Int32], columnCount: Int) {
    precondition(
      offsets.first == 0 && offsets.last == Int64(columns.count),
      "SparseRows: offsets run from \(offsets.first ?? -1) to \(offsets.last ?? -1) over \(columns.count) entries")
    self.offsets = offsets
    self.columns = columns
    self.columnCount = columnCount
  }

  /// N, the number of rows, empty ones included.
  public var rowCount: Int { offsets.count - 1 }
  /// E, the number of entries.
  public var entryCount: Int { columns.count }

  /// Positions of the entries of a row.
  public func range(of row: Int) -> Range<Int> { Int(offsets[row])..<Int(offsets[row + 1]) }

  /// Columns of a row.
  public subscript(row: Int) -> ArraySlice<Int32> { columns[range(of: row)] }

  /// The row that an entry belongs to.
  ///
  /// - Complexity: O(log N).
  public func row(ofEntry entry: Int) -> Int {
    var low = 0
    var high = rowCount
    while high - low > 1 {
      let middle = (low + high) / 2
      if offsets[middle] <= Int64(entry) { low = middle } else { high = middle }
    }
    return low
  }

  /// Entries grouped by row, in their given order within a row (a stable counting sort).
  ///
  /// - Returns: the rows, and for each entry of the result its position in the input.
  /// - Complexity: O(N + E).
  public static func grouping(
    rows: [Int32], columns: [Int32], rowCount: Int, columnCount: Int
  ) -> (rows: SparseRows, positions: [Int64]) {
    var offsets = [Int64](repeating: 0, count: rowCount + 1)
    for row in rows { offsets[Int(row) + 1] += 1 }
    for row in 0..<rowCount { offsets[row + 1] += offsets[row] }
    var next = offsets
    var grouped = [Int32](repeating: 0, count: columns.count)
    var positions = [Int64](repeating: 0, count: columns.count)
    for entry in 0..<columns.count {
      let place = Int(next[Int(rows[entry])])
      next[Int(rows[entry])] += 1
      grouped[place] = columns[entry]
      positions[place] = Int64(entry)
    }
    return (SparseRows(offsets: offsets, columns: grouped, columnCount: columnCount), positions)
  }

  /// The transpose, and for each of its entries the position of the same entry here.
  ///
  /// Rows of the transpose list their entries in rising order.
  /// - Complexity: O(N + E).
  public func transposed() -> (rows: SparseRows, positions: [Int64]) {
    let index = EdgeIndex(offsets: offsets, columns: columns).transposed(columnCount: columnCount)
    let rows = SparseRows(offsets: index.offsets, columns: index.columns, columnCount: rowCount)
    return (rows, index.positions ?? (0..<Int64(entryCount)).map { $0 })
  }
}
