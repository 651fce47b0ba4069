import CKernels

extension Kernels {
  /// out = softmax(q · kᵀ / √D) · v among the rows of each segment, per head.
  ///
  /// - Shape: queries, keys, values and out [N, F], F = H · D; `offsets` [segments + 1].
  /// - Complexity: O(Σ n² · F) time over segments of n rows; memory for 14 rows of scores a thread.
  public static func segmentAttention(
    queries: FloatBuffer, keys: FloatBuffer, values: FloatBuffer, offsets: [Int64], width: Int, heads: Int,
    into out: FloatBuffer
  ) {
    let work = SegmentWork(offsets: offsets, width: width, heads: heads)
    for buffer in [queries, keys, values, out] { check(buffer, holds: work.rowCount * width, "segmentAttention") }
    work.run(products: 2) { offsets, space, begin, end in
      table.pointee.segment_attention(
        queries.pointer, keys.pointer, values.pointer, offsets, Int64(width), Int64(heads), work.scale, space,
        out.pointer, begin, end)
    }
  }

  /// Adds the gradients of `segmentAttention` to those of its queries, keys and values.
  ///
  /// - Complexity: O(Σ n² · F) time; memory for 2 n² scores of the longest segment a thread.
  public static func segmentAttentionBackward(
    queries: FloatBuffer, keys: FloatBuffer, values: FloatBuffer, gradient: FloatBuffer, offsets: [Int64], width: Int,
    heads: Int, into gradients: (queries: FloatBuffer, keys: FloatBuffer, values: FloatBuffer)
  ) {
    let work = SegmentWork(offsets: offsets, width: width, heads: heads)
    for buffer in [queries, keys, values, gradient, gradients.queries, gradients.keys, gradients.values] {
      check(buffer, holds: work.rowCount * width, "segmentAttentionBackward")
    }
    work.run(products: 5, keepingScores: true) { offsets, space, begin, end in
      table.pointee.segment_attention_backward(
        queries.pointer, keys.pointer, values.pointer, gradient.pointer, offsets, Int64(width), Int64(heads),
        work.scale, space, gradients.queries.pointer, gradients.keys.pointer, gradients.values.pointer, begin, end)
    }
  }

  /// out = (x + y − mean of row) / √(variance of row + epsilon) · weight + bias.
  ///
  /// - Parameter kept: where the normalised rows and 1 / √(variance + epsilon) of each go, for a backward pass.
  /// - Shape: x, y and out [N, F], weight and bias [F].
  public static func layerNorm(
    _ x: FloatBuffer, plus y: FloatBuffer, weight: FloatBuffer, bias: FloatBuffer, epsilon: Float,
    into out: FloatBuffer, keeping kept: (normal: FloatBuffer, scale: FloatBuffer)?
  ) {
    let width = weight.count
    for buffer in [x, y] + (kept.map { [$0.normal] } ?? []) { check(buffer, holds: out.count, "layerNorm of a sum") }
    check(bias, holds: width, "layerNorm of a sum, bias")
    if let kept { check(kept.scale, holds: out.count / max(1, width), "layerNorm of a sum, scale") }
    eachRow(out.count / max(1, width), 6 * width) {
      table.pointee.layer_norm_sum(
        x.pointer, y.pointer, weight.pointer, bias.pointer, Int64(width), epsilon, out.pointer, kept?.normal.pointer,
        kept?.scale.pointer, $0, $1)
    }
  }
}

/// Items of segment attention, a segment and a head each, on all threads.
private struct SegmentWork {
  let offsets: [Int64]
  let width: Int
  let heads: Int
  let rowCount: Int

  init(offsets: [Int64], width: Int, heads: Int) {
    precondition(heads >= 1 && width % heads == 0, "segmentAttention: \(width) columns for \(heads) heads")
    (self.offsets, self.width, self.heads) = (offsets, width, heads)
    rowCount = Int(offsets[offsets.count - 1])
  }

  var scale: Float { 1 / Float(max(1, width / heads)).squareRoot() }

  /// - Parameter products: how many products of n · n · D there are for each item.
  func run(
    products: Int, keepingScores: Bool = false,
    _ body: (UnsafePointer<Int64>, UnsafeMutablePointer<Float>, Int64, Int64) -> Void
  ) {
    let lengths = zip(offsets, offsets.dropFirst()).map { Int($1 - $0) }
    let (longest, headWidth) = (lengths.max() ?? 0, width / heads)
    guard longest > 0, width > 0 else { return }
    let operations = lengths.reduce(0) { $0 + 2 * products * $1 * $1 * width }
    KernelWork.count(operations: operations)
    let tile = 14
    let space =
      headWidth * SharedFactor.padded(longest) + longest * SharedFactor.padded(headWidth) + tile * (longest + headWidth)
      + (keepingScores ? 2 * longest * longest : 0)
    let items = lengths.count * heads
    // About a million operations a block.
    let grain = max(1, min(heads, items * (1 << 20) / max(1, operations)))
    offsets.withUnsafeBufferPointer { offsets in
      guard let start = offsets.baseAddress else { return }
      Workers.run(items, grain) { range in
        let scratch = FloatBuffer(count: space)
        withExtendedLifetime(scratch) { body(start, scratch.pointer, Int64(range.lowerBound), Int64(range.upperBound)) }
      }
    }
  }
}
