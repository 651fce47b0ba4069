public import GroveKernels

extension Tensor {
  /// out[i] = Σ over edges j → i of w(edge) · x[j], with constant weights (1 where nil).
  ///
  /// - Shape: x [sources, F], weights [E] by entry of `aggregation.incoming` → [targets, F].
  /// - Complexity: O(E · F), no edge × feature array.
  public func aggregated(over aggregation: Aggregation, weights: [Float]? = nil) -> Tensor {
    aggregated(over: aggregation, weights: weights.map { EdgeWeights($0) }, bias: nil)
  }

  /// The same with weights that are kept from step to step, plus a row vector where given, rectified where asked for.
  ///
  /// - Shape: bias [1, F].
  public func aggregated(
    over aggregation: Aggregation, weights: EdgeWeights?, bias: Tensor? = nil, rectifier: Rectifier? = nil
  )
    -> Tensor
  {
    precondition(rows == aggregation.sourceCount, "aggregated: \(shape) over \(aggregation.sourceCount) sources")
    precondition(
      bias == nil || bias!.shape == Shape(1, columns), "aggregated: \(shape) and a bias \(bias?.shape ?? shape)")
    let width = columns
    let result = Tensor.result(aggregation.targetCount, width)
    Kernels.aggregate(
      aggregation.incoming, weights: weights?.values, x: buffer, width: width, bias: bias?.buffer, rectifier: rectifier,
      into: result.buffer, adding: false)
    let rectified = Rectified(rectifier, result.buffer)
    return result.recorded(from: [self] + (bias.map { [$0] } ?? [])) { [source = origin] gradient, into in
      let gradient = into.beforeRectifying(rectified, gradient, width: width, bias: bias)
      into.accumulate(to: source) {
        Kernels.aggregate(
          aggregation.outgoing, weights: weights?.outgoing(of: aggregation), x: gradient, width: width, into: $0,
          adding: $1)
      }
    }
  }

  /// out[i] = mean over edges j → i of x[j], 0 without edges; plus a row vector where given.
  public func aggregatedMean(over aggregation: Aggregation, bias: Tensor? = nil) -> Tensor {
    aggregated(over: aggregation, weights: aggregation.meanWeights, bias: bias)
  }

  /// The same as `aggregated` with a learned weight for each edge and head.
  ///
  /// - Shape: x [sources, F], weights [E, H] → [targets, F]; head h covers columns h · F/H ..< (h + 1) · F/H.
  public func aggregated(over aggregation: Aggregation, weights: Tensor) -> Tensor {
    precondition(rows == aggregation.sourceCount, "aggregated: \(shape) over \(aggregation.sourceCount) sources")
    precondition(
      weights.rows == aggregation.edgeCount, "aggregated: weights \(weights.shape) for \(aggregation.edgeCount) edges")
    let (width, heads) = (columns, weights.columns)
    let result = Tensor.result(aggregation.targetCount, width)
    Kernels.aggregate(
      aggregation.incoming, weights: weights.buffer, heads: heads, x: buffer, width: width, into: result.buffer,
      adding: false)
    return result.recorded(from: [self, weights]) { gradient, into in
      into.accumulate(to: self) {
        Kernels.aggregate(
          aggregation.outgoing, weights: weights.buffer, heads: heads, x: gradient, width: width, into: $0,
          adding: $1)
      }
      into.add(to: weights) {
        Kernels.sampledProduct(
          aggregation.incoming, x: self.buffer, y: gradient, width: width, heads: heads, into: $0)
      }
    }
  }

  /// out[i, k] = the largest x[j, k] over edges j → i; 0 without edges.
  ///
  /// The gradient goes to the first that won.
  public func aggregatedMaximum(over aggregation: Aggregation) -> Tensor {
    precondition(rows == aggregation.sourceCount, "aggregatedMaximum: \(shape) over \(aggregation.sourceCount) sources")
    let width = columns
    let result = Tensor.result(aggregation.targetCount, width)
    let winners = Kernels.aggregateMaximum(
      aggregation.incoming, x: buffer, width: width, into: result.buffer)
    return result.recorded(from: [self]) { [source = origin] gradient, into in
      into.add(to: source) {
        Kernels.aggregateMaximumBackward(
          aggregation, winners: winners, gradient: gradient, width: width, into: $0)
      }
    }
  }

  /// Softmax over the incoming edges of each target, head by head.
  ///
  /// - Shape: scores [E, H] → [E, H].
  public func segmentSoftmax(over aggregation: Aggregation) -> Tensor {
    precondition(rows == aggregation.edgeCount, "segmentSoftmax: \(shape) for \(aggregation.edgeCount) edges")
    let heads = columns
    let offsets = aggregation.incoming.offsets
    let result = Tensor.result(rows, heads)
    let output = result.buffer
    Kernels.segmentSoftmax(offsets: offsets, scores: buffer, heads: heads, into: output)
    return result.recorded(from: [self]) { [source = origin] gradient, into in
      into.add(to: source) {
        Kernels.segmentSoftmaxBackward(offsets: offsets, out: output, gradient: gradient, heads: heads, into: $0)
      }
    }
  }
}

/// Consecutive rows that belong together, such as the nodes of one graph: segment s is rows offsets[s] ..< offsets[s + 1].
public struct Segments: Sendable {
  let aggregation: Aggregation

  /// - Precondition: offsets start at 0 and never fall.
  public init(offsets: [Int64]) {
    precondition(offsets.first == 0, "Segments: offsets start at \(offsets.first ?? -1)")
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      precondition(start <= end, "Segments: offsets fall from \(start) to \(end)")
    }
    let count = Int(offsets[offsets.count - 1])
    aggregation = Aggregation(
      incoming: EdgeIndex(offsets: offsets, columns: (0..<count).map(Int32.init)), sourceCount: count)
  }

  /// Where each segment begins, and the end of the last.
  public var offsets: [Int64] { aggregation.incoming.offsets }
  /// Number of segments, empty ones included.
  public var count: Int { aggregation.targetCount }
  /// N, the number of rows over all segments.
  public var rowCount: Int { aggregation.sourceCount }
}

extension Tensor {
  /// Sum of the rows of each segment; 0 for an empty one.
  ///
  /// - Shape: [N, F] → [segments, F].
  public func segmentSum(_ segments: Segments) -> Tensor { aggregated(over: segments.aggregation) }

  /// Mean of the rows of each segment; 0 for an empty one.
  public func segmentMean(_ segments: Segments) -> Tensor {
    aggregatedMean(over: segments.aggregation)
  }

  /// Largest entry of each column in each segment; 0 for an empty one.
  public func segmentMaximum(_ segments: Segments) -> Tensor { aggregatedMaximum(over: segments.aggregation) }

  /// Softmax of each column within each segment.
  ///
  /// - Shape: [N, H] → [N, H].
  public func segmentSoftmax(_ segments: Segments) -> Tensor { segmentSoftmax(over: segments.aggregation) }
}
