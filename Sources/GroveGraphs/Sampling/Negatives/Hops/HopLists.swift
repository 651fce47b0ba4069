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
        return ListedCandidates(allowed(first, for: anchor).filter { range.contains(Int(first[node(of: $0)])) })
      case .walkCount(let steps):
        spread(from: Int(anchor), steps: steps, isChance: false, &first, &second)
        return weighted(steps % 2 == 0 ? first : second, for: anchor)
      case .walkChance(let steps):
        spread(from: Int(anchor), steps: steps, isChance: true, &first, &second)
        return weighted(steps % 2 == 0 ? first : second, for: anchor)
      case .pageRank(let damping, let tolerance):
        push(from: Int(anchor), damping, tolerance, &first, &second)
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
    _ anchor: Int32, _ damping: Double, _ tolerance: Double, _ ranks: inout HopScratch, _ residuals: inout HopScratch
  ) -> [Int32] {
    push(from: Int(anchor), damping, tolerance, &ranks, &residuals)
    let ids = allowed(ranks, for: anchor).filter { ranks[node(of: $0)] > 0 }
    let numbers = ids.map { ranks[node(of: $0)] }
    return ids.indices.sorted { (numbers[$0], $1) > (numbers[$1], $0) }.map { ids[$0] }
  }

  private func node(of candidate: Int32) -> Int { Int(candidate) + graph.firstCandidate }

  /// Touched candidates that the filter allows, rising.
  private func allowed(_ scratch: HopScratch, for anchor: Int32) -> [Int32] {
    let first = Int32(graph.firstCandidate)
    return scratch.touched.filter { $0 >= first && (!graph.isSquare || $0 != anchor) }.map { $0 - first }.sorted()
      .filter { !filter.excludes($0, for: anchor) }
  }

  private func weighted(_ scratch: HopScratch, for anchor: Int32) -> ListedCandidates {
    let ids = allowed(scratch, for: anchor).filter { scratch[node(of: $0)] > 0 }
    return ListedCandidates(ids, weights: ids.map { scratch[node(of: $0)] })
  }

  /// Steps of the shortest path to each node within some.
  private func search(from anchor: Int, to most: Int, _ steps: inout HopScratch) {
    steps[anchor] = 0
    var next = 0
    while next < steps.touched.count {
      let node = Int(steps.touched[next])
      next += 1
      let behind = steps[node]
      guard Int(behind) < most else { break }
      let (rows, range, shift) = graph.row(of: node)
      for entry in range where !steps.holds(Int(rows.columns[entry]) + shift) {
        steps[Int(rows.columns[entry]) + shift] = behind + 1
      }
    }
  }

  /// Walks of exactly some steps, counted or by chance; the result is in `even` after an even number of steps.
  private func spread(
    from anchor: Int, steps: Int, isChance: Bool, _ even: inout HopScratch, _ odd: inout HopScratch
  ) {
    even[anchor] = 1
    for step in 0..<steps {
      if step % 2 == 0 { advance(even, into: &odd, isChance) } else { advance(odd, into: &even, isChance) }
    }
  }

  private func advance(_ from: HopScratch, into: inout HopScratch, _ isChance: Bool) {
    into.clear()
    for touched in from.touched {
      let (rows, range, shift) = graph.row(of: Int(touched))
      let amount = isChance ? from[Int(touched)] / Double(max(1, range.count)) : from[Int(touched)]
      for entry in range { into[Int(rows.columns[entry]) + shift] += amount }
    }
  }

  /// Personalised PageRank by pushing residuals, first come first served.
  ///
  /// - Source: Andersen, Chung, Lang 2006, without their lazy steps. What a node without neighbors would pass on goes back
  ///   to the anchor.
  private func push(
    from anchor: Int, _ damping: Double, _ tolerance: Double, _ ranks: inout HopScratch, _ residuals: inout HopScratch
  ) {
    residuals[anchor] = 1
    var queue = [anchor]
    var next = 0
    while next < queue.count {
      let node = queue[next]
      next += 1
      let residual = residuals[node]
      let (rows, range, shift) = graph.row(of: node)
      guard residual > tolerance * Double(max(1, range.count)) else { continue }
      residuals[node] = 0
      ranks[node] += (1 - damping) * residual
      func pass(_ amount: Double, to target: Int) {
        let before = residuals[target]
        residuals[target] = before + amount
        let bound = tolerance * Double(max(1, graph.degree(of: target)))
        if before <= bound && before + amount > bound { queue.append(target) }
      }
      if range.isEmpty {
        pass(damping * residual, to: anchor)
      } else {
        let amount = damping * residual / Double(range.count)
        for entry in range { pass(amount, to: Int(rows.columns[entry]) + shift) }
      }
    }
  }

  /// Where random walks end: each after one to `steps` steps, at the last candidate that it met.
  private func walk(from anchor: Int32, _ walks: Int, _ steps: Int, _ ends: inout HopScratch) {
    var generator = random.generator(row: Int(anchor))
    for _ in 0..<walks {
      let length = 1 + generator.next(below: steps)
      var (node, end): (Int, Int?) = (Int(anchor), nil)
      for _ in 0..<length {
        let (rows, range, shift) = graph.row(of: node)
        guard !range.isEmpty else { break }
        node = Int(rows.columns[range.lowerBound + generator.next(below: range.count)]) + shift
        if node >= graph.firstCandidate { end = node }
      }
      if let end { ends[end] = 1 }
    }
  }
}
