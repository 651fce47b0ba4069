import GroveTensors
import TestSupport
import Testing

/// Rows of length one, standardised rows and batch norm.
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

  private static func plain(_ columns: Int) -> (weight: Tensor, bias: Tensor) {
    (
      Tensor([Float](repeating: 1, count: columns), rows: 1, columns: columns),
      Tensor([Float](repeating: 0, count: columns), rows: 1, columns: columns)
    )
  }

  @Test(
    "Batch norm, with its own statistics and with given ones", arguments: [(1, 3), (2, 3), (7, 5), (64, 4), (700, 3)])
  func columns(rows: Int, columns: Int) {
    let x = TestInput(rows: rows, columns: columns, seed: 3, bound: 2)
    let (weight, bias) = (
      TestInput(rows: 1, columns: columns, seed: 4), TestInput(rows: 1, columns: columns, seed: 5)
    )
    expectOperation(
      [x, weight, bias],
      slow: { input in
        Slow.standardizedRows(input[0].transposed, epsilon: 0.01).transposed
          .mapped { input[1][0, $1] * $2 + input[2][0, $1] }
      }, fast: { $0[0].batchNormalized(weight: $0[1], bias: $0[2], epsilon: 0.01).result })
    expectOperation(
      [x], slow: { Slow.standardizedRows($0[0].transposed, epsilon: 0.01).transposed },
      fast: { $0[0].standardizedColumns(epsilon: 0.01) })
    let given: (mean: [Float], variance: [Float]) = (
      (0..<columns).map { Float($0) - 1 }, (0..<columns).map { Float($0) + 0.5 }
    )
    expectOperation(
      [x, weight, bias],
      slow: { input in
        input[0].mapped { _, k, value in
          input[1][0, k] * (value - Double(given.mean[k])) / (Double(given.variance[k]) + 0.01).squareRoot()
            + input[2][0, k]
        }
      }, fast: { $0[0].batchNormalized(weight: $0[1], bias: $0[2], epsilon: 0.01, statistics: given).result })
    let (plainWeight, plainBias) = Self.plain(columns)
    let (_, mean, variance) = x.tensor().batchNormalized(weight: plainWeight, bias: plainBias)
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
    let (weight, bias) = Self.plain(1)
    let (_, mean, variance) = Tensor([[10_001], [10_002], [10_003]]).batchNormalized(weight: weight, bias: bias)
    #expect(difference(mean, [10_002]) <= 1e-6)
    #expect(difference(variance, [2.0 / 3]) <= 1e-5)
  }

  @Test("No rows have no statistics, and nothing that is not a number")
  func noRows() {
    let (weight, bias) = Self.plain(2)
    let (result, mean, variance) = Tensor([], rows: 0, columns: 2).batchNormalized(weight: weight, bias: bias)
    #expect(result.shape == Shape(0, 2))
    #expect(mean == [0, 0] && variance == [0, 0])
  }
}
