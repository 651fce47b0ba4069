import GroveKernels
import GroveTensors
import TestSupport
import Testing

/// Functions of entries and softmax of rows.
@Suite("Activations")
struct ActivationTests {
  static let sizes = [(0, 3), (1, 1), (2, 7), (7, 5), (64, 3)]

  static let functions: [ElementwiseFunction] = [
    .relu, .leakyReLU(slope: 0.2), .elu(alpha: 1.3), .gelu, .sigmoid, .tanh, .softplus, .exponential, .square,
  ]

  @Test("Functions of one number", arguments: functions, sizes)
  func oneNumber(function: ElementwiseFunction, size: (Int, Int)) {
    // Finite differences may not step over the kink at 0.
    let x = TestInput(rows: size.0, columns: size.1, seed: 1, awayFromZero: true)
    expectOperation([x], slow: { $0[0].mapped { Slow.function(function, $2) } }, fast: { $0[0].applying(function) })
  }

  @Test("Logarithm and reciprocal square root of positive numbers", arguments: sizes)
  func positive(size: (Int, Int)) {
    let x = TestInput(
      TestInput(rows: size.0, columns: size.1, seed: 2, awayFromZero: true).values.map { abs($0) + 0.3 }, rows: size.0,
      columns: size.1)
    for function in [ElementwiseFunction.logarithm, .reciprocalSquareRoot] {
      expectOperation([x], slow: { $0[0].mapped { Slow.function(function, $2) } }, fast: { $0[0].applying(function) })
    }
  }

  @Test("The named forms are these functions")
  func namedForms() {
    let x = TestInput(rows: 3, columns: 5, seed: 3, bound: 3).tensor(requiresGradient: false)
    #expect(x.relu().values == x.applying(.relu).values)
    #expect(x.leakyReLU(slope: 0.3).values == x.applying(.leakyReLU(slope: 0.3)).values)
    #expect(x.leakyReLU().values == x.applying(.leakyReLU(slope: 0.01)).values)
    #expect(x.elu().values == x.applying(.elu(alpha: 1)).values)
    #expect(x.gelu().values == x.applying(.gelu).values)
    #expect(x.sigmoid().values == x.applying(.sigmoid).values)
    #expect(x.tanh().values == x.applying(.tanh).values)
    #expect(x.softplus().values == x.applying(.softplus).values)
  }

  @Test("Softmax and its logarithm", arguments: sizes)
  func softmax(size: (Int, Int)) {
    let x = TestInput(rows: size.0, columns: size.1, seed: 4, bound: 3)
    expectOperation([x], slow: { Slow.softmax($0[0], logarithm: false) }, fast: { $0[0].softmax() })
    expectOperation([x], slow: { Slow.softmax($0[0], logarithm: true) }, fast: { $0[0].logSoftmax() })
  }

  @Test("Softmax of huge numbers is finite and sums to one")
  func hugeSoftmax() {
    let x = Tensor([[1e30, 1e30, -1e30], [-3e38, 0, 88]])
    #expect(x.softmax().values == [0.5, 0.5, x.softmax()[0, 2], x.softmax()[1, 0], x.softmax()[1, 1], 1])
    #expect(x.softmax().values.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(x.logSoftmax().values.allSatisfy { !$0.isNaN })
  }
}
