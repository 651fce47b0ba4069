import GroveGraphs

/// Compressed sparse rows kept as four arrays of an archive: PREFIX + `data`, `indices`, `indptr`, `shape`.
enum SparseMembers {
  /// Checked rows and their values; nil values where all are 1.
  static func rows(in archive: NumpyArchive, prefix: String) throws -> (rows: SparseRows, values: [Float]?) {
    if archive.contains("\(prefix)format"), let format = try archive.array("\(prefix)format").strings().first,
      format != "csr"
    {
      throw FormatFailure.bad(
        archive.place, "holds a sparse matrix in format \(quoted(format, limit: 20))", do: "save it with .tocsr()")
    }
    return try rows(
      shape: try archive.array("\(prefix)shape").int64s(), offsets: try archive.array("\(prefix)indptr").int64s(),
      columns: try archive.array("\(prefix)indices").int32s(), values: try archive.array("\(prefix)data").floats(),
      names: ("\(prefix)shape", "\(prefix)indptr", "\(prefix)indices", "\(prefix)data"), place: archive.place)
  }

  /// Checked rows out of the parts of a matrix, wherever they come from.
  ///
  /// - Parameter names: how messages call the parts.
  static func rows(
    shape: [Int64], offsets: [Int64], columns: [Int32], values: [Float],
    names: (shape: String, offsets: String, columns: String, values: String), place: String
  ) throws -> (rows: SparseRows, values: [Float]?) {
    guard shape.count == 2, shape[0] >= 0, shape[1] >= 0, shape[0] < Int64(Int32.max), shape[1] < Int64(Int32.max)
    else {
      throw FormatFailure.bad(
        place, "array \(quoted(names.shape))", "\(shape) is not rows and columns", do: "save it again")
    }
    guard Int64(offsets.count) == shape[0] + 1, offsets.first == 0, offsets.last == Int64(columns.count) else {
      throw FormatFailure.bad(
        place, "array \(quoted(names.offsets))",
        "\(offsets.count) offsets from \(offsets.first ?? 0) to \(offsets.last ?? 0) do not fit \(shape[0]) rows of \(columns.count) entries",
        do: "save the matrix again")
    }
    for row in 0..<(offsets.count - 1) where offsets[row] > offsets[row + 1] {
      throw FormatFailure.bad(
        place, "array \(quoted(names.offsets))", "offsets fall at row \(row)", do: "save the matrix again")
    }
    if let at = columns.firstIndex(where: { $0 < 0 || Int64($0) >= shape[1] }) {
      throw FormatFailure.bad(
        place, "array \(quoted(names.columns)), entry \(at)",
        "column \(columns[at]) of \(shape[1]) does not exist",
        do: "save the matrix again")
    }
    guard values.count == columns.count else {
      throw FormatFailure.bad(
        place, "array \(quoted(names.values))", "\(values.count) values for \(columns.count) entries",
        do: "save the matrix again")
    }
    let rows = SparseRows(offsets: offsets, columns: columns, columnCount: Int(shape[1]))
    return (rows, values.allSatisfy { $0 == 1 } ? nil : values)
  }

  static func features(in archive: NumpyArchive, prefix: String) throws -> FeatureMatrix {
    let (rows, values) = try rows(in: archive, prefix: prefix)
    guard rows.columnCount > 0 || rows.rowCount == 0 else {
      throw FormatFailure.bad(archive.place, "its features have no column", do: "leave them out or give features")
    }
    return .sparse(rows: rows, values: values)
  }

  /// Directed edges, row to column, in the order of the rows.
  static func edges(in archive: NumpyArchive, prefix: String) throws -> (edges: EdgeList, nodeCount: Int) {
    let (rows, values) = try rows(in: archive, prefix: prefix)
    guard rows.rowCount == rows.columnCount else {
      throw FormatFailure.bad(
        archive.place, "array \(quoted(prefix + "shape"))",
        "an adjacency of \(rows.rowCount) by \(rows.columnCount) is not square",
        do: "save a square matrix")
    }
    var sources: [Int32] = []
    sources.reserveCapacity(rows.entryCount)
    for row in 0..<rows.rowCount { sources += repeatElement(Int32(row), count: rows.range(of: row).count) }
    return (EdgeList(sources: sources, targets: rows.columns, weights: values, isDirected: true), rows.rowCount)
  }
}
