public import GroveKernels

/// The numbers of a sparse-rows tensor: entries by row, their transpose when a gradient needs it, and their values.
public final class SparseValues {
  /// Rows flow from columns: `incoming` lists the columns of each row.
  let entries: Aggregation
  /// One number an entry, or nil where all are 1.
  let values: FloatBuffer?

  /// Sparse rows from their entries and one value an entry, nil where all are 1.
  public init(entries: Aggregation, values: FloatBuffer?) {
    precondition(
      values == nil || values!.count == entries.edgeCount,
      "SparseValues: \(values?.count ?? 0) values for \(entries.edgeCount) entries")
    self.entries = entries
    self.values = values
  }

  var rowCount: Int { entries.targetCount }
  var columnCount: Int { entries.sourceCount }

  func dense() -> FloatBuffer {
    let result = FloatBuffer(count: rowCount * columnCount, zeroed: true)
    let index = entries.incoming
    for row in 0..<rowCount {
      for entry in Int(index.offsets[row])..<Int(index.offsets[row + 1]) {
        result[row * columnCount + Int(index.columns[entry])] += values?[entry] ?? 1
      }
    }
    return result
  }
}
