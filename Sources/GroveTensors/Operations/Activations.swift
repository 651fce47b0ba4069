public import GroveKernels

extension Tensor {
  /// f of every entry.
  public func applying(_ function: ElementwiseFunction) -> Tensor {
    let result = Tensor.result(rows, columns)
    Kernels.apply(function, to: buffer, into: result.buffer)
    let output = result.buffer
    return result.recorded(from: [self]) { gradient, into in
      into.add(to: self) {
        Kernels.applyBackward(function, x: self.buffer, y: output, gradient: gradient, into: $0)
      }
    }
  }

  /// max(x, 0).
  public func relu() -> Tensor { applying(.relu) }
  /// x where positive, slope · x elsewhere.
  public func leakyReLU(slope: Float = 0.01) -> Tensor { applying(.leakyReLU(slope: slope)) }
  /// x where positive, alpha · (eˣ − 1) elsewhere.
  public func elu(alpha: Float = 1) -> Tensor { applying(.elu(alpha: alpha)) }
  /// x · Φ(x), exact.
  public func gelu() -> Tensor { applying(.gelu) }
  /// 1 / (1 + e⁻ˣ).
  public func sigmoid() -> Tensor { applying(.sigmoid) }
  /// (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ).
  public func tanh() -> Tensor { applying(.tanh) }
  /// log(1 + eˣ).
  public func softplus() -> Tensor { applying(.softplus) }

  /// Softmax of each row.
  public func softmax() -> Tensor { softmax(logarithm: false) }
  /// Logarithm of the softmax of each row.
  public func logSoftmax() -> Tensor { softmax(logarithm: true) }

  private func softmax(logarithm: Bool) -> Tensor {
    let result = Tensor.result(rows, columns)
    let output = result.buffer
    let width = columns
    Kernels.softmax(buffer, width: width, logarithm: logarithm, into: output)
    return result.recorded(from: [self]) { gradient, into in
      into.add(to: self) {
        Kernels.softmaxBackward(out: output, gradient: gradient, width: width, logarithm: logarithm, into: $0)
      }
    }
  }
}
