import Foundation
public import GroveKernels

/// What the kernels compute, written for reading: in Double, one loop a sum.
public enum Slow {
  /// Calls `body` with row and entry of an index.
  static func forEachEntry(_ index: EdgeIndex, _ body: (Int, Int) -> Void) {
    for row in 0..<index.rowCount {
      for entry in Int(index.offsets[row])..<Int(index.offsets[row + 1]) { body(row, entry) }
    }
  }

  /// out[r, k] = Σ w[position(e), head(k)] · x[column, k].
  public static func aggregate(_ index: EdgeIndex, weights: Matrix?, x: Matrix) -> Matrix {
    var out = Matrix(rows: index.rowCount, columns: x.columns)
    forEachEntry(index) { row, entry in
      let place = index.positions.map { Int($0[entry]) } ?? entry
      for k in 0..<x.columns {
        let weight = weights.map { $0[place, k / (x.columns / $0.columns)] } ?? 1
        out[row, k] += weight * x[Int(index.columns[entry]), k]
      }
    }
    return out
  }

  /// The largest over the entries of a row, 0 for an empty row, and which entry of the row it was, −1 for none.
  public static func aggregateMaximum(_ index: EdgeIndex, x: Matrix) -> (out: Matrix, winners: [Int32]) {
    var out = Matrix(rows: index.rowCount, columns: x.columns)
    var winners = [Int32](repeating: -1, count: index.rowCount * x.columns)
    forEachEntry(index) { row, entry in
      for k in 0..<x.columns {
        let value = x[Int(index.columns[entry]), k]
        guard winners[row * x.columns + k] < 0 || value > out[row, k] else { continue }
        out[row, k] = value
        winners[row * x.columns + k] = Int32(entry - Int(index.offsets[row]))
      }
    }
    return (out, winners)
  }

  /// scores[e, h] = x[column] · y[row] over the columns of head h.
  public static func sampledProduct(_ index: EdgeIndex, x: Matrix, y: Matrix, heads: Int) -> Matrix {
    var out = Matrix(rows: index.entryCount, columns: heads)
    let width = x.columns / max(1, heads)
    forEachEntry(index) { row, entry in
      for k in 0..<x.columns { out[entry, k / width] += x[Int(index.columns[entry]), k] * y[row, k] }
    }
    return out
  }

  /// Softmax over the rows of each segment, column by column.
  public static func segmentSoftmax(offsets: [Int64], _ scores: Matrix) -> Matrix {
    var out = scores
    for segment in 0..<offsets.count - 1 {
      let rows = Int(offsets[segment])..<Int(offsets[segment + 1])
      for h in 0..<scores.columns {
        let largest = rows.map { scores[$0, h] }.max() ?? 0
        let sum = rows.reduce(0.0) { $0 + exp(scores[$1, h] - largest) }
        for row in rows { out[row, h] = exp(scores[row, h] - largest) / sum }
      }
    }
    return out
  }

  /// Each row by itself.
  private static func byRow(_ x: Matrix, _ body: ([Double]) -> [Double]) -> Matrix {
    var result = x
    result.values = (0..<x.rows).flatMap { body(x.row($0)) }
    return result
  }

  /// Softmax of each row, or its logarithm.
  public static func softmax(_ x: Matrix, logarithm: Bool) -> Matrix {
    byRow(x) { row in
      let largest = row.max() ?? 0
      let sum = row.reduce(0) { $0 + exp($1 - largest) }
      return row.map { logarithm ? $0 - largest - log(sum) : exp($0 - largest) / sum }
    }
  }

  /// (x − mean) / √(variance + ε) of each row.
  public static func standardizedRows(_ x: Matrix, epsilon: Double) -> Matrix {
    byRow(x) { row in
      let mean = row.reduce(0, +) / Double(row.count)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
      return row.map { ($0 - mean) / (variance + epsilon).squareRoot() }
    }
  }

  /// Each row divided by max(|row|, ε).
  public static func normalizedRows(_ x: Matrix, epsilon: Double) -> Matrix {
    byRow(x) { row in
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return row.map { $0 / max(length, epsilon) }
    }
  }

  /// out[r, h] = Σ over the columns of head h of x[r, k] · y[r or 0, k].
  public static func rowDot(_ x: Matrix, _ y: Matrix, heads: Int) -> Matrix {
    var out = Matrix(rows: x.rows, columns: heads)
    for row in 0..<x.rows {
      for k in 0..<x.columns { out[row, k / (x.columns / heads)] += x[row, k] * y[y.rows == x.rows ? row : 0, k] }
    }
    return out
  }

  /// f(x) by its textbook formula.
  public static func function(_ function: ElementwiseFunction, _ x: Double) -> Double {
    switch function {
    case .relu: max(x, 0)
    case .leakyReLU(let slope): x > 0 ? x : Double(slope) * x
    case .elu(let alpha): x > 0 ? x : Double(alpha) * expm1(x)
    case .gelu: 0.5 * x * erfc(-x / 2.0.squareRoot())
    case .sigmoid: 1 / (1 + exp(-x))
    case .tanh: Foundation.tanh(x)
    case .softplus: max(x, 0) + log1p(exp(-abs(x)))
    case .exponential: exp(x)
    case .logarithm: log(x)
    case .square: x * x
    case .reciprocalSquareRoot: 1 / x.squareRoot()
    }
  }
}
