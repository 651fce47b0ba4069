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

  @Test("A matrix by itself transposed")
  func gram() {
    expectOperation(
      [TestInput(rows: 4, columns: 3, seed: 1)], slow: { $0[0].times($0[0].transposed) },
      fast: { $0[0].matmul($0[0], transposed: true) })
  }
}
