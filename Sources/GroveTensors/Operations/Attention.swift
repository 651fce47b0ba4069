public import GroveKernels

extension Tensor {
  /// Fused graph attention over incoming edges, as in GAT.
  ///
  ///     e(j → i) = LeakyReLU(source[j] + target[i]),  alpha = softmax over j of e,  out[i] = Σ dropout(alpha) · x[j]
  ///
  /// - Shape: x [sources, H · D], sourceScores [sources, H], targetScores [targets, H] → [targets, H · D].
  /// - Complexity: O(E · H · D) time, O(targets · H) memory beside the result; attention is recomputed in backward.
  public func graphAttention(
    sourceScores: Tensor, targetScores: Tensor, over aggregation: Aggregation, slope: Float = 0.2,
    dropout: Float = 0, using random: RandomStream? = nil
  ) -> Tensor {
    let (width, heads) = (columns, sourceScores.columns)
    precondition(
      rows == aggregation.sourceCount && sourceScores.rows == rows && targetScores.columns == heads
        && targetScores.rows == aggregation.targetCount && width % heads == 0,
      "graphAttention: x \(shape), scores \(sourceScores.shape) and \(targetScores.shape), over \(aggregation.sourceCount) → \(aggregation.targetCount)"
    )
    let state = AttentionState(
      targetCount: aggregation.targetCount, heads: heads, slope: slope, rate: random == nil ? 0 : dropout,
      random: random ?? RandomStream(seed: 0))
    let result = Tensor.result(aggregation.targetCount, width)
    let output = result.buffer
    Kernels.attention(
      aggregation.incoming, state, sourceScores: sourceScores.buffer, targetScores: targetScores.buffer, x: buffer,
      width: width, into: output)
    return result.recorded(from: [self, sourceScores, targetScores]) { gradient, into in
      Kernels.attentionBackward(
        aggregation, state, sourceScores: sourceScores.buffer, targetScores: targetScores.buffer, x: self.buffer,
        width: width, out: output, gradient: gradient, into: into.slot(of: targetScores), into.slot(of: sourceScores),
        into.slot(of: self))
    }
  }

  /// Fused GATv2 attention over incoming edges.
  ///
  ///     e(j → i) = vector · LeakyReLU(x[j] + y[i]),  alpha = softmax over j of e,  out[i] = Σ dropout(alpha) · x[j]
  ///
  /// - Shape: x [sources, H · D], y [targets, H · D], vector [1, H · D] → [targets, H · D].
  public func graphAttentionV2(
    targets y: Tensor, vector: Tensor, heads: Int, over aggregation: Aggregation, slope: Float = 0.2,
    dropout: Float = 0, using random: RandomStream? = nil
  ) -> Tensor {
    let width = columns
    precondition(
      rows == aggregation.sourceCount && y.rows == aggregation.targetCount && y.columns == width
        && vector.shape == Shape(1, width) && width % heads == 0,
      "graphAttentionV2: x \(shape), y \(y.shape), vector \(vector.shape), \(heads) heads")
    let state = AttentionState(
      targetCount: aggregation.targetCount, heads: heads, slope: slope, rate: random == nil ? 0 : dropout,
      random: random ?? RandomStream(seed: 0))
    let result = Tensor.result(aggregation.targetCount, width)
    let output = result.buffer
    Kernels.attentionV2(
      aggregation.incoming, state, x: buffer, y: y.buffer, vector: vector.buffer, width: width, into: output)
    return result.recorded(from: [self, y, vector]) { gradient, into in
      let vectorGradient = FloatBuffer(count: width, zeroed: true)
      let targetGradient = FloatBuffer(count: y.shape.count, zeroed: true)
      Kernels.attentionV2BackwardTargets(
        aggregation.incoming, state, x: self.buffer, y: y.buffer, vector: vector.buffer, width: width, out: output,
        gradient: gradient, into: targetGradient, and: vectorGradient)
      into.add(targetGradient, to: y.origin)
      into.add(vectorGradient, to: vector.origin)
      into.add(to: self) {
        Kernels.attentionV2BackwardSources(
          aggregation.outgoing, state, x: self.buffer, y: y.buffer, vector: vector.buffer, width: width, out: output,
          gradient: gradient, into: $0)
      }
    }
  }
}
