import CKernels

extension Kernels {
  /// out = (x − mean of row) · scale, scale[r] = 1 / √(variance of row + epsilon).
  public static func layerNorm(
    _ x: FloatBuffer, width: Int, epsilon: Float, into out: FloatBuffer, scale: FloatBuffer
  ) {
    check(out, holds: x.count, "layerNorm into")
    check(scale, holds: x.count / max(1, width), "layerNorm scale")
    eachRow(x.count / max(1, width), 4 * width) {
      table.pointee.layer_norm(x.pointer, Int64(width), epsilon, out.pointer, scale.pointer, $0, $1)
    }
  }

  /// xGradient[r] += scale[r] · (g[r] − mean(g[r]) − out[r] · mean(g[r] · out[r])), g being `gradient`.
  public static func layerNormBackward(
    out: FloatBuffer, scale: FloatBuffer, gradient: FloatBuffer, width: Int, into xGradient: FloatBuffer
  ) {
    check(gradient, holds: out.count, "layerNormBackward gradient")
    check(scale, holds: out.count / max(1, width), "layerNormBackward scale")
    check(xGradient, holds: out.count, "layerNormBackward into")
    eachRow(out.count / max(1, width), 4 * width) {
      table.pointee.layer_norm_backward(
        out.pointer, scale.pointer, gradient.pointer, Int64(width), xGradient.pointer, $0, $1)
    }
  }

  /// out[r] = x[r] / max(|x[r]|, epsilon); the divisors are kept in `lengths`.
  public static func normalizeRows(
    _ x: FloatBuffer, width: Int, epsilon: Float, into out: FloatBuffer, lengths: FloatBuffer
  ) {
    check(out, holds: x.count, "normalizeRows into")
    check(lengths, holds: x.count / max(1, width), "normalizeRows lengths")
    eachRow(x.count / max(1, width), 3 * width) {
      table.pointee.normalize_rows(x.pointer, Int64(width), epsilon, out.pointer, lengths.pointer, $0, $1)
    }
  }

  /// xGradient[r] += (g[r] − out[r] · Σ g[r] · out[r]) / lengths[r], the sum being 0 where |x[r]| ≤ epsilon.
  public static func normalizeRowsBackward(
    out: FloatBuffer, lengths: FloatBuffer, gradient: FloatBuffer, width: Int, epsilon: Float,
    into xGradient: FloatBuffer
  ) {
    check(gradient, holds: out.count, "normalizeRowsBackward gradient")
    check(lengths, holds: out.count / max(1, width), "normalizeRowsBackward lengths")
    check(xGradient, holds: out.count, "normalizeRowsBackward into")
    eachRow(out.count / max(1, width), 3 * width) {
      table.pointee.normalize_rows_backward(
        out.pointer, lengths.pointer, gradient.pointer, Int64(width), epsilon, xGradient.pointer, $0, $1)
    }
  }

  /// Of each column, sums over rows of y and of y · (x − mean), y being x − mean where nil.
  ///
  /// - Shape: x and y [N, F], mean [F] → [2, F].
  public static func columnMoments(
    _ x: FloatBuffer, around mean: FloatBuffer, of y: FloatBuffer? = nil
  ) -> FloatBuffer {
    let width = mean.count
    if let y { check(y, holds: x.count, "columnMoments") }
    let sums = FloatBuffer(count: 2 * width, zeroed: true)
    let factor = y.map { UnsafePointer($0.pointer) }
    sumOverBlocks(
      rows: x.count / max(1, width), grain: grain(cost: 2 * width), width: 2 * width, into: sums
    ) { range, partial in
      table.pointee.column_moments(
        x.pointer, mean.pointer, factor, Int64(width), partial, Int64(range.lowerBound), Int64(range.upperBound))
    }
    return sums
  }

  /// out = (x − mean) · scale + shift, column by column.
  ///
  /// - Shape: x and out [N, F], mean, scale and shift [F].
  public static func batchNorm(
    _ x: FloatBuffer, mean: FloatBuffer, scale: FloatBuffer, shift: FloatBuffer, into out: FloatBuffer
  ) {
    let width = mean.count
    check(out, holds: x.count, "batchNorm into")
    check(scale, holds: width, "batchNorm scale")
    check(shift, holds: width, "batchNorm shift")
    eachRow(x.count / max(1, width), width) {
      table.pointee.batch_norm(
        x.pointer, mean.pointer, scale.pointer, shift.pointer, Int64(width), out.pointer, $0, $1)
    }
  }

  /// xGradient = scale · (gradient − along[0] − (x − mean) · along[1]), column by column, or adds it.
  ///
  /// - Shape: x and both gradients [N, F], mean and scale [F], along [2, F]. xGradient may be the gradient.
  public static func batchNormBackward(
    _ x: FloatBuffer, mean: FloatBuffer, scale: FloatBuffer, along: FloatBuffer, gradient: FloatBuffer,
    into xGradient: FloatBuffer, adding: Bool
  ) {
    let width = mean.count
    check(gradient, holds: x.count, "batchNormBackward gradient")
    check(xGradient, holds: x.count, "batchNormBackward into")
    check(scale, holds: width, "batchNormBackward scale")
    check(along, holds: 2 * width, "batchNormBackward along")
    eachRow(x.count / max(1, width), width) {
      table.pointee.batch_norm_backward(
        x.pointer, mean.pointer, scale.pointer, along.pointer, gradient.pointer, Int64(width), xGradient.pointer,
        adding, $0, $1)
    }
  }
}
