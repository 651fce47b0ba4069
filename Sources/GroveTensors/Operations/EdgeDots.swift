public import GroveKernels

extension Tensor {
  /// Dot product of the two ends of every edge, head by head: the scores of dot-product attention.
  ///
  ///     out[e, h] = keys[source of e] · queries[target of e], over the columns of head h
  ///
  /// - Parameter targets: the queries, one row a target.
  /// - Shape: keys [S, H · D], queries [T, H · D] → [E, H], by entry of `aggregation.incoming`.
  /// - Complexity: O(E · H · D) time, O(E · H) memory.
  public func edgeDots(targets: Tensor, heads: Int, over aggregation: Aggregation) -> Tensor {
    let width = columns
    precondition(
      rows == aggregation.sourceCount && targets.rows == aggregation.targetCount && targets.columns == width
        && heads >= 1 && width % heads == 0,
      "edgeDots: keys \(shape), queries \(targets.shape), \(heads) heads, over \(aggregation.sourceCount) → \(aggregation.targetCount)"
    )
    let result = Tensor.result(aggregation.edgeCount, heads, zeroed: true)
    Kernels.sampledProduct(
      aggregation.incoming, x: buffer, y: targets.buffer, width: width, heads: heads, into: result.buffer)
    return result.recorded(from: [self, targets]) { gradient, into in
      into.accumulate(to: self) {
        Kernels.aggregate(
          aggregation.outgoing, weights: gradient, heads: heads, x: targets.buffer, width: width, into: $0, adding: $1)
      }
      into.accumulate(to: targets) {
        Kernels.aggregate(
          aggregation.incoming, weights: gradient, heads: heads, x: self.buffer, width: width, into: $0, adding: $1)
      }
    }
  }
}
