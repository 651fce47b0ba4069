/// Rows × columns of a tensor.
public struct Shape: Equatable, Sendable, CustomStringConvertible {
  public let rows: Int
  public let columns: Int

  public init(_ rows: Int, _ columns: Int) {
    precondition(rows >= 0 && columns >= 0, "Shape: \(rows) × \(columns)")
    self.rows = rows
    self.columns = columns
  }

  public var count: Int { rows * columns }
  public var description: String { "[\(rows), \(columns)]" }
}
