/// Rows × columns in Double, for references that are slow and obvious.
public struct Matrix: Sendable {
  /// Number of rows.
  public let rows: Int
  /// Number of columns.
  public let columns: Int
  /// The numbers in row-major order.
  public var values: [Double]

  /// A matrix of zeros.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    values = [Double](repeating: 0, count: rows * columns)
  }

  /// The same numbers in Double, row after row.
  public init(_ floats: [Float], rows: Int, columns: Int) {
    precondition(floats.count == rows * columns, "Matrix: \(floats.count) numbers for [\(rows), \(columns)]")
    self.rows = rows
    self.columns = columns
    values = floats.map(Double.init)
  }

  /// The number at a row and column.
  public subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// The same numbers rounded to Float.
  public var floats: [Float] { values.map(Float.init) }

  /// Rows as columns. [R, C] → [C, R]
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for row in 0..<rows { for column in 0..<columns { result[column, row] = self[row, column] } }
    return result
  }

  /// The matrix product. [R, K] by [K, C] → [R, C]
  public func times(_ other: Matrix) -> Matrix {
    precondition(columns == other.rows, "Matrix: [\(rows), \(columns)] by [\(other.rows), \(other.columns)]")
    var result = Matrix(rows: rows, columns: other.columns)
    for row in 0..<rows {
      for inner in 0..<columns {
        for column in 0..<other.columns { result[row, column] += self[row, inner] * other[inner, column] }
      }
    }
    return result
  }

  /// Each entry by its place.
  public func mapped(_ body: (Int, Int, Double) -> Double) -> Matrix {
    var result = self
    for row in 0..<rows { for column in 0..<columns { result[row, column] = body(row, column, self[row, column]) } }
    return result
  }

  /// One row.
  public func row(_ row: Int) -> [Double] { Array(values[row * columns..<(row + 1) * columns]) }
}

/// The gradient of Σ G · f(x) for x, by central differences in Double: independent of any pullback.
///
/// - Complexity: two calls of `f` for each entry of x.
public func slowPullback(_ gradient: Matrix, at x: Matrix, step: Double = 1e-5, _ f: (Matrix) -> Matrix) -> Matrix {
  func loss(_ x: Matrix) -> Double { zip(f(x).values, gradient.values).reduce(0) { $0 + $1.0 * $1.1 } }
  var result = Matrix(rows: x.rows, columns: x.columns)
  var moved = x
  for i in x.values.indices {
    moved.values[i] = x.values[i] + step
    let above = loss(moved)
    moved.values[i] = x.values[i] - step
    result.values[i] = (above - loss(moved)) / (2 * step)
    moved.values[i] = x.values[i]
  }
  return result
}
