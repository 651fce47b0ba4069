import GroveGraphs

/// Feature rows as a reader meets them, one after the other.
struct FeatureRows {
  private var offsets: [Int64] = [0]
  private var columns: [Int32] = []
  private var values: [Float] = []

  /// Rows that have ended.
  var count: Int { offsets.count - 1 }

  /// Adds an entry to the present row; zeros are left out.
  mutating func append(_ value: Float, column: Int32) {
    if value == 0 { return }
    columns.append(column)
    values.append(value)
  }

  /// Adds the entries of a row, which ends: in the order of columns, those of one column summed.
  mutating func append(row: [(column: Int32, value: Float)]) {
    let isSorted = zip(row, row.dropFirst()).allSatisfy { $0.column < $1.column }
    if isSorted {
      for entry in row { append(entry.value, column: entry.column) }
    } else {
      var sums: [(column: Int32, value: Float)] = []
      for entry in row.enumerated().sorted(by: { ($0.element.column, $0.offset) < ($1.element.column, $1.offset) }) {
        if let last = sums.indices.last, sums[last].column == entry.element.column {
          sums[last].value += entry.element.value
        } else {
          sums.append(entry.element)
        }
      }
      for entry in sums { append(entry.value, column: entry.column) }
    }
    endRow()
  }

  /// Ends the present row.
  mutating func endRow() { offsets.append(Int64(columns.count)) }

  /// All rows.
  func matrix(width: Int) -> FeatureMatrix {
    FeatureRows.matrix(SparseRows(offsets: offsets, columns: columns, columnCount: width), values)
  }

  /// Rows and their values: sparse where at most a third of the numbers are other than zero, as in bags of words.
  static func matrix(_ rows: SparseRows, _ values: [Float]) -> FeatureMatrix {
    let width = rows.columnCount
    guard 3 * rows.entryCount > rows.rowCount * width else {
      return .sparse(rows: rows, values: values.allSatisfy { $0 == 1 } ? nil : values)
    }
    var dense = [Float](repeating: 0, count: rows.rowCount * width)
    for row in 0..<rows.rowCount {
      for entry in rows.range(of: row) { dense[row * width + Int(rows.columns[entry])] = values[entry] }
    }
    return .dense(values: .array(dense), width: width)
  }
}
