import CGraphBLAS

extension SparseMatrix {
  /// The product under a semiring: two-step walks, first along this matrix, then along the other.
  ///
  ///     C[i, j] = ⊕ over k of A[i, k] ⊗ B[k, j]        an entry where at least one such k exists
  ///
  /// - Parameter mask: which entries to compute at all; far cheaper than removing others afterwards.
  /// - Shape: [N, K] by [K, M] → [N, M]
  /// - Throws: `AlgebraFailure.outOfMemory`.
  /// - Precondition: `columnCount == other.rowCount`; the mask is N × M.
  /// - Complexity: O(N + M + sum over entries A[i, k] of entries in row k of B). `.plusTimes` runs on one thread so that
  ///   its sums have one order; the others run on all.
  public func multiplied(
    by other: SparseMatrix, semiring: Semiring = .plusTimes, mask: EntryMask? = nil
  ) throws(AlgebraFailure) -> SparseMatrix {
    precondition(columnCount == other.rowCount, "multiplied: \(shape) by \(other.shape); the inner numbers must agree")
    let result = try SparseMatrix.empty(rowCount: rowCount, columnCount: other.columnCount)
    if let mask { result.requireSameShape(mask.matrix, "multiplied, mask") }
    let bits = (mask?.descriptorBits ?? 0) | (semiring.roundsByOrder ? GROVE_ONE_THREAD : 0)
    // C⟨mask⟩ = A ⊕.⊗ B
    try graphBLAS("multiply", result.handle, handle, other.handle, mask?.matrix.handle) {
      GrB_mxm(
        result.handle.pointer, mask?.matrix.handle.pointer, nil, semiring.object, handle.pointer, other.handle.pointer,
        graphBLASDescriptor(bits))
    }
    return result
  }

  /// Entries of either matrix; values at the same place are combined.
  ///
  /// - Complexity: O(N + both entries).
  ///
  /// - Throws: `AlgebraFailure.outOfMemory`. - Precondition: both have one shape.
  public func union(with other: SparseMatrix, _ rule: CombineRule) throws(AlgebraFailure) -> SparseMatrix {
    requireSameShape(other, "union")
    let result = try SparseMatrix.empty(rowCount: rowCount, columnCount: columnCount)
    // C = A ∪ B, op(A, B) where both have an entry
    try graphBLAS("union", result.handle, handle, other.handle) {
      GrB_Matrix_eWiseAdd_BinaryOp(
        result.handle.pointer, nil, nil, rule.operation, handle.pointer, other.handle.pointer, nil)
    }
    return result
  }

  /// Entries of both matrices, their values combined.
  ///
  /// - Complexity: O(N + both entries).
  ///
  /// - Throws: `AlgebraFailure.outOfMemory`. - Precondition: both have one shape.
  public func intersection(with other: SparseMatrix, _ rule: CombineRule) throws(AlgebraFailure) -> SparseMatrix {
    requireSameShape(other, "intersection")
    let result = try SparseMatrix.empty(rowCount: rowCount, columnCount: columnCount)
    // C = op(A, B) where both have an entry
    try graphBLAS("intersection", result.handle, handle, other.handle) {
      GrB_Matrix_eWiseMult_BinaryOp(
        result.handle.pointer, nil, nil, rule.operation, handle.pointer, other.handle.pointer, nil)
    }
    return result
  }

  /// A + B, elementwise.
  ///
  /// - Complexity: O(N + both entries).
  public func elementwiseSum(_ other: SparseMatrix) throws(AlgebraFailure) -> SparseMatrix {
    try union(with: other, .sum)
  }

  /// A ∘ B, elementwise: an entry where both have one.
  ///
  /// - Complexity: O(N + both entries).
  public func elementwiseProduct(_ other: SparseMatrix) throws(AlgebraFailure) -> SparseMatrix {
    try intersection(with: other, .product)
  }

  /// diag(factors) · A: row i times `factors[i]`.
  ///
  /// Entries stay, also where a factor is 0.
  ///
  /// - Throws: `AlgebraFailure.outOfMemory`. - Precondition: `factors.count == rowCount`. - Complexity: O(N + E).
  public func scaledRows(by factors: [Float]) throws(AlgebraFailure) -> SparseMatrix {
    precondition(factors.count == rowCount, "scaledRows: \(factors.count) factors for \(rowCount) rows")
    return try SparseMatrix.diagonal(factors).multiplied(by: self)
  }

  /// A · diag(factors): column j times `factors[j]`.
  ///
  /// Entries stay, also where a factor is 0.
  ///
  /// - Throws: `AlgebraFailure.outOfMemory`. - Precondition: `factors.count == columnCount`. - Complexity: O(N + E).
  public func scaledColumns(by factors: [Float]) throws(AlgebraFailure) -> SparseMatrix {
    precondition(factors.count == columnCount, "scaledColumns: \(factors.count) factors for \(columnCount) columns")
    return try multiplied(by: SparseMatrix.diagonal(factors))
  }

  /// The matrix with `values[i]` at (i, i) and no other entry.
  ///
  /// - Complexity: O(values.count).
  public static func diagonal(_ values: [Float]) throws(AlgebraFailure) -> SparseMatrix {
    try SparseMatrix(
      SparseRows(
        offsets: (0...values.count).map(Int64.init), columns: (0..<values.count).map(Int32.init),
        columnCount: values.count),
      values: values)
  }
}
