@testable import GroveGraphs
import GroveKernels
import TestSupport
import Testing

/// Hard negatives against dense matrices in Double.
@Suite struct HardNegativeTests {
  /// What hard negatives must be, by loops over all nodes numbered together.
  private struct Reference {
    let split: LinkSplit
    let half: Int
    let adjacency: [[Bool]]
    let ranks: [[Double]]

    init(_ split: LinkSplit, half: Int) {
      (self.split, self.half) = (split, half)
      let count = split.ends.nodeCount
      var adjacency = [[Bool]](repeating: [Bool](repeating: false, count: count), count: count)
      for list in [split.messages, split.training] {
        for (source, target) in zip(list.sources, list.targets) {
          let (a, b) = (Int(source), Int(target) + split.ends.targetOffset)
          if a != b { (adjacency[a][b], adjacency[b][a]) = (true, true) }
        }
      }
      self.adjacency = adjacency
      // r = 0.15 · e + 0.85 · r · D⁻¹ · A, iterated until nothing moves.
      ranks = (0..<count).map { seed in
        var rank = (0..<count).map { $0 == seed ? 1.0 : 0 }
        if !adjacency[seed].contains(true) { return rank }
        for _ in 0..<400 {
          var next = (0..<count).map { $0 == seed ? 0.15 : 0 }
          for node in 0..<count {
            let degree = adjacency[node].count { $0 }
            for other in 0..<count where adjacency[node][other] { next[other] += 0.85 * rank[node] / Double(degree) }
          }
          rank = next
        }
        return rank
      }
    }

    func allocation(_ a: Int, _ b: Int) -> Double {
      adjacency.indices.filter { adjacency[a][$0] && adjacency[b][$0] }
        .reduce(0) { $0 + 1 / Double(adjacency[$1].count { $0 }) }
    }

    /// The near candidates of a node at an end; fewer than `half` where there are no more.
    func near(_ node: Int, replacingTarget: Bool) -> [Int32] {
      let ends = split.ends
      let own = replacingTarget ? node : node + ends.targetOffset
      let known = Set(
        [split.messages, split.training, split.validation.positives, split.test.positives].flatMap {
          pairs($0, ordered: !ends.isUndirected)
        })
      let candidates = (0..<(replacingTarget ? ends.targetCount : ends.sourceCount)).filter { other in
        let (a, b) = replacingTarget ? (Int32(node), Int32(other)) : (Int32(other), Int32(node))
        return !(ends.isSquare && node == other)
          && !known.contains(ends.isUndirected ? [min(a, b), max(a, b)] : [a, b])
      }
      func together(_ other: Int) -> Int { replacingTarget ? other + ends.targetOffset : other }
      func ranked(_ score: (Int) -> Double) -> [Int] {
        var scored: [(node: Int, score: Double)] = []
        for node in candidates where score(node) > 1e-9 { scored.append((node, score(node))) }
        scored.sort { one, other in
          let isTie = abs(one.score - other.score) <= 1e-7 * one.score
          return isTie ? one.node < other.node : one.score > other.score
        }
        return scored.map(\.node)
      }
      var lists = [ranked { allocation(own, together($0)) }, ranked { ranks[own][together($0)] }]
      var found: [Int32] = []
      var turn = 0
      while found.count < half, lists.contains(where: { !$0.isEmpty }) {
        lists[turn].removeAll { found.contains(Int32($0)) }
        if let best = lists[turn].first { found.append(Int32(best)) }
        turn = 1 - turn
      }
      return found
    }
  }

  /// A push that misses nothing that could change an order.
  private func options(_ count: Int) -> HardNegativeOptions {
    HardNegativeOptions(perPositive: count, tolerance: 1e-13)
  }

  private func check(_ split: LinkSplit, perPositive: Int) throws {
    let half = perPositive / 2
    let reference = Reference(split, half: half)
    let made = try split.withNegatives(.hard(options(perPositive)), random: RandomStream(seed: 1))
    #expect(made.problem() == nil)
    for evaluation in [made.validation, made.test] {
      guard case .lists(let lists) = evaluation.negatives else { throw CancellationError() }
      #expect(lists.replacingTarget == half)
      var filled = 0
      for positive in 0..<evaluation.positives.count {
        let nodes = Array(lists.nodes[perPositive * positive..<perPositive * (positive + 1)])
        for (part, node, isTarget) in [
          (nodes[..<half], evaluation.positives.sources[positive], true),
          (nodes[half...], evaluation.positives.targets[positive], false),
        ] {
          let expected = reference.near(Int(node), replacingTarget: isTarget)
          #expect(Array(part.prefix(expected.count)) == expected, "\(node), \(isTarget)")
          #expect(Set(part).count == half)
          filled += half - expected.count
        }
      }
      #expect(lists.filled == filled)
    }
  }

  @Test(arguments: [2, 8, 20]) func `negatives of an undirected graph are the nearest nodes`(perPositive: Int) throws {
    for seed in 0..<3 {
      let split = try LinkSplit.drawn(
        from: try LinkGraphs.undirected(40, seed: seed), undirected: true,
        plan: LinkSplitPlan(validation: 0.1, test: 0.2, negatives: .none), name: "s",
        random: RandomStream(seed: UInt64(seed)))
      try check(split, perPositive: perPositive)
    }
  }

  @Test func `negatives of a directed graph leave out the links of their own direction`() throws {
    let split = try LinkSplit.drawn(
      from: try LinkGraphs.directed(30), undirected: false,
      plan: LinkSplitPlan(validation: 0.1, test: 0.2, negatives: .none), name: "s", random: RandomStream(seed: 1))
    try check(split, perPositive: 6)
  }

  @Test func `negatives between two types are of the type whose place they take`() throws {
    let split = try LinkSplit.drawn(
      from: try LinkGraphs.relation(sources: 15, targets: 20, edges: 60),
      plan: LinkSplitPlan(validation: 0.1, test: 0.2, negatives: .none), name: "s", random: RandomStream(seed: 1))
    try check(split, perPositive: 8)
  }

  @Test func `a path worked by hand`() throws {
    // 0-1-2-3 and 4-5 are learned, (0, 3) is tested; node 6 is alone. Near 0: 2 (through 1); near 3: 1 (through 2).
    let messages = links([(0, 1), (1, 2), (2, 3), (4, 5)])
    let split = LinkSplit(
      name: "s", kind: "", ends: .undirected(nodes: 7), messages: messages, training: messages,
      validation: .empty(isDirected: false), test: LinkEvaluation(positives: links([(0, 3)])))
    let made = try split.withNegatives(.hard(options(2)), random: RandomStream(seed: 1))
    guard case .lists(let lists) = made.test.negatives else { throw CancellationError() }
    #expect(lists.nodes == [2, 1])
    #expect(lists.filled == 0)
    // Of four candidates one is near; the rest are drawn from 4, 5 and 6, each once.
    let more = try split.withNegatives(.hard(options(8)), random: RandomStream(seed: 1))
    guard case .lists(let longer) = more.test.negatives else { throw CancellationError() }
    #expect(longer.nodes[0] == 2)
    #expect(longer.nodes[4] == 1)
    #expect(Set(longer.nodes[1..<4]) == [4, 5, 6])
    #expect(Set(longer.nodes[5..<8]) == [4, 5, 6])
    #expect(longer.filled == 6)
  }

  @Test func `the lists are taken in turn, each node once`() {
    #expect(HardNegatives.merged([1, 2, 3], [4, 1, 5], limit: 6) == [1, 4, 2, 5, 3])
    #expect(HardNegatives.merged([1, 2, 3], [4, 1, 5], limit: 3) == [1, 4, 2])
    #expect(HardNegatives.merged([], [4, 1], limit: 3) == [4, 1])
    #expect(HardNegatives.merged([7], [7], limit: 3) == [7])
    #expect(HardNegatives.merged([], [], limit: 3) == [])
  }

  @Test func `of equal scores the smaller node is the better one`() {
    for limit in [1, 2, 3, 5, 9] {
      var random = TestRandom(limit)
      var best = BestNodes(limit: limit)
      let scored = (0..<30).map { (node: Int32($0), score: Float(Int.random(in: 0..<5, using: &random))) }
      for entry in scored.shuffled(using: &random) { best.insert(entry.node, score: entry.score) }
      let expected = scored.sorted { $0.score != $1.score ? $0.score > $1.score : $0.node < $1.node }
      #expect(best.ranked == expected.prefix(limit).map(\.node))
    }
  }

  @Test(arguments: [1e-3, 1e-5, 1e-8]) func `pushed ranks are below the exact ones by no more than the tolerance`(
    tolerance: Double
  ) throws {
    let near = try NearNodes(
      EdgeList(sources: KarateClub.sources, targets: KarateClub.targets, isDirected: false), nodeCount: 34)
    let exact = try SparseMatrix(near.neighbors)
    for seed in [0, 11, 33] {
      var scores = LocalScores(nodeCount: 34)
      var residuals = LocalScores(nodeCount: 34)
      near.addPageRank(of: seed, restart: 0.15, tolerance: tolerance, to: &scores, residuals: &residuals)
      let ranks = try exact.personalizedPageRank(
        seeds: [Int32(seed)], options: RandomWalkOptions(tolerance: 1e-14, maximumIterations: 1000)
      ).ranks
      var missing = 0.0
      for node in 0..<34 {
        let gap = ranks[node] - scores.values[node]
        #expect(gap > -1e-12)
        #expect(gap <= tolerance * Double(near.neighbors.range(of: node).count) + 1e-12)
        missing += gap
      }
      if tolerance == 1e-3 { #expect(missing > 1e-6) }
      #expect(residuals.values.allSatisfy { $0 == 0 })
    }
  }

  @Test func `shared neighbors are those of a matrix product`() throws {
    let near = try NearNodes(
      EdgeList(sources: KarateClub.sources, targets: KarateClub.targets, isDirected: false), nodeCount: 34)
    let adjacency = try SparseMatrix(near.neighbors)
    let factors = try adjacency.rowDegrees().map { 1 / Float($0) }
    let product = try SlowMatrix(adjacency.scaledColumns(by: factors).multiplied(by: adjacency))
    for node in 0..<34 {
      var scores = LocalScores(nodeCount: 34)
      near.addResourceAllocation(of: node, to: &scores)
      for other in 0..<34 {
        #expect(abs(scores.values[other] - Double(product.entries[Place(node, other)] ?? 0)) < 1e-6)
      }
    }
  }

  @Test func `one seed gives the same negatives for any number of threads`() throws {
    let split = try LinkSplit.drawn(
      from: try LinkGraphs.undirected(150), undirected: true, plan: LinkSplitPlan(negatives: .none), name: "s",
      random: RandomStream(seed: 1))
    func hard() throws -> LinkSplit {
      try split.withNegatives(.hard(HardNegativeOptions(perPositive: 60)), random: RandomStream(seed: 5))
    }
    let first = try hard()
    try ThreadCounts.forEach([1, 2, 3]) { _ in
      let again = try hard()
      #expect(again == first)
    }
  }
}
