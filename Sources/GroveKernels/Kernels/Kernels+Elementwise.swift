import CKernels

/// Functions of one number that the kernels know, with their derivatives.
public enum ElementwiseFunction: Sendable {
  case relu
  /// x where positive, slope · x elsewhere.
  case leakyReLU(slope: Float)
  /// x where positive, alpha · (eˣ − 1) elsewhere.
  case elu(alpha: Float)
  /// x · Φ(x), the exact form with erf.
  case gelu
  case sigmoid
  case tanh
  /// log(1 + eˣ).
  case softplus
  case exponential
  case logarithm
  case square
  /// 1 / √x.
  case reciprocalSquareRoot

  /// Whether the derivative is computed from x; that of the others is from f(x).
  public var derivativeReadsInput: Bool {
    switch self {
    case .gelu, .softplus, .logarithm, .square: true
    // With a negative slope the sign of f(x) does not tell that of x.
    case .leakyReLU(let slope): slope < 0
    default: false
    }
  }

  var code: (function: grove_function, parameter: Float) {
    switch self {
    case .relu: (GROVE_RELU, 0)
    case .leakyReLU(let slope): (GROVE_LEAKY_RELU, slope)
    case .elu(let alpha): (GROVE_ELU, alpha)
    case .gelu: (GROVE_GELU, 0)
    case .sigmoid: (GROVE_SIGMOID, 0)
    case .tanh: (GROVE_TANH, 0)
    case .softplus: (GROVE_SOFTPLUS, 0)
    case .exponential: (GROVE_EXP, 0)
    case .logarithm: (GROVE_LOG, 0)
    case .square: (GROVE_SQUARE, 0)
    case .reciprocalSquareRoot: (GROVE_RECIPROCAL_SQUARE_ROOT, 0)
    }
  }
}

extension Kernels {
  private static func eachElement(_ count: Int, _ body: (Int64, Int64) -> Void) {
    Workers.run(count, elementGrain) { body(Int64($0.lowerBound), Int64($0.upperBound)) }
  }

  /// out[i] = f(x[i]).
  public static func apply(_ function: ElementwiseFunction, to x: FloatBuffer, into out: FloatBuffer) {
    check(out, holds: x.count, "apply into")
    let (code, parameter) = function.code
    eachElement(x.count) { table.pointee.function(code, parameter, x.pointer, out.pointer, $0, $1) }
  }

  /// out = gradient · f′(x), or adds it.
  ///
  /// - Parameter kept: x where the function's `derivativeReadsInput`, else f(x).
  public static func applyBackward(
    _ function: ElementwiseFunction, kept: FloatBuffer, gradient: FloatBuffer, into out: FloatBuffer, adding: Bool
  ) {
    check(gradient, holds: kept.count, "applyBackward gradient")
    check(out, holds: kept.count, "applyBackward into")
    let (code, parameter) = function.code
    eachElement(kept.count) {
      table.pointee.function_backward(
        code, parameter, kept.pointer, gradient.pointer, out.pointer, adding, $0, $1)
    }
  }

  /// out = a + b.
  public static func add(_ a: FloatBuffer, _ b: FloatBuffer, into out: FloatBuffer) {
    check(b, holds: a.count, "add")
    check(out, holds: a.count, "add into")
    eachElement(a.count) { table.pointee.add(a.pointer, b.pointer, out.pointer, $0, $1) }
  }

  /// out += factor · a.
  public static func add(_ a: FloatBuffer, times factor: Float, to out: FloatBuffer) {
    check(out, holds: a.count, "add to")
    eachElement(a.count) { table.pointee.add_scaled(a.pointer, factor, out.pointer, $0, $1) }
  }

  /// out = p · a + q · b, or p · a where b is nil.
  public static func blend(
    _ p: Float, _ a: FloatBuffer, _ q: Float = 0, _ b: FloatBuffer? = nil, into out: FloatBuffer
  ) {
    if let b { check(b, holds: a.count, "blend") }
    check(out, holds: a.count, "blend into")
    let second = b.map { UnsafePointer($0.pointer) }
    eachElement(a.count) { table.pointee.blend(p, a.pointer, q, second, out.pointer, $0, $1) }
  }

  /// out = a · b, or out += a · b, element by element.
  public static func multiply(_ a: FloatBuffer, _ b: FloatBuffer, into out: FloatBuffer, adding: Bool = false) {
    check(b, holds: a.count, "multiply")
    check(out, holds: a.count, "multiply into")
    eachElement(a.count) {
      if adding {
        table.pointee.multiply_accumulate(a.pointer, b.pointer, out.pointer, $0, $1)
      } else {
        table.pointee.multiply(a.pointer, b.pointer, out.pointer, $0, $1)
      }
    }
  }

  /// One step of Adam or AdamW on `value`; see `Adam` in GroveLearning for the formula.
  /// - Parameter step: 1 for a parameter's first step.
  public static func adamStep(
    value: FloatBuffer, gradient: FloatBuffer, first: FloatBuffer, second: FloatBuffer, step: Int,
    learningRate: Float, beta1: Float, beta2: Float, epsilon: Float, l2: Float, decoupledDecay: Float
  ) {
    check(gradient, holds: value.count, "adamStep gradient")
    check(first, holds: value.count, "adamStep first")
    check(second, holds: value.count, "adamStep second")
    let settings = grove_adam(
      learning_rate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, l2: l2,
      decoupled_decay: decoupledDecay, correction1: correction(beta1, step), correction2: correction(beta2, step))
    eachElement(value.count) {
      table.pointee.adam_step(
        settings, gradient.pointer, value.pointer, first.pointer, second.pointer, $0, $1)
    }
  }

  /// 1 − beta^step, subtracted in Double: near 1 a power in Float has lost most of the difference.
  private static func correction(_ beta: Float, _ step: Int) -> Float {
    var result = 1.0
    var factor = Double(beta)
    var left = step
    while left > 0 {
      if left & 1 == 1 { result *= factor }
      factor *= factor
      left >>= 1
    }
    return Float(1 - result)
  }
}
