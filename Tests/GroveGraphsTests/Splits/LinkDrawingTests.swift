import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@Suite struct LinkDrawingTests {
  private let plan = LinkSplitPlan(validation: 0.1, test: 0.2, negatives: .uniform(perPositive: 5))

  /// Everything that a split promises, counted anew with sets.
  private func expectNoLeak(_ split: LinkSplit, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(split.problem() == nil, sourceLocation: sourceLocation)
    let ordered = !split.ends.isSquare
    let seen = Set(pairs(split.messages, ordered: ordered) + pairs(split.training, ordered: ordered))
    let (validation, test) = (
      pairs(split.validation.positives, ordered: ordered), pairs(split.test.positives, ordered: ordered)
    )
    #expect(seen.isDisjoint(with: validation), sourceLocation: sourceLocation)
    #expect(seen.isDisjoint(with: test), sourceLocation: sourceLocation)
    #expect(Set(validation).isDisjoint(with: test), sourceLocation: sourceLocation)
  }

  @Test(arguments: 0..<4) func `an undirected graph goes whole into parts that share no link`(seed: Int) throws {
    let graph = try LinkGraphs.undirected(60, seed: seed)
    let split = try LinkSplit.drawn(
      from: graph, undirected: true, plan: plan, name: "s", random: RandomStream(seed: UInt64(seed)))
    expectNoLeak(split)
    let all = Set(
      (0..<60).flatMap { node in graph.incoming[node].map { [min($0, Int32(node)), max($0, Int32(node))] } })
    let loops = all.filter { $0[0] == $0[1] }
    let made =
      pairs(split.messages, ordered: false) + pairs(split.validation.positives, ordered: false)
      + pairs(split.test.positives, ordered: false)
    #expect(made.count == all.count)
    #expect(Set(made) == all)
    #expect(split.training.count == split.messages.count - loops.count)
    let links = Double(all.count - loops.count)
    #expect(split.test.positives.count == Int((0.2 * links).rounded()))
    #expect(split.validation.positives.count == Int((0.1 * links).rounded()))
    #expect(split.ends == .undirected(nodes: 60))
    #expect(!split.messages.isDirected)
  }

  @Test(arguments: 0..<4) func `the two directions of a directed edge go to one part`(seed: Int) throws {
    let graph = try LinkGraphs.directed(50, seed: seed)
    let split = try LinkSplit.drawn(
      from: graph, undirected: false, plan: plan, name: "s", random: RandomStream(seed: UInt64(seed)))
    expectNoLeak(split)
    let all = (0..<50).flatMap { node in graph.incoming[node].map { [$0, Int32(node)] } }
    let parts = [split.messages, split.validation.positives, split.test.positives]
    #expect(
      parts.flatMap { pairs($0, ordered: true) }.sorted { $0.lexicographicallyPrecedes($1) }
        == all.sorted { $0.lexicographicallyPrecedes($1) })
    #expect(parts.map(\.isDirected) == [true, true, true])
    // Some edge of the graph does run both ways, or the test says nothing.
    #expect(Set(all).contains { $0[0] != $0[1] && all.contains([$0[1], $0[0]]) })
  }

  @Test func `a relation between two types is split by its own edges`() throws {
    let relation = try LinkGraphs.relation(sources: 20, targets: 30, edges: 200)
    let split = try LinkSplit.drawn(from: relation, plan: plan, name: "s", random: RandomStream(seed: 3))
    expectNoLeak(split)
    #expect(split.ends == .bipartite(sources: 20, targets: 30))
    let all = (0..<30).flatMap { target in relation.incoming[target].map { [$0, Int32(target)] } }
    let made = [split.messages, split.validation.positives, split.test.positives].flatMap { pairs($0, ordered: true) }
    #expect(Set(made) == Set(all))
    #expect(made.count == all.count)
    #expect(split.training == split.messages)
  }

  @Test func `targets of a disjoint split are no messages`() throws {
    let graph = try LinkGraphs.undirected(60)
    var plan = plan
    plan.disjoint = 0.3
    let split = try LinkSplit.drawn(from: graph, undirected: true, plan: plan, name: "s", random: RandomStream(seed: 1))
    let whole = try LinkSplit.drawn(
      from: graph, undirected: true, plan: self.plan, name: "s", random: RandomStream(seed: 1))
    expectNoLeak(split)
    #expect(Set(pairs(split.messages, ordered: false)).isDisjoint(with: pairs(split.training, ordered: false)))
    let total = whole.training.count
    #expect(split.training.count == Int((0.3 * Double(total)).rounded()))
    #expect(split.training.count + split.messages.count == whole.messages.count)
    #expect(split.test == whole.test)
    #expect(split.validation == whole.validation)
    #expect(split.kind.contains("disjoint 0.3"))
  }

  @Test func `messages keep their weights and targets have none`() throws {
    let graph = try LinkGraphs.undirected(30, weighted: true)
    let split = try LinkSplit.drawn(from: graph, undirected: true, plan: plan, name: "s", random: RandomStream(seed: 1))
    let weights = try #require(split.messages.weights)
    #expect(split.training.weights == nil)
    for link in 0..<split.messages.count {
      let (source, target) = (split.messages.sources[link], Int(split.messages.targets[link]))
      let entry = try #require(graph.incoming.range(of: target).first { graph.incoming.columns[$0] == source })
      #expect(weights[link] == graph.weights?[entry])
    }
  }

  @Test func `directions that weigh differently are no undirected link`() throws {
    let graph = TestGraphs.graph([0, 1, 1, 2], [1, 0, 2, 1], nodeCount: 3, weights: [1, 2, 3, 3])
    #expect(throws: LinkSplitFailure.unequalWeights(first: 0, second: 1)) {
      _ = try LinkSplit.drawn(from: graph, undirected: true, plan: plan, name: "s", random: RandomStream(seed: 1))
    }
  }

  @Test func `one seed gives one split, for any number of threads, and another seed another`() throws {
    let graph = try LinkGraphs.undirected(200)
    func drawn(_ seed: UInt64) throws -> LinkSplit {
      try LinkSplit.drawn(from: graph, undirected: true, plan: plan, name: "s", random: RandomStream(seed: seed))
    }
    let first = try drawn(1)
    try ThreadCounts.forEach([1, 2, 3]) { _ in
      let again = try drawn(1)
      #expect(again == first)
    }
    let second = try drawn(2)
    #expect(second.training != first.training)
    #expect(second.test != first.test)
  }

  @Test func `measured links of an undirected graph begin at either end`() throws {
    let split = try LinkSplit.drawn(
      from: try LinkGraphs.undirected(400), undirected: true, plan: plan, name: "s", random: RandomStream(seed: 1))
    let rising = zip(split.test.positives.sources, split.test.positives.targets).count { $0 < $1 }
    // A fair coin leaves this band once in a million.
    let count = Double(split.test.positives.count)
    #expect(abs(Double(rising) - count / 2) < 2.5 * count.squareRoot())
  }

  @Test(arguments: [0, 1, 2]) func `a graph that is too small for its parts is an error`(edges: Int) throws {
    let graph = try Graph(links((0..<Int32(edges)).map { ($0, $0 + 1) }), nodeCount: 5, undirected: true)
    #expect(throws: LinkSplitFailure.self) {
      _ = try LinkSplit.drawn(from: graph, undirected: true, plan: plan, name: "s", random: RandomStream(seed: 1))
    }
  }

  @Test func `parts that are not asked for may be empty`() throws {
    let graph = try Graph(links([(0, 1), (1, 2)]), nodeCount: 5, undirected: true)
    let split = try LinkSplit.drawn(
      from: graph, undirected: true, plan: LinkSplitPlan(validation: 0, test: 0, negatives: .uniform(perPositive: 9)),
      name: "s", random: RandomStream(seed: 1))
    #expect(split.training.count == 2)
    #expect(split.test.positives.count == 0)
    #expect(split.problem() == nil)
  }

  @Test func `each link is tested as often as any other`() throws {
    let graph = try Graph(links((0..<10).map { ($0, $0 + 1) }), nodeCount: 11, undirected: true)
    var counts = [Int](repeating: 0, count: 10)
    let repeats = 4000
    for seed in 0..<repeats {
      let split = try LinkSplit.drawn(
        from: graph, undirected: true, plan: LinkSplitPlan(validation: 0, test: 0.3, negatives: .none), name: "s",
        random: RandomStream(seed: UInt64(seed)))
      for pair in pairs(split.test.positives, ordered: false) { counts[Int(pair[0])] += 1 }
    }
    let expected = 0.3 * Double(repeats)
    let square = counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / (expected * 0.7) }
    #expect(square < 33.7)  // χ² with 9 degrees of freedom, p = 1e-4
  }

  @Test func `shares of everything stop the program`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LinkSplitPlan(validation: 0.5, test: 0.5)
    }
    expectTrapMessage(result, mentions: ["0.5 of validation and 0.5 of test"])
  }
}
