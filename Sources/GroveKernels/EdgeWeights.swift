/// Constant weights of the edges of one aggregation.
///
/// A gradient walks the edges by source; it reads the weights in that order, which is made once and kept.
public final class EdgeWeights: Sendable {
  /// One an entry of `Aggregation.incoming`. [E]
  public let values: [Float]
  private let turned = Guarded<[Float]?>(nil)

  /// Weights in the order of the incoming edges.
  public init(_ values: [Float]) { self.values = values }

  /// The weights in the order of the outgoing edges.
  ///
  /// - Precondition: always asked for with the one aggregation that the weights belong to.
  /// - Complexity: O(E) the first time.
  public func outgoing(of aggregation: Aggregation) -> [Float] {
    turned.withLock { kept in
      if let kept { return kept }
      precondition(
        values.count == aggregation.edgeCount, "EdgeWeights: \(values.count) for \(aggregation.edgeCount) edges")
      let made = aggregation.outgoing.positions.map { Kernels.picked(values, at: $0) } ?? values
      kept = made
      return made
    }
  }
}
