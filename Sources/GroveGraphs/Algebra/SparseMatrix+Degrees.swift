import CGraphBLAS

extension SparseMatrix {
  /// Entries of each row: the out-degrees of an adjacency.
  ///
  /// - Complexity: O(N + M + E).
  ///
  /// - Throws: `AlgebraFailure.outOfMemory`.
  public func rowDegrees() throws(AlgebraFailure) -> [Int64] {
    // d[i] = Σ over j of pair(1, A[i, j]): 1 · Aᵀ, counted in 64-bit integers
    try degrees(count: rowCount, inner: columnCount, transposed: true)
  }

  /// Entries of each column: the in-degrees of an adjacency.
  ///
  /// - Complexity: O(N + M + E).
  ///
  /// - Throws: `AlgebraFailure.outOfMemory`.
  public func columnDegrees() throws(AlgebraFailure) -> [Int64] {
    // d[j] = Σ over i of pair(1, A[i, j]): 1 · A
    try degrees(count: columnCount, inner: rowCount, transposed: false)
  }

  private func degrees(count: Int, inner: Int, transposed: Bool) throws(AlgebraFailure) -> [Int64] {
    let ones = try FullMatrix<Int64>(.int64, rows: 1, columns: inner, initial: 1, for: "degrees")
    let result = try FullMatrix<Int64>(.int64, rows: 1, columns: count, initial: 0, for: "degrees")
    try result.accumulate(
      productOf: ones, with: handle, transposed: transposed, semiring: grove_plus_pair_int64(),
      accumulator: grove_plus_int64())
    return result.array(ofRow: 0)
  }

  /// The sum of each row's values, in double precision: weighted out-degrees.
  ///
  /// - Complexity: O(N + M + E).
  ///
  /// - Throws: `AlgebraFailure.outOfMemory`.
  public func rowSums() throws(AlgebraFailure) -> [Double] {
    let wide = try MatrixHandle(.double, rows: rowCount, columns: columnCount)
    // C = A in double precision (the transpose of the transposed input)
    try graphBLAS("row sums", wide, handle) {
      GrB_transpose(wide.pointer, nil, nil, handle.pointer, graphBLASDescriptor(GROVE_TRANSPOSE_FIRST))
    }
    return try SparseMatrix.rowSums(ofDouble: wide, rowCount: rowCount, columnCount: columnCount)
  }

  /// The sum of each column's values, in double precision: weighted in-degrees.
  ///
  /// - Complexity: O(N + M + E).
  ///
  /// - Throws: `AlgebraFailure.outOfMemory`.
  public func columnSums() throws(AlgebraFailure) -> [Double] {
    let wide = try MatrixHandle(.double, rows: columnCount, columns: rowCount)
    // C = Aᵀ in double precision
    try graphBLAS("column sums", wide, handle) { GrB_transpose(wide.pointer, nil, nil, handle.pointer, nil) }
    return try SparseMatrix.rowSums(ofDouble: wide, rowCount: columnCount, columnCount: rowCount)
  }

  /// s[i] = Σ over j of A[i, j]: 1 · Aᵀ, each sum by one thread along its row.
  private static func rowSums(
    ofDouble matrix: MatrixHandle, rowCount: Int, columnCount: Int
  ) throws(AlgebraFailure) -> [Double] {
    let ones = try FullMatrix<Double>(.double, rows: 1, columns: columnCount, initial: 1, for: "sums")
    let result = try FullMatrix<Double>(.double, rows: 1, columns: rowCount, initial: 0, for: "sums")
    try result.accumulate(
      productOf: ones, with: matrix, transposed: true, semiring: grove_plus_times_fp64(),
      accumulator: grove_plus_fp64())
    return result.array(ofRow: 0)
  }

  /// The smallest value, +∞ where there is no entry.
  ///
  /// A minimum does not round.
  func smallestValue() throws(AlgebraFailure) -> Float {
    var smallest = Float.infinity
    // min over all entries
    try graphBLAS("smallest value", handle) {
      GrB_Matrix_reduce_FP32(&smallest, nil, grove_min_monoid_fp32(), handle.pointer, nil)
    }
    return smallest
  }
}
