import GroveKernels

extension Tensor {
  /// Each row divided by its Euclidean length, lengths below `epsilon` counting as `epsilon`.
  public func normalizedRows(epsilon: Float = 1e-12) -> Tensor {
    let (count, width) = (rows, columns)
    let result = Tensor.result(count, width)
    let output = result.buffer
    let lengths = FloatBuffer(count: count)
    Kernels.normalizeRows(buffer, width: width, epsilon: epsilon, into: output, lengths: lengths)
    return result.recorded(from: [self]) { [source = origin] gradient, into in
      into.add(to: source) {
        Kernels.normalizeRowsBackward(
          out: output, lengths: lengths, gradient: gradient, width: width, epsilon: epsilon, into: $0)
      }
    }
  }

  /// Each row minus its mean, divided by √(variance + epsilon): layer norm before its affine part.
  public func standardizedRows(epsilon: Float = 1e-5) -> Tensor {
    let (count, width) = (rows, columns)
    let result = Tensor.result(count, width)
    let output = result.buffer
    let scale = FloatBuffer(count: count)
    Kernels.layerNorm(buffer, width: width, epsilon: epsilon, into: output, scale: scale)
    return result.recorded(from: [self]) { [source = origin] gradient, into in
      into.add(to: source) {
        Kernels.layerNormBackward(out: output, scale: scale, gradient: gradient, width: width, into: $0)
      }
    }
  }

  /// Each column minus its mean, divided by √(variance + epsilon): batch norm before its affine part.
  ///
  /// - Returns: the result [N, F], and the means and (biased) variances [F] of the batch.
  public func standardizedColumns(epsilon: Float = 1e-5) -> (result: Tensor, mean: [Float], variance: [Float]) {
    let (count, width) = (rows, columns)
    let share = 1 / Float(max(1, count))
    func average(_ x: FloatBuffer, times y: FloatBuffer? = nil) -> FloatBuffer {
      let total = FloatBuffer(count: width, zeroed: true)
      Kernels.sumRows(x, times: y, width: width, into: total)
      let mean = FloatBuffer(count: width, zeroed: true)
      Kernels.add(total, times: share, to: mean)
      return mean
    }
    func negated(_ x: FloatBuffer) -> FloatBuffer {
      let result = FloatBuffer(count: width, zeroed: true)
      Kernels.add(x, times: -1, to: result)
      return result
    }
    let mean = average(buffer)
    let centered = FloatBuffer(count: count * width)
    Kernels.addRowVector(buffer, negated(mean), width: width, into: centered)
    let variance = average(centered, times: centered)
    let scale = FloatBuffer(variance.values.map { 1 / ($0 + epsilon).squareRoot() })
    let result = Tensor.result(count, width)
    let output = result.buffer
    Kernels.scaleColumns(centered, by: scale, width: width, into: output, adding: false)
    let recorded = result.recorded(from: [self]) { [source = origin] gradient, into in
      into.add(to: source) { slot in
        // dx = scale · (g − mean(g) − out · mean(g · out))
        let along = average(gradient, times: output)
        let inner = FloatBuffer(count: count * width)
        Kernels.addRowVector(gradient, negated(average(gradient)), width: width, into: inner)
        Kernels.scaleColumns(output, by: negated(along), width: width, into: inner, adding: true)
        Kernels.scaleColumns(inner, by: scale, width: width, into: slot, adding: true)
      }
    }
    return (recorded, mean.values, variance.values)
  }
}
