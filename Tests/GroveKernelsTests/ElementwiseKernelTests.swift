import CKernels
import Foundation
import GroveKernels
import TestSupport
import Testing

/// Kernels that treat each element alone, on every path of this processor.
@Suite("Elementwise kernels")
struct ElementwiseKernelTests {
  /// The functions of the table, their C names, and the numbers they are tried on.
  struct Function: CustomTestStringConvertible, Sendable {
    let swift: ElementwiseFunction
    let code: UInt32
    let parameter: Float
    let from: Float
    let to: Float
    var testDescription: String { "\(swift)" }
  }

  static let functions: [Function] = [
    Function(swift: .relu, code: GROVE_RELU.rawValue, parameter: 0, from: -5, to: 5),
    Function(swift: .leakyReLU(slope: 0.3), code: GROVE_LEAKY_RELU.rawValue, parameter: 0.3, from: -5, to: 5),
    Function(swift: .elu(alpha: 0.7), code: GROVE_ELU.rawValue, parameter: 0.7, from: -20, to: 5),
    Function(swift: .gelu, code: GROVE_GELU.rawValue, parameter: 0, from: -8, to: 8),
    Function(swift: .sigmoid, code: GROVE_SIGMOID.rawValue, parameter: 0, from: -40, to: 40),
    Function(swift: .tanh, code: GROVE_TANH.rawValue, parameter: 0, from: -12, to: 12),
    Function(swift: .softplus, code: GROVE_SOFTPLUS.rawValue, parameter: 0, from: -40, to: 40),
    Function(swift: .exponential, code: GROVE_EXP.rawValue, parameter: 0, from: -10, to: 3),
    Function(swift: .logarithm, code: GROVE_LOG.rawValue, parameter: 0, from: 0.01, to: 20),
    Function(swift: .square, code: GROVE_SQUARE.rawValue, parameter: 0, from: -5, to: 5),
    Function(
      swift: .reciprocalSquareRoot, code: GROVE_RECIPROCAL_SQUARE_ROOT.rawValue, parameter: 0, from: 0.05, to: 9),
  ]

  @Test("Functions and their derivatives agree; derivatives add", arguments: functions, [1, 2, 7, 16, 33, 1001])
  func functionsAgree(function: Function, count: Int) {
    var random = TestRandom(count)
    let x = (0..<count).map { _ in Float.random(in: function.from...function.to, using: &random) }
    let gradient = random.floats(count)
    let expected = x.map { Slow.function(function.swift, Double($0)) }
    let pulled = zip(x, gradient).map { x, g in
      let step = 1e-6 * max(0.01, abs(Double(x)))
      let (above, below) = (
        Slow.function(function.swift, Double(x) + step), Slow.function(function.swift, Double(x) - step)
      )
      return 0.25 + Double(g) * (above - below) / (2 * step)
    }
    for path in KernelPath.all {
      let (gx, gg) = (GuardedFloats(x), GuardedFloats(gradient))
      let (out, back) = (GuardedFloats(count: count), GuardedFloats([Float](repeating: 0.25, count: count)))
      let code = grove_function(rawValue: function.code)
      KernelPath.inTwoRanges(count) { path.table.function(code, function.parameter, gx.pointer, out.pointer, $0, $1) }
      let kept = function.swift.derivativeReadsInput ? gx : out
      KernelPath.inTwoRanges(count) {
        path.table.function_backward(
          code, function.parameter, kept.pointer, gg.pointer, back.pointer, true, $0, $1)
        // Written over the gradient itself, as a gradient that nobody else reads is.
        path.table.function_backward(
          code, function.parameter, kept.pointer, gg.pointer, gg.pointer, false, $0, $1)
      }
      #expect(difference(gg.values.map { $0 + 0.25 }, pulled) <= 2e-6, "in place, \(path.name)")
      #expect(difference(out.values, expected) <= 1e-6, "\(path.name)")
      #expect(difference(back.values, pulled) <= 2e-6, "\(path.name)")
      #expect(out.isIntact && back.isIntact, "\(path.name)")
    }
  }

  /// Numbers from all over a function's range, with the largest error that CKernels states for it.
  @Test(
    "Vectorised functions stay within their stated errors",
    arguments: [
      (GROVE_EXP, -87.0, 88.0, 3e-7), (GROVE_TANH, -12, 12, 4e-7), (GROVE_LOG, 1e-37, 1e37, 2e-7),
      (GROVE_SOFTPLUS, -80, 80, 4e-7),
    ])
  func statedErrors(function: grove_function, from: Double, to: Double, bound: Double) {
    let count = 200_000
    let isLogarithm = function == GROVE_LOG
    let x = (0..<count).map { place in
      let share = Double(place) / Double(count - 1)
      return Float(isLogarithm ? from * pow(to / from, share) : from + (to - from) * share)
    }
    for path in KernelPath.all {
      var out = [Float](repeating: 0, count: count)
      path.table.function(function, 0, x, &out, 0, Int64(count))
      var worst = 0.0
      for (x, y) in zip(x, out) {
        let exact =
          switch function {
          case GROVE_EXP: exp(Double(x))
          case GROVE_TANH: tanh(Double(x))
          case GROVE_LOG: log(Double(x))
          default: log1p(exp(-abs(Double(x)))) + max(0, Double(x))
          }
        // Near 1 a logarithm crosses 0, where rounding of x itself weighs more than any error.
        worst = max(worst, abs(Double(y) - exact) / max(abs(exact), isLogarithm ? 0.1 : 1e-38))
      }
      #expect(worst <= bound, "\(path.name): \(worst)")
    }
  }

  @Test("erf, as GELU shows it, stays within its stated error")
  func erfError() {
    let x = (0..<100_000).map { Float(-6 + 12 * Double($0) / 99_999) }
    for path in KernelPath.all {
      var out = [Float](repeating: 0, count: x.count)
      path.table.function(GROVE_GELU, 0, x, &out, 0, Int64(x.count))
      var worst = 0.0
      for (x, y) in zip(x, out) {
        let half = 0.5 * Double(x)
        let exact: Double = half * (1 + erf(Double(x) * 0.5.squareRoot()))
        worst = max(worst, abs(Double(y) - exact) / max(1e-3, abs(half)))
      }
      #expect(worst <= 4e-7, "\(path.name): \(worst)")
    }
  }

  @Test("A NaN goes through every function, so that training can notice it", arguments: functions)
  func functionsKeepNaN(function: Function) {
    for path in KernelPath.all {
      let x = GuardedFloats([Float](repeating: .nan, count: 19))
      let out = GuardedFloats(zeros: 19)
      path.table.function(
        grove_function(rawValue: function.code), function.parameter, x.pointer, out.pointer, 0, 19)
      #expect(out.values.allSatisfy { $0.isNaN }, "\(path.name)")
    }
  }

  @Test("The fast exponential is within 2e-7 of the true one on [-87, 88]")
  func fastExponential() {
    let count = 1 << 20
    let x = (0..<count).map { -87 + 175 * Float($0) / Float(count - 1) } + [0, -0.0, 1e-30, -1e-30, 1, -1, 88, -87]
    for path in KernelPath.all {
      let (gx, out) = (GuardedFloats(x), GuardedFloats(count: x.count))
      path.table.function(GROVE_EXP, 0, gx.pointer, out.pointer, 0, Int64(x.count))
      var worst = 0.0
      for (value, result) in zip(x, out.values) {
        worst = max(worst, abs(Double(result) / Foundation.exp(Double(value)) - 1))
      }
      #expect(worst <= 2e-7, "\(path.name): \(worst)")
    }
  }

  @Test("The fast exponential stays positive and finite beyond its range, and never falls")
  func fastExponentialExtremes() {
    let x: [Float] = [-.infinity, -.greatestFiniteMagnitude, -1e4, -100, -87.4, -87.2, 88.2, 88.4, 1e4, .infinity]
    for path in KernelPath.all {
      let (gx, out) = (GuardedFloats(x), GuardedFloats(count: x.count))
      path.table.function(GROVE_EXP, 0, gx.pointer, out.pointer, 0, Int64(x.count))
      #expect(out.values.allSatisfy { $0 > 0 && $0.isFinite }, "\(path.name): \(out.values)")
      #expect(out.values == out.values.sorted(), "\(path.name)")
    }
  }

  @Test("Sums and products agree", arguments: [0, 1, 2, 7, 15, 16, 17, 64, 1000])
  func sumsAndProducts(count: Int) {
    var random = TestRandom(count)
    let (a, b, before) = (random.floats(count), random.floats(count), random.floats(count))
    for path in KernelPath.all {
      let (ga, gb) = (GuardedFloats(a), GuardedFloats(b))
      func check(
        _ what: String, _ expected: (Double, Double, Double) -> Double, _ run: (GuardedFloats, Int64, Int64) -> Void
      ) {
        let out = GuardedFloats(before)
        KernelPath.inTwoRanges(count) { run(out, $0, $1) }
        let wanted = (0..<count).map { expected(Double(a[$0]), Double(b[$0]), Double(before[$0])) }
        #expect(difference(out.values, wanted) <= 1e-6, "\(what), \(path.name)")
        #expect(out.isIntact)
      }
      check("add", { a, b, _ in a + b }) { path.table.add(ga.pointer, gb.pointer, $0.pointer, $1, $2) }
      check("add scaled", { a, _, o in o - 1.5 * a }) { path.table.add_scaled(ga.pointer, -1.5, $0.pointer, $1, $2) }
      check("multiply", { a, b, _ in a * b }) { path.table.multiply(ga.pointer, gb.pointer, $0.pointer, $1, $2) }
      check("multiply and add", { a, b, o in o + a * b }) {
        path.table.multiply_accumulate(ga.pointer, gb.pointer, $0.pointer, $1, $2)
      }
    }
  }

  @Test("Adam and AdamW follow their formula for five steps", arguments: [false, true])
  func adam(decoupled: Bool) {
    let count = 37
    var random = TestRandom(3)
    let start = random.floats(count)
    let gradients = (0..<5).map { _ in random.floats(count) }
    let (rate, beta1, beta2, epsilon, decay) = (0.01, 0.9, 0.999, 1e-8, 0.05)
    var (p, m, v) = (start.map(Double.init), [Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for (step, gradient) in gradients.enumerated() {
      for i in 0..<count {
        if decoupled { p[i] -= rate * decay * p[i] }
        let g = Double(gradient[i]) + (decoupled ? 0 : decay * p[i])
        m[i] = beta1 * m[i] + (1 - beta1) * g
        v[i] = beta2 * v[i] + (1 - beta2) * g * g
        let (mHat, vHat) = (m[i] / (1 - pow(beta1, Double(step + 1))), v[i] / (1 - pow(beta2, Double(step + 1))))
        p[i] -= rate * mHat / (vHat.squareRoot() + epsilon)
      }
    }
    let (value, first, second) = (
      FloatBuffer(start), FloatBuffer(count: count, zeroed: true), FloatBuffer(count: count, zeroed: true)
    )
    for (step, gradient) in gradients.enumerated() {
      Kernels.adamStep(
        value: value, gradient: FloatBuffer(gradient), first: first, second: second, step: step + 1,
        learningRate: Float(rate), beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon),
        l2: decoupled ? 0 : Float(decay), decoupledDecay: decoupled ? Float(decay) : 0)
    }
    // What was moved, not where it stands: an error of a step would hide behind the start.
    let moved = zip(value.values, start).map { $0 - $1 }
    #expect(difference(moved, zip(p, start).map { $0 - Double($1) }) <= 1e-5)
    for path in KernelPath.all {
      let (gv, gm, gs) = (GuardedFloats(start), GuardedFloats(zeros: count), GuardedFloats(zeros: count))
      let gradient = GuardedFloats(gradients[0])
      let settings = grove_adam(
        learning_rate: Float(rate), beta1: 0.9, beta2: 0.999, epsilon: 1e-8, l2: 0, decoupled_decay: 0,
        correction1: 1 - 0.9, correction2: 1 - 0.999)
      KernelPath.inTwoRanges(count) {
        path.table.adam_step(settings, gradient.pointer, gv.pointer, gm.pointer, gs.pointer, $0, $1)
      }
      // The first step of Adam is the learning rate against the sign of the gradient.
      let wanted = zip(start, gradients[0]).map { Double($0) - rate * ($1 > 0 ? 1 : -1) }
      #expect(difference(gv.values, wanted) <= 1e-6, "\(path.name)")
      #expect([gv, gm, gs].allSatisfy { $0.isIntact })
    }
  }
}
