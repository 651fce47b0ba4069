import CGraphBLAS

/// A sparse matrix of `Float`, owned by SuiteSparse GraphBLAS, for structural work on graphs.
///
/// The adjacency of a graph has A[i, j] = weight of the edge i → j, weight 1 where the graph has none. An entry is a
/// listed place, whatever its value: an entry of value 0 is still an edge. A matrix never changes: every operation
/// makes a new one. Results have the same bytes for any number of threads.
///
///     let adjacency = try SparseMatrix(rows).symmetrized().withoutDiagonal()
///     let (twoStep, counts) = try adjacency.multiplied(by: adjacency, semiring: .plusPair).sparseRows()
///
/// Letters: N rows, M columns, E entries. Operations are to be called from the main path, where the worker pool
/// sleeps, because GraphBLAS has threads of its own (as many as `Workers.threadCount` at its first use).
public final class SparseMatrix {
  let handle: MatrixHandle
  /// N, the number of rows, empty ones included.
  public let rowCount: Int
  /// M, the number of columns, empty ones included.
  public let columnCount: Int

  /// Takes over a matrix of `Float`.
  init(_ handle: MatrixHandle, rowCount: Int, columnCount: Int) {
    self.handle = handle
    self.rowCount = rowCount
    self.columnCount = columnCount
  }

  /// An empty matrix for a result.
  static func empty(rowCount: Int, columnCount: Int) throws(AlgebraFailure) -> SparseMatrix {
    SparseMatrix(
      try MatrixHandle(.float, rows: rowCount, columns: columnCount), rowCount: rowCount, columnCount: columnCount)
  }

  /// How many entries there are.
  ///
  /// - Complexity: O(1).
  public var entryCount: Int {
    var count: GrB_Index = 0
    withExtendedLifetime(handle) { _ = GrB_Matrix_nvals(&count, handle.pointer) }
    return Int(count)
  }

  /// "N × M", for messages.
  var shape: String { "\(rowCount) × \(columnCount)" }

  /// Version of the GraphBLAS library in use, such as `7.4.0`.
  public static var libraryVersion: String { GraphBLASLibrary.version }
}
