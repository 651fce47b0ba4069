import CGraphBLAS

extension SparseMatrix {
  /// Aᵀ: every edge the other way.
  ///
  /// - Shape: [N, M] → [M, N]
  /// - Throws: `AlgebraFailure.outOfMemory`. - Complexity: O(N + M + E).
  public func transposed() throws(AlgebraFailure) -> SparseMatrix {
    let result = try SparseMatrix.empty(rowCount: columnCount, columnCount: rowCount)
    // C = Aᵀ
    try graphBLAS("transpose", result.handle, handle) {
      GrB_transpose(result.handle.pointer, nil, nil, handle.pointer, nil)
    }
    return result
  }

  /// A ∪ Aᵀ: every edge in both directions.
  ///
  /// - Parameter rule: what becomes of an edge that has both directions already. The default keeps unweighted graphs
  ///   unweighted. A self-loop is one edge, not two: it stays as it is under any rule.
  /// - Shape: [N, N] → [N, N]
  /// - Throws: `AlgebraFailure.outOfMemory`. - Precondition: square. - Complexity: O(N + E).
  public func symmetrized(_ rule: CombineRule = .max) throws(AlgebraFailure) -> SparseMatrix {
    requireSquare("symmetrized")
    if rule == .max || rule == .min { return try union(with: transposed(), rule) }
    let edges = try withoutDiagonal()
    let loops = try selecting("diagonal", grove_select_diagonal())
    // (A' ∪ A'ᵀ) ∪ D, where A = A' + D
    return try edges.union(with: edges.transposed(), rule).union(with: loops, rule)
  }

  /// Without entries at (i, i): self-loops.
  ///
  /// - Complexity: O(N + E).
  public func withoutDiagonal() throws(AlgebraFailure) -> SparseMatrix {
    try selecting("without diagonal", grove_select_off_diagonal())
  }

  /// With an entry of `value` at every (i, i): a self-loop at every node.
  ///
  /// - Parameter replacing: whether self-loops that exist get this value too, or keep theirs (the default).
  /// - Shape: [N, N] → [N, N]
  /// - Throws: `AlgebraFailure.outOfMemory`. - Precondition: square. - Complexity: O(N + E).
  public func addingDiagonal(_ value: Float, replacing: Bool = false) throws(AlgebraFailure) -> SparseMatrix {
    requireSquare("addingDiagonal")
    let diagonal = try SparseMatrix.diagonal([Float](repeating: value, count: rowCount))
    let operation = replacing ? grove_second_fp32() : grove_first_fp32()
    let result = try SparseMatrix.empty(rowCount: rowCount, columnCount: columnCount)
    // C = A ∪ D, A's value (or D's) where both have one
    try graphBLAS("adding diagonal", result.handle, handle, diagonal.handle) {
      GrB_Matrix_eWiseAdd_BinaryOp(
        result.handle.pointer, nil, nil, operation, handle.pointer, diagonal.handle.pointer, nil)
    }
    return result
  }

  /// Entries where `mask` has an entry too, whatever its value there.
  ///
  /// - Complexity: O(N + E + mask's entries).
  public func masked(by mask: SparseMatrix) throws(AlgebraFailure) -> SparseMatrix { try masked(.inside(mask)) }

  /// Entries where `mask` has none.
  ///
  /// - Complexity: O(N + E + mask's entries).
  public func masked(outside mask: SparseMatrix) throws(AlgebraFailure) -> SparseMatrix { try masked(.outside(mask)) }

  private func masked(_ mask: EntryMask) throws(AlgebraFailure) -> SparseMatrix {
    requireSameShape(mask.matrix, "masked")
    let result = try SparseMatrix.empty(rowCount: rowCount, columnCount: columnCount)
    // C⟨mask⟩ = A, or C⟨¬mask⟩ = A
    try graphBLAS("mask", result.handle, handle, mask.matrix.handle) {
      GrB_Matrix_apply(
        result.handle.pointer, mask.matrix.handle.pointer, nil, grove_identity_fp32(), handle.pointer,
        graphBLASDescriptor(mask.descriptorBits))
    }
    return result
  }

  /// Row `rows[i]` and column `columns[j]` become row i and column j.
  ///
  /// Rows and columns may repeat.
  ///
  /// - Shape: [N, M] → [rows.count, columns.count]
  /// - Throws: `AlgebraFailure.outOfMemory`.
  /// - Precondition: `rows` in 0..<N, `columns` in 0..<M.
  /// - Complexity: O(rows.count + M + entries of those rows).
  public func submatrix(rows: [Int32], columns: [Int32]) throws(AlgebraFailure) -> SparseMatrix {
    Self.check(rows, below: rowCount, "row")
    Self.check(columns, below: columnCount, "column")
    let result = try SparseMatrix.empty(rowCount: rows.count, columnCount: columns.count)
    if rows.isEmpty || columns.isEmpty { return result }
    let (rowIndices, columnIndices) = (rows.map(GrB_Index.init), columns.map(GrB_Index.init))
    // C = A(rows, columns)
    try graphBLAS("submatrix", result.handle, handle) {
      GrB_Matrix_extract(
        result.handle.pointer, nil, nil, handle.pointer, rowIndices, GrB_Index(rows.count), columnIndices,
        GrB_Index(columns.count), nil)
    }
    return result
  }

  /// The graph among some nodes: node `nodes[i]` becomes node i.
  ///
  /// - Shape: [N, N] → [nodes.count, nodes.count]
  /// - Throws: `AlgebraFailure.outOfMemory`.
  /// - Precondition: square; `nodes` in 0..<N, none twice.
  /// - Complexity: O(N + entries of those rows).
  public func inducedSubgraph(nodes: [Int32]) throws(AlgebraFailure) -> SparseMatrix {
    requireSquare("inducedSubgraph")
    Self.check(nodes, below: rowCount, "node")
    var isListed = [Bool](repeating: false, count: rowCount)
    for node in nodes {
      precondition(!isListed[Int(node)], "inducedSubgraph: node \(node) is listed twice")
      isListed[Int(node)] = true
    }
    return try submatrix(rows: nodes, columns: nodes)
  }

  /// Entries that a GraphBLAS index operation keeps.
  func selecting(_ name: StaticString, _ keep: GrB_IndexUnaryOp, _ argument: Int64 = 0) throws(AlgebraFailure)
    -> SparseMatrix
  {
    let result = try SparseMatrix.empty(rowCount: rowCount, columnCount: columnCount)
    // C = entries of A for which keep(i, j, argument)
    try graphBLAS(name, result.handle, handle) {
      GrB_Matrix_select_INT64(result.handle.pointer, nil, nil, keep, handle.pointer, argument, nil)
    }
    return result
  }

  func requireSquare(_ name: StaticString) {
    precondition(rowCount == columnCount, "\(name): \(shape) is not square")
  }

  func requireSameShape(_ other: SparseMatrix, _ name: StaticString) {
    precondition(
      rowCount == other.rowCount && columnCount == other.columnCount,
      "\(name): \(shape) and \(other.shape); both need one shape")
  }
}
