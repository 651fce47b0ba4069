import GroveTensors
import TestSupport
import Testing

/// Picking rows and columns.
@Suite("Gathering")
struct GatheringTests {
  private static func picked(_ x: Matrix, _ ids: [Int32]) -> Matrix {
    var result = Matrix(rows: ids.count, columns: x.columns)
    for (row, id) in ids.enumerated() { for k in 0..<x.columns { result[row, k] = x[Int(id), k] } }
    return result
  }

  @Test("Rows in any order, repeats add their gradients", arguments: [0, 1, 2, 7, 64])
  func rows(count: Int) {
    let x = [TestInput(rows: 5, columns: 3, seed: 1)]
    var random = TestRandom(count)
    let ids = (0..<count).map { _ in Int32.random(in: 0..<5, using: &random) }
    expectOperation(x, slow: { Self.picked($0[0], ids) }, fast: { $0[0].gathering(rows: ids) })
  }

  @Test("No rows of no rows")
  func nothing() {
    #expect(Tensor([], rows: 0, columns: 4).gathering(rows: []).shape == Shape(0, 4))
  }

  @Test("Columns side by side", arguments: [0, 1, 2, 7, 64])
  func concatenation(rows: Int) {
    let inputs = [1, 3, 2].map { TestInput(rows: rows, columns: $0, seed: $0) }
    expectOperation(
      inputs,
      slow: { m in
        Matrix(rows: rows, columns: 6).mapped { row, k, _ in
          k < 1 ? m[0][row, k] : k < 4 ? m[1][row, k - 1] : m[2][row, k - 4]
        }
      }, fast: { Tensor.concatenatingColumns($0) })
    expectOperation(
      [inputs[1]], slow: { m in Matrix(rows: rows, columns: 6).mapped { row, k, _ in m[0][row, k % 3] } },
      fast: { Tensor.concatenatingColumns([$0[0], $0[0]]) })
  }

  @Test("Some columns", arguments: [0, 1, 2, 7, 64])
  func slices(rows: Int) {
    let x = [TestInput(rows: rows, columns: 5, seed: 1)]
    for range in [0..<5, 1..<3, 4..<5] {
      expectOperation(
        x,
        slow: { m in Matrix(rows: rows, columns: range.count).mapped { row, k, _ in m[0][row, k + range.lowerBound] } },
        fast: { $0[0].columns(range) })
    }
    #expect(x[0].tensor().columns(2..<2).shape == Shape(rows, 0))
  }
}
