import Foundation
public import GroveKernels

/// How candidates around an anchor are found.
public enum HopRule: Sendable, Equatable {
  /// Those whose shortest path from the anchor has a number of steps in a range, all alike.
  case distance(ClosedRange<Int>)
  /// Those at the end of walks of some steps, by how many such walks there are.
  case walkCount(steps: Int)
  /// Those at the end of random walks of some steps, by their chance.
  case walkChance(steps: Int)
  /// Those at some places of the order by personalised PageRank, highest first, all alike. The walk goes on with chance
  /// `damping`; the push stops where a node's residual is at most `tolerance` times its degree.
  case rankBand(Range<Int>, damping: Double, tolerance: Double)
  /// As `rankBand`, with places as shares of all that is reached.
  case rankShare(ClosedRange<Double>, damping: Double, tolerance: Double)
  /// All that personalised PageRank reaches, by their rank.
  case pageRank(damping: Double, tolerance: Double)
  /// Those where at least one of `walks` random walks of up to `steps` steps ends, all alike.
  case visited(walks: Int, steps: Int)
}

/// Candidates around an anchor, without what a filter excludes: the hop pool.
///
/// Letters: n nodes, d their degrees.
public struct HopLists: Sendable {
  /// How they are found.
  public let rule: HopRule
  private let graph: HopGraph
  private let filter: NegativeFilter
  private let random: RandomStream
  private let pool: HopScratchPool

  /// Lists around the anchors of a graph.
  ///
  /// - Parameter random: for `visited` only.
  public init(_ rule: HopRule, on graph: HopGraph, filter: NegativeFilter, random: RandomStream) {
    (self.rule, self.graph, self.filter, self.random) = (rule, graph, filter, random)
    pool = HopScratchPool(nodeCount: graph.nodeCount)
  }

  /// The lists as a pool, each made when it is needed.
  public var candidates: ComputedCandidates {
    let lists = self
    return ComputedCandidates(anchorCount: graph.anchorCount) { lists[$0] }
  }

  /// The list of an anchor, in rising order; in the order of ranks for a band.
  ///
  /// - Complexity: the edges within reach for distances and counts; O(1 / ((1 − damping) · tolerance)) for PageRank;
  ///   O(walks · steps) for visits.
  public subscript(anchor: Int32) -> ListedCandidates {
    pool.with { first, second in
      switch rule {
      case .distance(let range):
        search(from: Int(anchor), to: range.upperBound, &first)
        return ListedCandidates(
          allowed(first, for: anchor).filter { range.contains(Int(first.values[node(of: $0)]) - 1) })
      case .walkCount(let steps):
        spread(from: Int(anchor), steps: steps, isChance: false, &first, &second)
        return weighted(steps % 2 == 0 ? first : second, for: anchor)
      case .walkChance(let steps):
        spread(from: Int(anchor), steps: steps, isChance: true, &first, &second)
        return weighted(steps % 2 == 0 ? first : second, for: anchor)
      case .pageRank(let damping, let tolerance):
        graph.near.addPageRank(
          of: Int(anchor), restart: 1 - damping, tolerance: tolerance, to: &first, residuals: &second)
        return weighted(first, for: anchor)
      case .rankBand(let band, let damping, let tolerance):
        let order = ranked(anchor, damping, tolerance, &first, &second)
        return ListedCandidates(Array(order[band.clamped(to: 0..<order.count)]))
      case .rankShare(let share, let damping, let tolerance):
        let order = ranked(anchor, damping, tolerance, &first, &second)
        let low = Int((share.lowerBound * Double(order.count)).rounded(.down))
        let high = Int((share.upperBound * Double(order.count)).rounded(.up))
        return ListedCandidates(Array(order[(low..<max(low, high)).clamped(to: 0..<order.count)]))
      case .visited(let walks, let steps):
        walk(from: anchor, walks, steps, &first)
        return ListedCandidates(allowed(first, for: anchor))
      }
    }
  }

  /// Allowed candidates by personalised PageRank, the highest first and of equals the lower id.
  private func ranked(
    _ anchor: Int32, _ damping: Double, _ tolerance: Double, _ ranks: inout LocalScores, _ residuals: inout LocalScores
  ) -> [Int32] {
    graph.near.addPageRank(
      of: Int(anchor), restart: 1 - damping, tolerance: tolerance, to: &ranks, residuals: &residuals)
    let ids = allowed(ranks, for: anchor).filter { ranks.values[node(of: $0)] > 0 }
    let numbers = ids.map { ranks.values[node(of: $0)] }
    return numbers.placesLargestFirst.map { ids[$0] }
  }

  private func node(of candidate: Int32) -> Int { Int(candidate) + graph.firstCandidate }

  /// Touched candidates that the filter allows, rising.
  private func allowed(_ scratch: LocalScores, for anchor: Int32) -> [Int32] {
    let first = Int32(graph.firstCandidate)
    return scratch.touched.filter { $0 >= first && (!graph.isSquare || $0 != anchor) }.map { $0 - first }.sorted()
      .filter { !filter.excludes($0, for: anchor) }
  }

  private func weighted(_ scratch: LocalScores, for anchor: Int32) -> ListedCandidates {
    let ids = allowed(scratch, for: anchor).filter { scratch.values[node(of: $0)] > 0 }
    return ListedCandidates(ids, weights: ids.map { scratch.values[node(of: $0)] })
  }

  /// One more than the steps of the shortest path to each node within some.
  private func search(from anchor: Int, to most: Int, _ steps: inout LocalScores) {
    steps.add(1, to: anchor)
    var next = 0
    while next < steps.touched.count {
      let node = Int(steps.touched[next])
      next += 1
      let behind = steps.values[node]
      guard Int(behind) <= most else { break }
      for other in graph.neighbors(of: node) where steps.values[Int(other)] == 0 {
        steps.add(behind + 1, to: Int(other))
      }
    }
  }

  /// Walks of exactly some steps, counted or by chance; the result is in `even` after an even number of steps.
  private func spread(
    from anchor: Int, steps: Int, isChance: Bool, _ even: inout LocalScores, _ odd: inout LocalScores
  ) {
    even.add(1, to: anchor)
    for step in 0..<steps {
      if step % 2 == 0 { advance(even, into: &odd, isChance) } else { advance(odd, into: &even, isChance) }
    }
  }

  private func advance(_ from: LocalScores, into: inout LocalScores, _ isChance: Bool) {
    into.clear()
    for touched in from.touched {
      let others = graph.neighbors(of: Int(touched))
      let amount = from.values[Int(touched)] / (isChance ? Double(max(1, others.count)) : 1)
      for other in others { into.add(amount, to: Int(other)) }
    }
  }

  /// Where random walks end: each after one to `steps` steps, at the last candidate that it met.
  private func walk(from anchor: Int32, _ walks: Int, _ steps: Int, _ ends: inout LocalScores) {
    var generator = random.generator(row: Int(anchor))
    for _ in 0..<walks {
      let length = 1 + generator.next(below: steps)
      var (node, end): (Int, Int?) = (Int(anchor), nil)
      for _ in 0..<length {
        let others = graph.neighbors(of: node)
        guard !others.isEmpty else { break }
        node = Int(others[others.startIndex + generator.next(below: others.count)])
        if node >= graph.firstCandidate { end = node }
      }
      if let end, ends.values[end] == 0 { ends.add(1, to: end) }
    }
  }
}
