import GroveKernels

extension Tensor {
  /// Attention among the rows of each segment, head by head; `self` holds the queries.
  ///
  ///     out[i] = Σ over j of the segment of i of softmax over j of (query[i] · key[j] / √D) · value[j]
  ///
  /// The backward pass computes the weights again.
  ///
  /// - Shape: queries, keys and values [N, H · D] → [N, H · D]; N the rows of all segments.
  /// - Complexity: O(Σ n² · H · D) time over segments of n rows; memory for two n × n scores of one head a thread.
  /// - Source: Vaswani 2017, eq. 1; segments as the cu_seqlens of FlashAttention's variable-length form.
  public func segmentAttention(keys: Tensor, values: Tensor, heads: Int, segments: Segments) -> Tensor {
    precondition(
      shape == keys.shape && shape == values.shape && rows == segments.rowCount && heads >= 1 && columns % heads == 0,
      "segmentAttention: queries \(shape), keys \(keys.shape), values \(values.shape), \(heads) heads, \(segments.rowCount) rows in segments"
    )
    let (width, offsets) = (columns, segments.offsets)
    let result = Tensor.result(rows, width)
    Kernels.segmentAttention(
      queries: buffer, keys: keys.buffer, values: values.buffer, offsets: offsets, width: width, heads: heads,
      into: result.buffer)
    return result.recorded(from: [self, keys, values]) { gradient, into in
      Kernels.segmentAttentionBackward(
        queries: self.buffer, keys: keys.buffer, values: values.buffer, gradient: gradient, offsets: offsets,
        width: width, heads: heads, into: (into.slot(of: self), into.slot(of: keys), into.slot(of: values)))
    }
  }

  /// Layer norm of the sum of two tensors, with its affine part.
  ///
  ///     out = (x + y − mean(row)) / √(variance(row) + ε) · weight + bias
  ///
  /// - Shape: x and y [N, F], weight and bias [1, F] → [N, F].
  /// - Source: Ba, Kiros, Hinton 2016, behind a residual connection as in Vaswani 2017, section 3.1.
  public func layerNormalized(adding y: Tensor, weight: Tensor, bias: Tensor, epsilon: Float) -> Tensor {
    precondition(
      shape == y.shape && weight.shape == Shape(1, columns) && bias.shape == Shape(1, columns),
      "layerNormalized: \(shape) and \(y.shape), weight \(weight.shape), bias \(bias.shape)")
    let width = columns
    let inputs = [self, y, weight, bias]
    let result = Tensor.result(rows, width)
    let keeps = Pass.isRecording && inputs.contains(where: \.requiresGradient)
    let kept = keeps ? (normal: FloatBuffer(count: rows * width), scale: FloatBuffer(count: rows)) : nil
    Kernels.layerNorm(
      buffer, plus: y.buffer, weight: weight.buffer, bias: bias.buffer, epsilon: epsilon, into: result.buffer,
      keeping: kept)
    guard let kept else { return result }
    return result.recorded(from: inputs) { [x = origin, y = y.origin] gradient, into in
      into.add(to: bias) { Kernels.sumRows(gradient, width: width, into: $0) }
      into.add(to: weight) { Kernels.sumRows(gradient, times: kept.normal, width: width, into: $0) }
      guard x.requiresGradient || y.requiresGradient else { return }
      let scaled = FloatBuffer(count: gradient.count)
      Kernels.scaleColumns(gradient, by: weight.buffer, width: width, into: scaled, adding: false)
      let own = FloatBuffer(count: gradient.count, zeroed: true)
      Kernels.layerNormBackward(out: kept.normal, scale: kept.scale, gradient: scaled, width: width, into: own)
      into.add(own, to: y)
      into.add(to: x) { Kernels.add(own, times: 1, to: $0) }
    }
  }
}

/// A weight that does not change, laid out for products once.
public final class FrozenWeight {
  /// The numbers. [in, out]
  public let value: Tensor
  private let factor: SharedFactor
  /// Of the transpose, once a gradient has needed it.
  private var transposed: SharedFactor?

  /// A weight over the numbers of `value`, which must not be written to from now on.
  ///
  /// - Complexity: O(in · out).
  public init(_ value: Tensor) {
    self.value = value.detached()
    factor = SharedFactor(value.buffer, transposed: false, inner: value.rows, width: value.columns)
  }

  /// x · W + b.
  ///
  /// - Shape: x [N, in], b [1, out] → [N, out].
  public func callAsFunction(_ x: Tensor, bias: Tensor?) -> Tensor {
    precondition(x.columns == value.rows, "FrozenWeight: \(x.shape) by \(value.shape)")
    let (count, width) = (x.rows, value.columns)
    let result = Tensor.result(count, width)
    Kernels.multiply(x.buffer, by: factor, m: count, bias: bias?.buffer, into: result.buffer, adding: false)
    return result.recorded(from: [x] + (bias.map { [$0] } ?? [])) { [x = x.origin] gradient, into in
      if let bias { into.add(to: bias) { Kernels.sumRows(gradient, width: width, into: $0) } }
      into.accumulate(to: x) { Kernels.multiply(gradient, by: self.turned(), m: count, into: $0, adding: $1) }
    }
  }

  private func turned() -> SharedFactor {
    if let transposed { return transposed }
    let made = SharedFactor(value.buffer, transposed: true, inner: value.columns, width: value.rows)
    transposed = made
    return made
  }
}
