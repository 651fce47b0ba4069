import CKernels

/// Compressed rows as the kernels read them: entry e of row r has the column `columns[e]`.
///
/// Letters: N rows, E entries, F width, H heads.
public struct EdgeIndex: Sendable {
  /// N + 1 positions into `columns`.
  public let offsets: [Int64]
  /// E column numbers, row after row.
  public let columns: [Int32]
  /// For each entry the place of its weight; nil where that is the entry's own number (a transpose has its own).
  public let positions: [Int64]?
  /// For each place the edge's id in the parent graph, which keys attention dropout; nil where they agree.
  public let identities: [Int64]?

  /// Compressed rows from their parts; offsets must end at `columns.count`.
  public init(offsets: [Int64], columns: [Int32], positions: [Int64]? = nil, identities: [Int64]? = nil) {
    precondition(
      !offsets.isEmpty && offsets.last == Int64(columns.count),
      "EdgeIndex: offsets end at \(offsets.last ?? -1), there are \(columns.count) entries")
    self.offsets = offsets
    self.columns = columns
    self.positions = positions
    self.identities = identities
  }

  /// N, the number of rows, empty ones included.
  public var rowCount: Int { offsets.count - 1 }
  /// E, the number of entries.
  public var entryCount: Int { columns.count }

  /// The same entries by column; each remembers the place of its weight here.
  ///
  /// - Complexity: O(N + E).
  public func transposed(columnCount: Int) -> EdgeIndex {
    for column in columns {
      precondition(column >= 0 && column < columnCount, "transposed: column \(column) of \(columnCount)")
    }
    var starts = [Int64](repeating: 0, count: columnCount + 1)
    var rows = [Int32](repeating: 0, count: columns.count)
    var places = [Int64](repeating: 0, count: columns.count)
    Kernels.withIndex(self) { csr in
      grove_transpose(csr, Int64(rowCount), Int64(columnCount), &starts, &rows, &places)
    }
    return EdgeIndex(offsets: starts, columns: rows, positions: places, identities: identities)
  }
}
