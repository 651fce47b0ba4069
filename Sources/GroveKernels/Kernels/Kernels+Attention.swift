import CKernels

/// What graph attention keeps between its forward and backward pass.
public struct AttentionState {
  let maximum: FloatBuffer
  let sum: FloatBuffer
  let slope: Float
  let rate: Float
  let key: UInt64
  let heads: Int

  /// - Parameters:
  ///   - rate: dropout of normalised attention, in [0, 1); 0 in evaluation.
  ///   - random: keys that dropout, with the edge's id and the head.
  public init(targetCount: Int, heads: Int, slope: Float, rate: Float, random: RandomStream) {
    precondition(rate >= 0 && rate < 1, "attention: dropout rate \(rate) is not in [0, 1)")
    maximum = FloatBuffer(count: targetCount * heads)
    sum = FloatBuffer(count: targetCount * heads)
    self.slope = slope
    self.rate = rate
    key = random.key
    self.heads = heads
  }

  func settings(
    source: FloatBuffer? = nil, target: FloatBuffer? = nil, packed: FloatBuffer? = nil
  ) -> grove_attention {
    grove_attention(
      source_scores: source.map { UnsafePointer($0.pointer) }, target_scores: target.map { UnsafePointer($0.pointer) },
      maximum: maximum.pointer, sum: sum.pointer, packed: packed?.pointer, slope: slope, rate: rate, key: key,
      heads: Int64(heads))
  }
}

extension Kernels {
  private static func attentionGrain(_ index: EdgeIndex, _ width: Int) -> Int { edgeGrain(index, width + 16) }

  /// Graph attention (GAT): softmax over LeakyReLU(source + target score), dropout, weighted sum of x.
  /// - Shape: x [sources, F], sourceScores [sources, H], targetScores [targets, H], out [targets, F].
  /// - Complexity: O(E · F) time, O(targets · H) memory beside the output.
  public static func attention(
    _ index: EdgeIndex, _ state: AttentionState, sourceScores: FloatBuffer, targetScores: FloatBuffer,
    x: FloatBuffer, width: Int, into out: FloatBuffer
  ) {
    check(out, holds: index.rowCount * width, "attention into")
    check(targetScores, holds: index.rowCount * state.heads, "attention target scores")
    check(state.sum, holds: index.rowCount * state.heads, "attention state")
    let settings = state.settings(source: sourceScores, target: targetScores)
    countGathered(index, width)
    withIndex(index) { csr in
      Workers.run(index.rowCount, attentionGrain(index, width)) { range in
        table.pointee.gat(
          csr, settings, x.pointer, Int64(width), out.pointer, Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }

  /// Adds the gradients of `attention` for the target scores, the source scores and x.
  ///
  /// - Complexity: O(E · F) time in two passes, by target and by source; O(targets · H) memory.
  public static func attentionBackward(
    _ aggregation: Aggregation, _ state: AttentionState, sourceScores: FloatBuffer, targetScores: FloatBuffer,
    x: FloatBuffer, width: Int, out: FloatBuffer, gradient: FloatBuffer, into targetGradient: FloatBuffer,
    _ sourceGradient: FloatBuffer, _ xGradient: FloatBuffer
  ) {
    let (incoming, outgoing) = (aggregation.incoming, aggregation.outgoing)
    check(gradient, holds: incoming.rowCount * width, "attentionBackward gradient")
    check(targetGradient, holds: incoming.rowCount * state.heads, "attentionBackward target scores")
    check(x, holds: outgoing.rowCount * width, "attentionBackward x")
    check(sourceGradient, holds: outgoing.rowCount * state.heads, "attentionBackward source scores")
    check(xGradient, holds: outgoing.rowCount * width, "attentionBackward x gradient")
    for index in [incoming, outgoing] { countGathered(index, width) }
    let packed = FloatBuffer(count: 3 * incoming.rowCount * state.heads)
    let settings = state.settings(source: sourceScores, target: targetScores, packed: packed)
    withIndex(incoming) { csr in
      Workers.run(incoming.rowCount, attentionGrain(incoming, width)) { range in
        table.pointee.gat_backward_targets(
          csr, settings, x.pointer, Int64(width), out.pointer, gradient.pointer, targetGradient.pointer,
          Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
    withIndex(outgoing) { csr in
      Workers.run(outgoing.rowCount, attentionGrain(outgoing, width)) { range in
        table.pointee.gat_backward_sources(
          csr, settings, x.pointer, Int64(width), gradient.pointer, sourceGradient.pointer, xGradient.pointer,
          Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }

  /// GATv2: score = vector · LeakyReLU(x[source] + y[target]) per head, else as `attention`.
  /// - Shape: x [sources, F], y [targets, F], vector [1, F], out [targets, F].
  public static func attentionV2(
    _ index: EdgeIndex, _ state: AttentionState, x: FloatBuffer, y: FloatBuffer, vector: FloatBuffer, width: Int,
    into out: FloatBuffer
  ) {
    check(out, holds: index.rowCount * width, "attentionV2 into")
    check(y, holds: index.rowCount * width, "attentionV2 y")
    check(state.sum, holds: index.rowCount * state.heads, "attentionV2 state")
    let settings = state.settings()
    countGathered(index, width)
    withIndex(index) { csr in
      Workers.run(index.rowCount, attentionGrain(index, width)) { range in
        table.pointee.gatv2(
          csr, settings, x.pointer, y.pointer, vector.pointer, Int64(width), out.pointer, Int64(range.lowerBound),
          Int64(range.upperBound))
      }
    }
  }

  /// Adds the gradients of `attentionV2` for y and for the vector (summed over fixed blocks of rows).
  public static func attentionV2BackwardTargets(
    _ index: EdgeIndex, _ state: AttentionState, x: FloatBuffer, y: FloatBuffer, vector: FloatBuffer, width: Int,
    out: FloatBuffer, gradient: FloatBuffer, into yGradient: FloatBuffer, and vectorGradient: FloatBuffer
  ) {
    check(gradient, holds: index.rowCount * width, "attentionV2BackwardTargets gradient")
    check(yGradient, holds: index.rowCount * width, "attentionV2BackwardTargets into")
    let settings = state.settings()
    countGathered(index, width)
    withIndex(index) { csr in
      sumOverBlocks(rows: index.rowCount, grain: attentionGrain(index, width), width: width, into: vectorGradient) {
        range, partial in
        table.pointee.gatv2_backward_targets(
          csr, settings, x.pointer, y.pointer, vector.pointer, Int64(width), out.pointer, gradient.pointer,
          yGradient.pointer, partial, Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }

  /// Adds the gradient of `attentionV2` for x; `index` is the transpose.
  public static func attentionV2BackwardSources(
    _ index: EdgeIndex, _ state: AttentionState, x: FloatBuffer, y: FloatBuffer, vector: FloatBuffer, width: Int,
    out: FloatBuffer, gradient: FloatBuffer, into xGradient: FloatBuffer
  ) {
    check(x, holds: index.rowCount * width, "attentionV2BackwardSources x")
    check(xGradient, holds: index.rowCount * width, "attentionV2BackwardSources into")
    let settings = state.settings()
    countGathered(index, width)
    withIndex(index) { csr in
      Workers.run(index.rowCount, attentionGrain(index, width)) { range in
        table.pointee.gatv2_backward_sources(
          csr, settings, x.pointer, y.pointer, vector.pointer, Int64(width), out.pointer, gradient.pointer,
          xGradient.pointer, Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }
}
