import GroveKernels

/// Scores from edges alone, where there are no embeddings.
///
///     square: s(v, u) = |N(v) ∩ N(u)| / √(d(v) · d(u)),  the cosine of their rows
///     else:   s(v, u) = the chance that a random walk of three steps from v ends in u;  among candidates the cosine of columns
///
/// Letters: A anchors, C candidates, d degrees.
public struct NeighborhoodScorer: NegativeScorer {
  private let graph: HopGraph
  private let pool: HopScratchPool
  private let startsAtCandidates: Bool

  /// Scores on the positives of a setting.
  public init(_ graph: HopGraph) { self.init(graph, startsAtCandidates: false) }

  private init(_ graph: HopGraph, startsAtCandidates: Bool) {
    (self.graph, self.startsAtCandidates) = (graph, startsAtCandidates)
    pool = HopScratchPool(nodeCount: graph.nodeCount)
  }

  /// Scores of an anchor.
  ///
  /// - Complexity: the edges of two steps from it, of three between two types.
  public func scores(of anchor: Int32, with candidates: [Int32]) -> [Float] {
    if graph.isSquare || startsAtCandidates { return scores(ofCandidate: anchor, with: candidates) }
    return pool.with { first, second in
      first.add(1, to: Int(anchor))
      for step in 0..<3 {
        if step % 2 == 0 { spread(first, into: &second) } else { spread(second, into: &first) }
      }
      return candidates.map { Float(second.values[Int($0) + graph.firstCandidate]) }
    }
  }

  /// Cosines of a candidate's neighbors and others'.
  public func scores(ofCandidate candidate: Int32, with candidates: [Int32]) -> [Float] {
    pool.with { _, counts in
      let start = Int(candidate) + graph.firstCandidate
      for node in graph.neighbors(of: start) {
        for other in graph.neighbors(of: Int(node)) { counts.add(1, to: Int(other)) }
      }
      let own = Double(graph.neighbors(of: start).count)
      return candidates.map { other in
        let node = Int(other) + graph.firstCandidate
        let degrees = own * Double(graph.neighbors(of: node).count)
        return degrees > 0 ? Float(counts.values[node] / degrees.squareRoot()) : 0
      }
    }
  }

  private func spread(_ from: LocalScores, into: inout LocalScores) {
    into.clear()
    for touched in from.touched {
      let next = graph.neighbors(of: Int(touched))
      for node in next { into.add(from.values[Int(touched)] / Double(next.count), to: Int(node)) }
    }
  }

  /// The scores, which are cosines or chances.
  public func cosines(of anchor: Int32, with candidates: [Int32]) -> [Float] {
    scores(of: anchor, with: candidates).map { min(1, $0) }
  }

  /// Candidates by their cosines.
  public var amongCandidates: any NegativeScorer { NeighborhoodScorer(graph, startsAtCandidates: true) }

  /// None.
  public var factors: ScoreFactors? { nil }
}
