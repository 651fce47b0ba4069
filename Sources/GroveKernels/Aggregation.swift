/// How rows of sources flow into rows of targets: the incoming edges of every target, and their transpose.
///
/// The transpose serves gradients; it is built when first needed and kept. Where the caller knows that the
/// adjacency is symmetric and unweighted by position, the incoming rows serve for both.
public final class Aggregation: Sendable {
  /// Row i lists the sources of the edges into target i.
  public let incoming: EdgeIndex
  /// Number of source rows, those without edges included.
  public let sourceCount: Int
  private let transpose = Guarded<EdgeIndex?>(nil)
  private let mean = Guarded<EdgeWeights?>(nil)

  /// - Precondition: every column is in 0..<sourceCount.
  public init(incoming: EdgeIndex, sourceCount: Int) {
    self.incoming = incoming
    self.sourceCount = sourceCount
  }

  /// Number of target rows, those without edges included.
  public var targetCount: Int { incoming.rowCount }
  /// E, the number of edges.
  public var edgeCount: Int { incoming.entryCount }

  /// 1 / (number of incoming edges) for each edge: the weights of a mean.
  ///
  /// - Complexity: O(E) the first time.
  public var meanWeights: EdgeWeights {
    mean.withLock { kept in
      if let kept { return kept }
      var made = [Float](repeating: 0, count: edgeCount)
      for target in 0..<targetCount {
        let range = Int(incoming.offsets[target])..<Int(incoming.offsets[target + 1])
        for edge in range { made[edge] = 1 / Float(range.count) }
      }
      let weights = EdgeWeights(made)
      kept = weights
      return weights
    }
  }

  /// Edges by source.
  ///
  /// - Complexity: O(1) after the first call, which takes O(N + E).
  public var outgoing: EdgeIndex {
    transpose.withLock { kept in
      if let kept { return kept }
      let made = incoming.transposed(columnCount: sourceCount)
      kept = made
      return made
    }
  }
}
