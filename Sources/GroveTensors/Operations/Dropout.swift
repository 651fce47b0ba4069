public import GroveKernels

extension Tensor {
  /// Inverted dropout: an entry becomes 0 with probability `rate`, else it is divided by 1 − rate.
  ///
  /// The mask is a function of (stream, row id, column) and is computed again in the backward pass. Of sparse rows only
  /// the stored entries are dropped, which has the same distribution: zeros stay zero either way.
  ///
  /// - Parameter rowIDs: global ids of the rows; nil where row r is node r.
  /// - Precondition: 0 ≤ rate < 1.
  public func dropout(_ rate: Float, rowIDs: [Int32]? = nil, using random: RandomStream) -> Tensor {
    precondition(rate >= 0 && rate < 1, "dropout: rate \(rate) is not in [0, 1)")
    if rate == 0 { return self }
    if let sparse {
      let kept = FloatBuffer(count: sparse.entries.edgeCount)
      Kernels.dropout(
        sparse.entries.incoming, values: sparse.values, ids: rowIDs, rate: rate, random: random, into: kept)
      return Tensor(SparseValues(entries: sparse.entries, values: kept))
    }
    let width = columns
    let result = Tensor.result(rows, width)
    Kernels.dropout(buffer, ids: rowIDs, width: width, rate: rate, random: random, into: result.buffer, adding: false)
    return result.recorded(from: [self]) { [source = origin] gradient, into in
      into.transform(gradient, to: source) {
        Kernels.dropout(gradient, ids: rowIDs, width: width, rate: rate, random: random, into: $0, adding: $1)
      }
    }
  }

  /// Dropout in a training pass, with the pass's next stream; the tensor itself in evaluation.
  public func droppedOut(_ rate: Float, rowIDs: [Int32]? = nil) -> Tensor {
    guard let random = Pass.nextStream() else { return self }
    return dropout(rate, rowIDs: rowIDs, using: random)
  }
}
