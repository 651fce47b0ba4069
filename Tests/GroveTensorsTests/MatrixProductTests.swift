import GroveTensors
import TestSupport
import Testing

/// Products of matrices.
@Suite("Matrix product")
struct MatrixProductTests {
  @Test(
    "a · b and a · bᵀ",
    arguments: [(0, 2, 3), (1, 1, 1), (2, 3, 1), (1, 7, 2), (7, 5, 3), (64, 7, 16), (2, 0, 3), (2100, 3, 2)])
  func product(n: Int, k: Int, m: Int) {
    let a = TestInput(rows: n, columns: k, seed: 1)
    expectOperation(
      [a, TestInput(rows: k, columns: m, seed: 2)], slow: { $0[0].times($0[1]) }, fast: { $0[0].matmul($0[1]) })
    expectOperation(
      [a, TestInput(rows: m, columns: k, seed: 3)], slow: { $0[0].times($0[1].transposed) },
      fast: { $0[0].matmul($0[1], transposed: true) })
  }

  @Test("A row vector is added to every row", arguments: [(0, 2, 3), (1, 1, 1), (3, 0, 2), (7, 5, 3), (2100, 3, 2)])
  func bias(n: Int, k: Int, m: Int) {
    let inputs = [
      TestInput(rows: n, columns: k, seed: 1), TestInput(rows: k, columns: m, seed: 2),
      TestInput(rows: 1, columns: m, seed: 3),
    ]
    expectOperation(
      inputs, slow: { m in m[0].times(m[1]).mapped { $2 + m[2][0, $1] } }, fast: { $0[0].matmul($0[1], bias: $0[2]) })
  }

  @Test("A sum of products, with and without a row vector", arguments: [0, 1, 7, 64])
  func sumOfProducts(n: Int) {
    let inputs = [
      TestInput(rows: n, columns: 3, seed: 1), TestInput(rows: 3, columns: 2, seed: 2),
      TestInput(rows: n, columns: 5, seed: 3), TestInput(rows: 5, columns: 2, seed: 4),
      TestInput(rows: 1, columns: 2, seed: 5),
    ]
    func slow(_ m: [Matrix]) -> Matrix {
      let second = m[2].times(m[3])
      return m[0].times(m[1]).mapped { $2 + second[$0, $1] }
    }
    expectOperation(Array(inputs[..<4]), slow: slow, fast: { .sumOfProducts([($0[0], $0[1]), ($0[2], $0[3])]) })
    expectOperation(
      inputs, slow: { m in slow(m).mapped { $2 + m[4][0, $1] } },
      fast: { .sumOfProducts([($0[0], $0[1]), ($0[2], $0[3])], bias: $0[4]) })
  }

  @Test("One tensor in both terms of a sum gets both gradients")
  func sumOfProductsOfOne() {
    let inputs = [TestInput(rows: 4, columns: 3, seed: 1), TestInput(rows: 3, columns: 3, seed: 2)]
    expectOperation(
      inputs, slow: { m in m[0].times(m[1]).mapped { 2 * $2 } },
      fast: { .sumOfProducts([($0[0], $0[1]), ($0[0], $0[1])]) })
  }

  @Test("A matrix by itself transposed")
  func gram() {
    expectOperation(
      [TestInput(rows: 4, columns: 3, seed: 1)], slow: { $0[0].times($0[0].transposed) },
      fast: { $0[0].matmul($0[0], transposed: true) })
  }
}
