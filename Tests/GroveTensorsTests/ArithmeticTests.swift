import GroveTensors
import TestSupport
import Testing

/// Entry-by-entry operations and vectors spread over rows.
@Suite("Arithmetic")
struct ArithmeticTests {
  static let sizes = [(0, 3), (1, 1), (1, 4), (2, 1), (7, 5), (64, 7)]

  private func input(_ size: (Int, Int), _ seed: Int) -> TestInput {
    TestInput(rows: size.0, columns: size.1, seed: seed)
  }

  @Test("Sum, difference and product of two tensors", arguments: sizes)
  func binary(size: (Int, Int)) {
    let inputs = [input(size, 1), input(size, 2)]
    expectOperation(inputs, slow: { m in m[0].mapped { $2 + m[1][$0, $1] } }, fast: { $0[0] + $0[1] })
    expectOperation(inputs, slow: { m in m[0].mapped { $2 - m[1][$0, $1] } }, fast: { $0[0] - $0[1] })
    expectOperation(inputs, slow: { m in m[0].mapped { $2 * m[1][$0, $1] } }, fast: { $0[0] * $0[1] })
  }

  @Test("A tensor with itself", arguments: sizes)
  func withItself(size: (Int, Int)) {
    let inputs = [input(size, 3)]
    expectOperation(inputs, slow: { $0[0].mapped { $2 * 2 } }, fast: { $0[0] + $0[0] })
    expectOperation(inputs, slow: { $0[0].mapped { $2 * $2 } }, fast: { $0[0] * $0[0] })
  }

  @Test("Factors and constants", arguments: sizes)
  func factors(size: (Int, Int)) {
    let inputs = [input(size, 4)]
    expectOperation(inputs, slow: { $0[0].mapped { -1.5 * $2 } }, fast: { -1.5 * $0[0] })
    expectOperation(inputs, slow: { $0[0].mapped { $2 + 2.5 } }, fast: { $0[0].adding(2.5) })
  }

  @Test("A row added, columns and rows scaled, everything scaled by one number", arguments: sizes)
  func vectors(size: (Int, Int)) {
    let x = input(size, 5)
    let (row, column) = (input((1, size.1), 6), input((size.0, 1), 7))
    expectOperation([x, row], slow: { m in m[0].mapped { $2 + m[1][0, $1] } }, fast: { $0[0].addingRow($0[1]) })
    expectOperation(
      [x, row], slow: { m in m[0].mapped { $2 * m[1][0, $1] } }, fast: { $0[0].scalingColumns(by: $0[1]) })
    expectOperation(
      [x, column], slow: { m in m[0].mapped { $2 * m[1][$0, 0] } }, fast: { $0[0].scalingRows(by: $0[1]) })
    expectOperation(
      [x, input((1, 1), 8)], slow: { m in m[0].mapped { $2 * m[1][0, 0] } }, fast: { $0[0].scaled(by: $0[1]) })
  }

  @Test("A constant input gets no gradient, the other one does")
  func constantInput() {
    let x = TestInput(rows: 2, columns: 3, seed: 1)
    let (leaf, constant) = (x.tensor(), x.tensor(requiresGradient: false))
    let gradients = (leaf * constant).sum().backward()
    #expect(gradients[leaf]?.values == constant.values)
    #expect(gradients[constant] == nil)
  }
}
