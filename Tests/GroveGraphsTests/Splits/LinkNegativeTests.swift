@testable import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@Suite struct LinkNegativeTests {
  @Test(arguments: [[], [0], [4], [0, 1, 2, 3, 4, 5, 6, 7, 8], [2, 3, 7], [9]] as [[Int32]])
  func `candidates are the numbers that are not left out`(excluded: [Int32]) {
    let draw = ComplementDraw(count: 10, excluding: excluded[...])
    #expect((0..<draw.candidateCount).map { draw[$0] } == (0..<10).filter { !excluded.contains($0) })
  }

  @Test func `every set of candidates is as likely as any other`() {
    let draw = ComplementDraw(count: 8, excluding: [1, 4, 5][...])
    var counts: [[Int32]: Int] = [:]
    var firsts: [Int32: Int] = [:]
    let repeats = 20_000
    for row in 0..<repeats {
      var generator = RandomStream(seed: 1).substream(row).generator
      let drawn = draw.draw(2, using: &generator)
      counts[drawn.sorted(), default: 0] += 1
      firsts[drawn[0], default: 0] += 1
    }
    #expect(Set(counts.keys.flatMap { $0 }) == [0, 2, 3, 6, 7])
    #expect(counts.count == 10)
    func square(_ counts: [Int], _ expected: Double) -> Double {
      counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    }
    #expect(square(counts.map(\.value), Double(repeats) / 10) < 33.7)  // 9 degrees of freedom, p = 1e-4
    #expect(square(firsts.map(\.value), Double(repeats) / 5) < 23.5)  // 4 degrees of freedom
  }

  /// Nodes 0 … 6; node 0 is linked to all others but 6.
  private func star(_ negatives: NegativePlan) throws -> LinkSplit {
    let messages = links([(0, 1), (0, 2), (0, 3)])
    let split = LinkSplit(
      name: "s", kind: "", ends: .undirected(nodes: 7), messages: messages, training: messages,
      validation: LinkEvaluation(positives: links([(0, 4)])), test: LinkEvaluation(positives: links([(0, 5), (5, 1)])))
    return try split.withNegatives(negatives, random: RandomStream(seed: 2))
  }

  @Test func `the last candidate of a row is found at once`() throws {
    let split = try star(.uniform(perPositive: 1))
    guard case .lists(let lists) = split.validation.negatives else { throw CancellationError() }
    #expect(lists.nodes == [6])
    #expect(lists.replacingTarget == 1)
    #expect(split.problem() == nil)
  }

  @Test func `a row without enough candidates is a typed error`() {
    #expect(throws: LinkSplitFailure.saturated(end: "node", node: 0, candidates: 1, needed: 2)) {
      _ = try star(.uniform(perPositive: 2))
    }
    #expect(throws: LinkSplitFailure.saturated(end: "node", node: 0, candidates: 1, needed: 2)) {
      _ = try star(.hard(HardNegativeOptions(perPositive: 4)))
    }
    let failure = LinkSplitFailure.saturated(end: "node", node: 0, candidates: 1, needed: 2)
    #expect(failure.description.contains("node 0 has 1 nodes that it is not linked to, and 2 negatives"))
  }

  @Test func `uniform negatives are different nodes, none of them linked or the node itself`() throws {
    let graph = try LinkGraphs.undirected(40)
    let split = try LinkSplit.drawn(
      from: graph, undirected: true, plan: LinkSplitPlan(negatives: .uniform(perPositive: 12)), name: "s",
      random: RandomStream(seed: 4))
    for evaluation in [split.validation, split.test] {
      guard case .lists(let lists) = evaluation.negatives else { throw CancellationError() }
      #expect(lists.nodes.count == 12 * evaluation.positives.count)
      for (positive, source) in evaluation.positives.sources.enumerated() {
        let nodes = lists.nodes[12 * positive..<12 * positive + 12]
        #expect(Set(nodes).count == 12)
        #expect(!nodes.contains(source))
        #expect(Set(nodes).isDisjoint(with: graph.incoming[Int(source)]))
      }
    }
  }

  @Test func `negatives between two types are targets, and a source may have its own number among them`() throws {
    let learned = links([(0, 1), (1, 2)], isDirected: true)
    let split = LinkSplit(
      name: "s", kind: "", ends: .bipartite(sources: 3, targets: 4), messages: learned, training: learned,
      validation: .empty(isDirected: true),
      test: LinkEvaluation(positives: links([(1, 0), (2, 3)], isDirected: true)))
    let drawn = try split.withNegatives(.uniform(perPositive: 2), random: RandomStream(seed: 4))
    #expect(drawn.problem() == nil)
    guard case .lists(let lists) = drawn.test.negatives else { throw CancellationError() }
    #expect(Set(lists.nodes[..<2]) == [1, 3])
    #expect(Set(lists.nodes[2...]).isSubset(of: [0, 1, 2]))
    #expect(throws: LinkSplitFailure.saturated(end: "source", node: 1, candidates: 2, needed: 3)) {
      _ = try split.withNegatives(.uniform(perPositive: 3), random: RandomStream(seed: 4))
    }
  }

  @Test func `every candidate of a source is as likely as any other`() throws {
    // Source 0 of eight nodes, linked to 1, 2 and 3: candidates 4 … 7, for 2,000 copies of one link.
    let split = LinkSplit(
      name: "s", kind: "", ends: .directed(nodes: 8), messages: links([(0, 1), (0, 2)], isDirected: true),
      training: links([(0, 1), (0, 2)], isDirected: true), validation: .empty(isDirected: true),
      test: LinkEvaluation(positives: links((0..<2000).map { _ in (0, 3) }, isDirected: true)))
    let drawn = try split.withNegatives(.uniform(perPositive: 2), random: RandomStream(seed: 9))
    guard case .lists(let lists) = drawn.test.negatives else { throw CancellationError() }
    var counts = [Int](repeating: 0, count: 8)
    for node in lists.nodes { counts[Int(node)] += 1 }
    #expect(counts[..<4].allSatisfy { $0 == 0 })
    let square = counts[4...].reduce(0.0) { $0 + (Double($1) - 1000) * (Double($1) - 1000) / 500 }
    #expect(square < 21.1)  // 3 degrees of freedom, p = 1e-4
  }

  @Test func `negatives that are not kept leave a full ranking`() throws {
    let split = try star(.none)
    #expect(split.test.negatives == .all)
    #expect(split.test.positives.count == 2)
  }

  @Test func `an odd number of hard negatives stops the program`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = HardNegativeOptions(perPositive: 3)
    }
    expectTrapMessage(result, mentions: ["3 negatives a positive"])
  }
}
