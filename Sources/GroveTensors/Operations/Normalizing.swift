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
  public func standardizedColumns(epsilon: Float = 1e-5) -> Tensor {
    func row(_ value: Float) -> Tensor { Tensor([Float](repeating: value, count: columns), rows: 1, columns: columns) }
    return batchNormalized(weight: row(1), bias: row(0), epsilon: epsilon).result
  }

  /// Batch norm: each column minus its mean, divided by √(variance + epsilon), times a weight plus a bias.
  ///
  /// - Parameter statistics: means and variances [F] to use in place of the batch's own.
  /// - Shape: self [N, F], weight and bias [1, F].
  /// - Returns: the result [N, F], and the means and (biased) variances that were used.
  /// - Complexity: O(N · F): three readings and one writing, backward two of each side and one writing.
  public func batchNormalized(
    weight: Tensor, bias: Tensor, epsilon: Float = 1e-5, statistics: (mean: [Float], variance: [Float])? = nil
  ) -> (result: Tensor, mean: [Float], variance: [Float]) {
    let (x, width, share) = (buffer, columns, 1 / Float(max(1, rows)))
    precondition(
      weight.shape == Shape(1, width) && bias.shape == Shape(1, width),
      "batchNormalized: \(shape) with weight \(weight.shape) and bias \(bias.shape)")
    precondition(
      statistics == nil || (statistics!.mean.count == width && statistics!.variance.count == width),
      "batchNormalized: statistics of other columns than \(width)")
    let mean = FloatBuffer(count: width, zeroed: true)
    let variance: [Float]
    if let statistics {
      mean.copy(from: FloatBuffer(statistics.mean))
      variance = statistics.variance
    } else {
      let sum = FloatBuffer(count: width, zeroed: true)
      Kernels.sumRows(x, width: width, into: sum)
      Kernels.add(sum, times: share, to: mean)
      variance = Kernels.columnMoments(x, around: mean).values.suffix(width).map { $0 * share }
    }
    let inverse = variance.map { 1 / ($0 + epsilon).squareRoot() }
    let scale = FloatBuffer(zip(inverse, weight.buffer.values).map { $0 * $1 })
    let result = Tensor.result(rows, width)
    Kernels.batchNorm(x, mean: mean, scale: scale, shift: bias.buffer, into: result.buffer)
    let isGiven = statistics != nil
    let recorded = result.recorded(from: [self, weight, bias]) {
      [source = origin, weight = weight.origin, bias = bias.origin] gradient, into in
      let moments = Kernels.columnMoments(x, around: mean, of: gradient).values
      into.add(to: bias) { Kernels.add(FloatBuffer(Array(moments.prefix(width))), times: 1, to: $0) }
      into.add(to: weight) {
        Kernels.add(FloatBuffer(zip(moments.suffix(width), inverse).map { $0 * $1 }), times: 1, to: $0)
      }
      // Statistics that are given do not move with x.
      let along = FloatBuffer(count: 2 * width, zeroed: true)
      if !isGiven {
        for k in 0..<width {
          along[k] = moments[k] * share
          along[width + k] = moments[width + k] * share * inverse[k] * inverse[k]
        }
      }
      into.transform(gradient, to: source) {
        Kernels.batchNormBackward(x, mean: mean, scale: scale, along: along, gradient: gradient, into: $0, adding: $1)
      }
    }
    return (recorded, mean.values, variance)
  }
}
