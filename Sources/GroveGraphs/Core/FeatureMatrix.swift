/// Features of all nodes of a type, one row a node.
public enum FeatureMatrix: Sendable, Equatable {
  /// `values` holds rows × width numbers, row after row.
  case dense(values: FeatureValues, width: Int)
  /// `rows` holds the columns of each row's entries; `values` one number an entry, nil where all are 1.
  case sparse(rows: SparseRows, values: [Float]?)

  /// Number of nodes; 0 for dense rows of width 0.
  public var rowCount: Int {
    switch self {
    case .dense(let values, let width): width == 0 ? 0 : values.count / width
    case .sparse(let rows, _): rows.rowCount
    }
  }

  /// F, the number of columns.
  public var width: Int {
    switch self {
    case .dense(_, let width): width
    case .sparse(let rows, _): rows.columnCount
    }
  }

  /// Place of the first number that is not finite, or nil.
  public var firstNonFinite: (row: Int, column: Int)? {
    switch self {
    case .dense(let values, let width):
      guard let at = values.firstIndex(where: { !$0.isFinite }) else { return nil }
      return (at / width, at % width)
    case .sparse(let rows, let values):
      guard let values, let at = values.firstIndex(where: { !$0.isFinite }) else { return nil }
      let row = rows.row(ofEntry: at)
      return (row, Int(rows.columns[at]))
    }
  }

  /// Whether every number is zero or more, as in bags of words.
  public var isNonNegative: Bool {
    switch self {
    case .dense(let values, _): values.allSatisfy { $0 >= 0 }
    case .sparse(_, let values): values?.allSatisfy { $0 >= 0 } ?? true
    }
  }

  /// Each row divided by its sum; rows of sum zero stay as they are (the usual bag-of-words normalisation).
  /// - Complexity: O(entries).
  public func normalizedByRowSum() -> FeatureMatrix {
    switch self {
    case .dense(let given, let width):
      var values = given.copied
      for row in 0..<rowCount {
        let range = row * width..<(row + 1) * width
        let sum = values[range].reduce(0, +)
        if sum != 0 { for index in range { values[index] /= sum } }
      }
      return .dense(values: .array(values), width: width)
    case .sparse(let rows, let values):
      var scaled = values ?? [Float](repeating: 1, count: rows.entryCount)
      for row in 0..<rows.rowCount {
        let range = rows.range(of: row)
        let sum = scaled[range].reduce(0, +)
        if sum != 0 { for index in range { scaled[index] /= sum } }
      }
      return .sparse(rows: rows, values: scaled)
    }
  }
}
