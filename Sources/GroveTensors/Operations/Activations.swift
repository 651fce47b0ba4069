public import GroveKernels

extension Tensor {
  /// f of every entry.
  public func applying(_ function: ElementwiseFunction) -> Tensor {
    let result = Tensor.result(rows, columns)
    Kernels.apply(function, to: buffer, into: result.buffer)
    // One of the two is enough, and the other can go.
    let kept = function.derivativeReadsInput ? buffer : result.buffer
    return result.recorded(from: [self]) { [source = origin] gradient, into in
      into.transform(gradient, to: source) {
        Kernels.applyBackward(function, kept: kept, gradient: gradient, into: $0, adding: $1)
      }
    }
  }

  /// f of every entry and then dropout: of ReLU in one pass, whose gradient reads nothing but the result.
  ///
  /// - Parameters:
  ///   - rate: share of the entries that become 0, in 0..<1.
  ///   - rowIDs: global ids of the rows; nil where row r is node r.
  public func applying(
    _ function: ElementwiseFunction, thenDropping rate: Float, rowIDs: [Int32]? = nil, using random: RandomStream
  ) -> Tensor {
    guard case .relu = function, rate > 0 else {
      return applying(function).dropout(rate, rowIDs: rowIDs, using: random)
    }
    return rectified(by: Rectifier(thenDropping: rate, rowIDs: rowIDs, using: random))
  }

  /// ReLU, and dropout where the rectifier drops, in one pass.
  public func rectified(by rectifier: Rectifier) -> Tensor {
    let result = Tensor.result(rows, columns)
    let (output, width) = (result.buffer, columns)
    Kernels.rectify(buffer, by: rectifier, width: width, into: output)
    return result.recorded(from: [self]) { [source = origin] gradient, into in
      into.transform(gradient, to: source) {
        Kernels.rectifyBackward(rectifier, out: output, gradient: gradient, width: width, into: $0, adding: $1)
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
    return result.recorded(from: [self]) { [source = origin] gradient, into in
      into.add(to: source) {
        Kernels.softmaxBackward(out: output, gradient: gradient, width: width, logarithm: logarithm, into: $0)
      }
    }
  }
}
