public import GroveKernels

/// Random walks along edges that may like or shun to go back.
///
///     P(x | t, v) ∝ 1 / p   for x = t, where the walk came from
///                   1       for x next to t
///                   1 / q   else
///
/// With p = q = 1 every neighbor is alike. A walk ends early where a node has no neighbors.
///
/// Letters: W walks, L steps, d neighbors of a node.
///
/// - Source: DeepWalk (Perozzi 2014); node2vec (Grover, Leskovec 2016), eq. 2, drawn by rejection, which needs no table for each
///   edge.
public struct BiasedWalks: Sendable {
  private let neighbors: SparseRows
  private let back: Double
  private let outward: Double

  /// Walks on a graph whose row v lists the neighbors of v in rising order.
  ///
  /// - Parameters:
  ///   - returning: p.
  ///   - leaving: q.
  /// - Precondition: square; p and q above 0.
  public init(_ neighbors: SparseRows, returning: Double = 1, leaving: Double = 1) {
    precondition(
      neighbors.rowCount == neighbors.columnCount,
      "BiasedWalks: \(neighbors.rowCount) rows of \(neighbors.columnCount) nodes")
    precondition(returning > 0 && leaving > 0, "BiasedWalks: p is \(returning), q is \(leaving); both are above 0")
    (self.neighbors, back, outward) = (neighbors, 1 / returning, 1 / leaving)
  }

  /// A walk from each of some nodes.
  ///
  /// - Returns: the nodes of walk after walk, and where each begins. [W + 1] offsets
  /// - Complexity: O(W · L), times O(log d) and tries below max(p, q, 1) / min(p, q, 1) with p or q other than 1; on all
  ///   threads.
  public func walks(from starts: [Int32], steps: Int, using random: RandomStream) -> (nodes: [Int32], offsets: [Int]) {
    precondition(steps >= 0, "walks: \(steps) steps")
    return WalkList.make(starts.count, steps: steps) { walk, nodes in
      self.walk(from: starts[walk], steps, random.generator(row: walk), into: &nodes)
    }
  }

  private func walk(from start: Int32, _ steps: Int, _ random: RandomGenerator, into nodes: inout [Int32]) {
    var random = random
    nodes.append(start)
    var (previous, current): (Int32?, Int32) = (nil, start)
    let most = max(back, 1, outward)
    for _ in 0..<steps {
      let range = neighbors.range(of: Int(current))
      guard !range.isEmpty else { return }
      var next = neighbors.columns[range.lowerBound + random.next(below: range.count)]
      if let previous, most > 1 || back < 1 || outward < 1 {
        while random.unit() * most >= weight(of: next, after: previous) {
          next = neighbors.columns[range.lowerBound + random.next(below: range.count)]
        }
      }
      (previous, current) = (current, next)
      nodes.append(next)
    }
  }

  private func weight(of next: Int32, after previous: Int32) -> Double {
    if next == previous { return back }
    return Kernels.holds(next, in: neighbors[Int(previous)]) ? 1 : outward
  }
}
