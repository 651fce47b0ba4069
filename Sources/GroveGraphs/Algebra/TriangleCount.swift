import CGraphBLAS

extension SparseMatrix {
  /// How many triangles there are: sets of three nodes with an edge, in either direction, between any two of them.
  ///
  /// Weights and self-loops do not count.
  ///
  ///     C⟨L⟩ = L plus.pair Lᵀ;   count = Σ C[i, j]        L: edges i → j with i > j, of A ∪ Aᵀ
  ///
  /// - Throws: `AlgebraFailure.outOfMemory`.
  /// - Precondition: square.
  /// - Complexity: O(N + sum over edges of L of the lengths of both rows).
  public func triangleCount() throws(AlgebraFailure) -> Int {
    requireSquare("triangleCount")
    let lower = try symmetrized().selecting("triangles", grove_select_lower_triangle(), -1)
    let closed = try MatrixHandle(.int64, rows: rowCount, columns: columnCount)
    // C⟨L⟩ = L plus.pair Lᵀ: how many k < j < i close the edge (i, j)
    try graphBLAS("triangles", closed, lower.handle) {
      GrB_mxm(
        closed.pointer, lower.handle.pointer, nil, grove_plus_pair_int64(), lower.handle.pointer, lower.handle.pointer,
        graphBLASDescriptor(GROVE_MASK_STRUCTURE, GROVE_TRANSPOSE_SECOND, GROVE_DOT_PRODUCTS))
    }
    var count: Int64 = 0
    // Σ over all entries, in 64-bit integers
    try graphBLAS("triangles", closed) {
      GrB_Matrix_reduce_INT64(&count, nil, grove_plus_monoid_int64(), closed.pointer, nil)
    }
    return Int(count)
  }
}
