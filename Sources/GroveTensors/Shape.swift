/// Rows × columns of a tensor.
public struct Shape: Equatable, Sendable, CustomStringConvertible {
  /// Number of rows, 0 or more.
  public let rows: Int
  /// Number of columns, 0 or more.
  public let columns: Int

  /// The shape rows × columns; neither may be negative.
  public init(_ rows: Int, _ columns: Int) {
    precondition(rows >= 0 && columns >= 0, "Shape: \(rows) × \(columns)")
    self.rows = rows
    self.columns = columns
  }

  /// Number of entries: rows · columns.
  public var count: Int { rows * columns }
  /// `[rows, columns]`, as messages show it.
  public var description: String { "[\(rows), \(columns)]" }
}
