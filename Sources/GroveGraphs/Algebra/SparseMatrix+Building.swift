import CGraphBLAS

extension SparseMatrix {
  /// The matrix of compressed rows, such as a graph's adjacency.
  ///
  /// - Parameters:
  ///   - rows: where the entries are, in any order within a row.
  ///   - values: one number an entry in the order of `rows.columns`; nil where all are 1.
  ///   - duplicates: what becomes of a column that a row lists more than once.
  /// - Throws: `AlgebraFailure.duplicateEntry` under `.error`; `AlgebraFailure.outOfMemory`.
  /// - Precondition: `values.count == rows.entryCount`; columns in 0..<`rows.columnCount`.
  /// - Complexity: O(N + E) where rows are sorted and free of duplicates, else O(N + E log E).
  public convenience init(
    _ rows: SparseRows, values: [Float]? = nil, duplicates: DuplicateRule = .error
  ) throws(AlgebraFailure) {
    Self.check(values: values, entryCount: rows.entryCount)
    Self.check(rows.columns, below: rows.columnCount, "column")
    if Self.isStrictlyRising(rows) {
      try self.init(strictlyRising: rows, values: values)
    } else {
      var rowOfEntry = [GrB_Index](repeating: 0, count: rows.entryCount)
      for row in 0..<rows.rowCount { for entry in rows.range(of: row) { rowOfEntry[entry] = GrB_Index(row) } }
      try self.init(
        building: rowOfEntry, rows.columns.map(GrB_Index.init), values, rowCount: rows.rowCount,
        columnCount: rows.columnCount, duplicates: duplicates)
    }
  }

  /// The matrix of listed entries, in any order: position e stands at (`rows[e]`, `columns[e]`).
  ///
  /// - Parameters:
  ///   - values: one number an entry; nil where all are 1.
  ///   - duplicates: what becomes of a place that is listed more than once.
  /// - Throws: `AlgebraFailure.duplicateEntry` under `.error`; `AlgebraFailure.outOfMemory`.
  /// - Precondition: equally many rows, columns and values; rows in 0..<rowCount, columns in 0..<columnCount.
  /// - Complexity: O(E log E).
  public convenience init(
    rows: [Int32], columns: [Int32], values: [Float]?, rowCount: Int, columnCount: Int, duplicates: DuplicateRule
  ) throws(AlgebraFailure) {
    precondition(
      rows.count == columns.count, "SparseMatrix: \(rows.count) row numbers and \(columns.count) column numbers")
    Self.check(values: values, entryCount: rows.count)
    Self.check(rows, below: rowCount, "row")
    Self.check(columns, below: columnCount, "column")
    try self.init(
      building: rows.map(GrB_Index.init), columns.map(GrB_Index.init), values, rowCount: rowCount,
      columnCount: columnCount, duplicates: duplicates)
  }

  /// Builds from tuples; GraphBLAS sorts them and merges duplicates in the order they are listed.
  private convenience init(
    building rows: [GrB_Index], _ columns: [GrB_Index], _ values: [Float]?, rowCount: Int, columnCount: Int,
    duplicates: DuplicateRule
  ) throws(AlgebraFailure) {
    let handle = try MatrixHandle(.float, rows: rowCount, columns: columnCount)
    let numbers = values ?? [Float](repeating: 1, count: rows.count)
    // A[rows[e], columns[e]] = numbers[e], duplicates merged by the rule
    let status = withExtendedLifetime(handle) {
      GrB_Matrix_build_FP32(
        handle.pointer, rows, columns, numbers, GrB_Index(rows.count), duplicates.operation)
    }
    if status == GrB_INVALID_VALUE, duplicates == .error, let (row, column) = Self.firstDuplicate(rows, columns) {
      throw .duplicateEntry(row: row, column: column)
    }
    guard status == GrB_SUCCESS else { throw AlgebraFailure("build", status) }
    self.init(handle, rowCount: rowCount, columnCount: columnCount)
  }

  /// Hands sorted rows to GraphBLAS as they are, widened to its 64-bit indices.
  private convenience init(strictlyRising rows: SparseRows, values: [Float]?) throws(AlgebraFailure) {
    let handle = try MatrixHandle(.float, rows: rows.rowCount, columns: rows.columnCount)
    if rows.entryCount > 0 {
      var offsets = try LentMemory<GrB_Index>(count: rows.offsets.count, for: "import")
      var columns = try LentMemory<GrB_Index>(count: rows.entryCount, for: "import")
      var numbers = try LentMemory<Float>(count: values?.count ?? 1, for: "import")
      for (index, offset) in rows.offsets.enumerated() { offsets.start![index] = GrB_Index(offset) }
      for (index, column) in rows.columns.enumerated() { columns.start![index] = GrB_Index(column) }
      if let values {
        for (index, value) in values.enumerated() { numbers.start![index] = value }
      } else {
        numbers.start![0] = 1
      }
      var offsetsStart = offsets.start
      var columnsStart = columns.start
      var numbersStart = UnsafeMutableRawPointer(numbers.start)
      let sizes = (offsets.byteCount, columns.byteCount, numbers.byteCount)
      // A takes over offsets, columns and values (one value for all entries where there are no weights)
      try graphBLAS("import", handle) {
        GxB_Matrix_pack_CSR(
          handle.pointer, &offsetsStart, &columnsStart, &numbersStart, sizes.0, sizes.1, sizes.2, values == nil, false,
          nil)
      }
      offsets.giveAway()
      columns.giveAway()
      numbers.giveAway()
    }
    self.init(handle, rowCount: rows.rowCount, columnCount: rows.columnCount)
  }

  /// The entries as compressed rows, columns rising within a row, and their values in the same order.
  ///
  /// - Throws: `AlgebraFailure.outOfMemory`.
  /// - Precondition: `columnCount` fits in 32 bits, as everywhere in Grove.
  /// - Complexity: O(N + E).
  public func sparseRows() throws(AlgebraFailure) -> (rows: SparseRows, values: [Float]) {
    guard entryCount > 0 else {
      let offsets = [Int64](repeating: 0, count: rowCount + 1)
      return (SparseRows(offsets: offsets, columns: [], columnCount: columnCount), [])
    }
    var made: GrB_Matrix?
    // C = A, to be taken apart
    try graphBLAS("export", handle) { GrB_Matrix_dup(&made, handle.pointer) }
    let copy = MatrixHandle(adopting: made!)
    var offsets: UnsafeMutablePointer<GrB_Index>?
    var columns: UnsafeMutablePointer<GrB_Index>?
    var values: UnsafeMutableRawPointer?
    var sizes: (GrB_Index, GrB_Index, GrB_Index) = (0, 0, 0)
    var isOneValue = false
    // C gives up its offsets, columns and values; no room for "unsorted" means that it sorts them first
    try graphBLAS("export", copy) {
      GxB_Matrix_unpack_CSR(
        copy.pointer, &offsets, &columns, &values, &sizes.0, &sizes.1, &sizes.2, &isOneValue, nil, nil)
    }
    defer {
      grove_graphblas_release(offsets)
      grove_graphblas_release(columns)
      grove_graphblas_release(values)
    }
    let count = Int(offsets![rowCount])
    let rows = SparseRows(
      offsets: UnsafeBufferPointer(start: offsets, count: rowCount + 1).map(Int64.init),
      columns: UnsafeBufferPointer(start: columns, count: count).map(Int32.init), columnCount: columnCount)
    let numbers = values!.assumingMemoryBound(to: Float.self)
    return (
      rows,
      isOneValue
        ? [Float](repeating: numbers[0], count: count) : Array(UnsafeBufferPointer(start: numbers, count: count))
    )
  }

  // Caller's mistakes, found before GraphBLAS would read past an array.

  private static func check(values: [Float]?, entryCount: Int) {
    precondition(
      values == nil || values!.count == entryCount,
      "SparseMatrix: \(values?.count ?? 0) values for \(entryCount) entries; pass one an entry")
  }

  static func check(_ indices: [Int32], below bound: Int, _ word: StaticString) {
    for index in indices {
      precondition(
        index >= 0 && Int(index) < bound, "SparseMatrix: \(word) \(index) does not exist; there are \(bound)")
    }
  }

  private static func isStrictlyRising(_ rows: SparseRows) -> Bool {
    rows.columns.withUnsafeBufferPointer { columns in
      for row in 0..<rows.rowCount {
        let range = rows.range(of: row)
        for entry in range.dropFirst() where columns[entry] <= columns[entry - 1] { return false }
      }
      return true
    }
  }

  /// The first listed entry whose place was listed before.
  private static func firstDuplicate(_ rows: [GrB_Index], _ columns: [GrB_Index]) -> (row: Int, column: Int)? {
    struct Place: Hashable { let row: GrB_Index, column: GrB_Index }
    var seen = Set<Place>(minimumCapacity: rows.count)
    for (row, column) in zip(rows, columns) where !seen.insert(Place(row: row, column: column)).inserted {
      return (Int(row), Int(column))
    }
    return nil
  }
}
