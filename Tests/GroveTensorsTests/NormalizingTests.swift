import GroveTensors
import TestSupport
import Testing

/// Rows of length one, standardised rows and standardised columns.
@Suite("Normalising")
struct NormalizingTests {
  static let sizes = [(0, 3), (1, 2), (2, 7), (7, 5), (64, 9)]

  @Test("Rows of length one", arguments: sizes)
  func lengths(rows: Int, columns: Int) {
    let x = [TestInput(rows: rows, columns: columns, seed: 1, awayFromZero: true)]
    expectOperation(x, slow: { Slow.normalizedRows($0[0], epsilon: 1e-12) }, fast: { $0[0].normalizedRows() })
  }

  @Test("A zero row stays zero, with a finite gradient")
  func zeroRow() throws {
    let x = Tensor([[0, 0], [3, 4]], requiresGradient: true)
    let result = x.normalizedRows(epsilon: 1e-3)
    #expect(difference(result.values, [0, 0, 0.6, 0.8]) <= 1e-6)
    let gradient = try #require(result.backward(from: Tensor([[1, 2], [0, 0]]))[x])
    #expect(difference(gradient.values, [1000, 2000, 0, 0]) <= 1e-6)
  }

  @Test("Rows of mean 0 and variance 1", arguments: sizes)
  func rows(rows: Int, columns: Int) {
    let x = [TestInput(rows: rows, columns: columns, seed: 2, bound: 2)]
    expectOperation(
      x, slow: { Slow.standardizedRows($0[0], epsilon: 0.01) }, fast: { $0[0].standardizedRows(epsilon: 0.01) })
  }

  @Test("Columns of mean 0 and variance 1", arguments: [(1, 3), (2, 3), (7, 5), (64, 4), (700, 3)])
  func columns(rows: Int, columns: Int) {
    let x = TestInput(rows: rows, columns: columns, seed: 3, bound: 2)
    expectOperation(
      [x], slow: { Slow.standardizedRows($0[0].transposed, epsilon: 0.01).transposed },
      fast: { $0[0].standardizedColumns(epsilon: 0.01).result })
    let (_, mean, variance) = x.tensor().standardizedColumns()
    let turned = x.matrix.transposed
    let means = (0..<columns).map { turned.row($0).reduce(0, +) / Double(rows) }
    let variances = (0..<columns).map { k in
      turned.row(k).reduce(0) { $0 + ($1 - means[k]) * ($1 - means[k]) } / Double(rows)
    }
    #expect(difference(mean, means, atLeast: 1) <= 1e-6)
    #expect(difference(variance, variances) <= 1e-5)
  }

  @Test("A column far from 0 keeps its variance")
  func farColumn() {
    let (_, mean, variance) = Tensor([[10_001], [10_002], [10_003]]).standardizedColumns()
    #expect(difference(mean, [10_002]) <= 1e-6)
    #expect(difference(variance, [2.0 / 3]) <= 1e-5)
  }

  @Test("No rows have no statistics, and nothing that is not a number")
  func noRows() {
    let (result, mean, variance) = Tensor([], rows: 0, columns: 2).standardizedColumns()
    #expect(result.shape == Shape(0, 2))
    #expect(mean == [0, 0] && variance == [0, 0])
  }
}
