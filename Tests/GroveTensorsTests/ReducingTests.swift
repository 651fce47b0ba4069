import GroveTensors
import TestSupport
import Testing

/// Sums, means and dot products.
@Suite("Reductions")
struct ReducingTests {
  static let sizes = [(0, 3), (1, 1), (1, 6), (2, 4), (7, 5), (64, 6), (700, 3)]

  private static func columnSum(_ x: Matrix) -> Matrix {
    var result = Matrix(rows: 1, columns: x.columns)
    for row in 0..<x.rows { for k in 0..<x.columns { result[0, k] += x[row, k] } }
    return result
  }

  private static func single(_ value: Double) -> Matrix {
    var result = Matrix(rows: 1, columns: 1)
    result[0, 0] = value
    return result
  }

  @Test("Sum and mean of columns and of everything", arguments: sizes)
  func sums(rows: Int, columns: Int) {
    let x = [TestInput(rows: rows, columns: columns, seed: 1)]
    let count = Double(max(1, rows * columns))
    expectOperation(x, slow: { Self.columnSum($0[0]) }, fast: { $0[0].columnSum() })
    expectOperation(
      x, slow: { Self.columnSum($0[0]).mapped { $2 / Double(max(1, rows)) } }, fast: { $0[0].columnMean() })
    expectOperation(x, slow: { Self.single($0[0].values.reduce(0, +)) }, fast: { $0[0].sum() })
    expectOperation(x, slow: { Self.single($0[0].values.reduce(0, +) / count) }, fast: { $0[0].mean() })
  }

  @Test("Dot products of rows, head by head", arguments: sizes)
  func rowDot(rows: Int, columns: Int) {
    let x = TestInput(rows: rows, columns: columns, seed: 2)
    for heads in [1, 2, 3] where columns % heads == 0 {
      for other in [rows, 1] {
        expectOperation(
          [x, TestInput(rows: other, columns: columns, seed: 3)],
          slow: { m in
            var out = Matrix(rows: rows, columns: heads)
            for row in 0..<rows {
              for k in 0..<columns {
                out[row, k / (columns / heads)] += m[0][row, k] * m[1][other == rows ? row : 0, k]
              }
            }
            return out
          }, fast: { $0[0].rowDot($0[1], heads: heads) })
      }
    }
  }

  @Test("Rows dotted with themselves")
  func rowDotWithItself() {
    expectOperation(
      [TestInput(rows: 4, columns: 3, seed: 5)], slow: { Slow.rowDot($0[0], $0[0], heads: 1) },
      fast: { $0[0].rowDot($0[0]) })
  }

  @Test("The sum of many numbers keeps its digits")
  func manyNumbers() {
    let x = TestInput([Float](repeating: 0.1, count: 1_000_000), rows: 1000, columns: 1000)
    let exact = 1_000_000 * Double(Float(0.1))
    #expect(abs(Double(x.tensor(requiresGradient: false).sum().scalar) - exact) <= 1e-5 * exact)
  }
}
