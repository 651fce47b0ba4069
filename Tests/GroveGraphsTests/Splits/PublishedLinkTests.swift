import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@Suite struct PublishedLinkTests {
  private func published(
    _ training: [(Int32, Int32)], _ validation: [(Int32, Int32)], _ test: [(Int32, Int32)],
    ends: LinkEnds = .undirected(nodes: 9)
  ) -> (split: LinkSplit, counts: PublishedLinkCounts) {
    func evaluation(_ pairs: [(Int32, Int32)]) -> LinkEvaluation {
      LinkEvaluation(positives: links(pairs, isDirected: !ends.isUndirected))
    }
    return LinkSplit.published(
      name: "p", kind: "", ends: ends, training: links(training, isDirected: !ends.isUndirected),
      validation: evaluation(validation), test: evaluation(test))
  }

  @Test func `what training holds is not measured, and what is measured may repeat`() {
    let (split, counts) = published(
      [(0, 1), (1, 0), (2, 2), (1, 2), (0, 1)], [(1, 0), (3, 4), (2, 2)], [(4, 3), (2, 1), (5, 6), (6, 5)])
    #expect(split.problem() == nil)
    #expect(pairs(split.training, ordered: true) == [[0, 1], [1, 2]])
    #expect(pairs(split.messages, ordered: true) == [[0, 1], [2, 2], [1, 2]])
    #expect(pairs(split.validation.positives, ordered: true) == [[3, 4]])
    #expect(pairs(split.test.positives, ordered: true) == [[5, 6], [6, 5]])
    #expect(counts.train == 5)
    #expect(counts.repeatedTrain == 2)
    #expect(counts.loops == 1)
    #expect(counts.validationPositives == 3)
    #expect(counts.leakedValidation == 2)
    #expect(counts.testPositives == 4)
    #expect(counts.leakedTest == 2)
  }

  @Test func `directed links are two, and a reverse that is trained on is still not measured`() {
    let (split, counts) = published(
      [(0, 1), (1, 0)], [(3, 4), (1, 0)], [(4, 3), (0, 1)], ends: .directed(nodes: 9))
    #expect(split.problem() == nil)
    #expect(split.training.count == 2)
    #expect(pairs(split.validation.positives, ordered: true) == [[3, 4]])
    #expect(pairs(split.test.positives, ordered: true) == [[4, 3]])
    #expect(counts.leakedValidation == 1)
    #expect(counts.leakedTest == 1)
  }

  @Test func `between two types (1, 0) says nothing of (0, 1), and (2, 2) is a link`() {
    let (split, counts) = published(
      [(0, 1), (2, 2), (0, 1)], [(1, 0)], [(2, 0)], ends: .bipartite(sources: 3, targets: 3))
    #expect(split.problem() == nil)
    #expect(split.training.count == 2)
    #expect(split.validation.positives.count == 1)
    #expect(counts.repeatedTrain == 1)
    #expect(counts.loops == 0)
    #expect(counts.leakedValidation == 0)
  }

  @Test func `what training and messages are does not depend on what is measured`() {
    let training: [(Int32, Int32)] = [(0, 1), (1, 2), (5, 2), (3, 3)]
    let first = published(training, [(1, 0), (3, 4)], [(4, 5)])
    let second = published(training, [(4, 3), (2, 5)], [(5, 4), (1, 2), (7, 8)])
    #expect(first.split.training == second.split.training)
    #expect(first.split.messages == second.split.messages)
  }

  @Test func `a link that is left out takes its own negatives with it`() {
    let made = LinkSplit.published(
      name: "p", kind: "", ends: .undirected(nodes: 9), training: links([(0, 1)]),
      validation: .empty(isDirected: false),
      test: LinkEvaluation(
        positives: links([(2, 3), (1, 0), (4, 5)]),
        negatives: .lists(NegativeLists(nodes: [5, 6, 7, 8, 1, 0], perPositive: 2, replacingTarget: 1))))
    guard case .lists(let lists) = made.split.test.negatives else { Issue.record("no lists"); return }
    #expect(lists.nodes == [5, 6, 1, 0])
    #expect(made.counts.testNegatives == 6)
    #expect(made.split.problem() == nil)
  }

  // MARK: - Holding out

  private func interactions(seed: Int = 1) throws -> LinkSplit {
    try LinkSplit.drawn(
      from: try LinkGraphs.relation(sources: 25, targets: 40, edges: 300, seed: seed),
      plan: LinkSplitPlan(validation: 0, test: 0.2, negatives: .none), name: "s", random: RandomStream(seed: 3))
  }

  @Test(arguments: [0.05, 0.1, 0.5, 0.9]) func `a share of each source's links is held out, never all of them`(
    fraction: Double
  ) throws {
    let split = try interactions()
    let held = try split.holdingOutValidation(fraction, random: RandomStream(seed: 1))
    #expect(held.problem() == nil)
    #expect(held.test == split.test)
    let union = pairs(held.training, ordered: true) + pairs(held.validation.positives, ordered: true)
    #expect(union.count == split.training.count)
    #expect(Set(union) == Set(pairs(split.training, ordered: true)))
    #expect(held.messages == held.training)
    for source in Int32(0)..<25 {
      let all = split.training.sources.count { $0 == source }
      let count = held.validation.positives.sources.count { $0 == source }
      #expect(count == max(0, min(Int((fraction * Double(all)).rounded()), all - 1)))
    }
    #expect(held.kind.contains("held out of training"))
  }

  @Test func `what is held out depends on the seed, and not on test or on the order of the links`() throws {
    let split = try interactions()
    let held = try split.holdingOutValidation(0.2, random: RandomStream(seed: 1))
    try ThreadCounts.forEach([1, 2, 3]) { _ in
      let again = try split.holdingOutValidation(0.2, random: RandomStream(seed: 1))
      #expect(again == held)
    }
    #expect(try split.holdingOutValidation(0.2, random: RandomStream(seed: 2)).validation != held.validation)
    var random = TestRandom(4)
    let order = (0..<split.training.count).shuffled(using: &random)
    let shuffled = EdgeList(
      sources: order.map { split.training.sources[$0] }, targets: order.map { split.training.targets[$0] },
      isDirected: true)
    let other = LinkSplit(
      name: "s", kind: "", ends: split.ends, messages: shuffled, training: shuffled,
      validation: .empty(isDirected: true), test: .empty(isDirected: true))
    let again = try other.holdingOutValidation(0.2, random: RandomStream(seed: 1))
    #expect(
      Set(pairs(again.validation.positives, ordered: true)) == Set(pairs(held.validation.positives, ordered: true)))
  }

  @Test func `held out links of an undirected graph leave the messages too`() throws {
    let split = try LinkSplit.drawn(
      from: try LinkGraphs.undirected(50), undirected: true,
      plan: LinkSplitPlan(validation: 0, test: 0.2, negatives: .none), name: "s", random: RandomStream(seed: 3))
    let held = try split.holdingOutValidation(0.3, random: RandomStream(seed: 1))
    #expect(held.problem() == nil)
    #expect(held.validation.positives.count > 0)
  }

  @Test func `nothing to hold out is an error`() throws {
    #expect(throws: LinkSplitFailure.nothingLeft(part: "validation", links: 1)) {
      _ = try published([(0, 1)], [], []).split.holdingOutValidation(0.5, random: RandomStream(seed: 1))
    }
  }

  // MARK: - Full ranking

  @Test func `rankings leave out what is known before, and never what is measured later`() throws {
    let (split, _) = published([(0, 1), (1, 2)], [(2, 3), (0, 2)], [(3, 0), (0, 4)], ends: .undirected(nodes: 6))
    let validation = try split.rankingTask(of: .validation)
    #expect(validation.anchors == [0, 2, 3])
    #expect((0..<3).map { Array(validation.relevant[$0]) } == [[2], [0, 3], [2]])
    #expect((0..<3).map { Array(validation.masked[$0]) } == [[0, 1], [1, 2], [3]])
    let test = try split.rankingTask(of: .test)
    #expect(test.anchors == [0, 3, 4])
    #expect((0..<3).map { Array(test.relevant[$0]) } == [[3, 4], [0], [0]])
    #expect((0..<3).map { Array(test.masked[$0]) } == [[0, 1, 2], [2, 3], [4]])
    #expect(try split.rankingTask(of: .train).anchors == [0, 1, 2])
  }

  @Test func `rankings between two types are of the targets of each source`() throws {
    let (split, _) = published(
      [(0, 1), (1, 0), (1, 3)], [(0, 0)], [(0, 3), (2, 2), (0, 2)], ends: .bipartite(sources: 3, targets: 4))
    let test = try split.rankingTask(of: .test)
    #expect(test.anchors == [0, 2])
    #expect((0..<2).map { Array(test.relevant[$0]) } == [[2, 3], [2]])
    #expect((0..<2).map { Array(test.masked[$0]) } == [[0, 1], []])
    #expect(test.relevant.columnCount == 4)
  }

  @Test func `a measured loop is ranked for its node`() throws {
    let (split, _) = published([(0, 1)], [], [(2, 2)], ends: .undirected(nodes: 3))
    let test = try split.rankingTask(of: .test)
    #expect(Array(test.relevant[0]) == [2])
    #expect(Array(test.masked[0]) == [])
  }
}
