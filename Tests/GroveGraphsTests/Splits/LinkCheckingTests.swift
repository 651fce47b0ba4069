import GroveGraphs
import TestSupport
import Testing

@Suite struct LinkCheckingTests {
  /// Nodes 0 … 5; training 0-1, 1-2, validation 2-3, test 3-4.
  private func split(
    ends: LinkEnds = .undirected(nodes: 6), messages: [(Int32, Int32)] = [(0, 1), (1, 2)],
    training: [(Int32, Int32)] = [(0, 1), (1, 2)], validation: [(Int32, Int32)] = [(2, 3)],
    test: [(Int32, Int32)] = [(3, 4)], negatives: EvaluationNegatives = .all
  ) -> LinkSplit {
    let isDirected = !ends.isUndirected
    return LinkSplit(
      name: "s", kind: "by hand", ends: ends, messages: links(messages, isDirected: isDirected),
      training: links(training, isDirected: isDirected),
      validation: LinkEvaluation(positives: links(validation, isDirected: isDirected)),
      test: LinkEvaluation(positives: links(test, isDirected: isDirected), negatives: negatives))
  }

  private func lists(_ nodes: [Int32], replacingTarget: Int) -> EvaluationNegatives {
    .lists(NegativeLists(nodes: nodes, perPositive: nodes.count, replacingTarget: replacingTarget))
  }

  @Test func `a split whose parts share nothing has no problem`() {
    #expect(split().problem() == nil)
    #expect(split(ends: .directed(nodes: 6)).problem() == nil)
    #expect(split(ends: .bipartite(sources: 4, targets: 5)).problem() == nil)
    #expect(split(messages: []).problem() == nil)
    #expect(split(negatives: lists([0, 1, 5, 0], replacingTarget: 2)).problem() == nil)
    #expect(split(negatives: .pairs(links([(0, 1), (5, 5)]))).problem() == nil)
  }

  @Test func `no training link is a problem`() {
    #expect(split(training: []).problem() == "link split 's' has no training link")
  }

  @Test func `a link that leaks is named with both places, whichever way it runs`() {
    #expect(split(training: [(0, 1), (3, 2)]).problem()?.contains("link (3, 2) of validation is in train too") == true)
    #expect(split(messages: [(0, 1), (4, 3)]).problem()?.contains("link (4, 3) of test is in messages too") == true)
    #expect(split(test: [(3, 2)]).problem()?.contains("link (3, 2) is in both validation and test") == true)
  }

  @Test func `of two directed links one may be validated and the other tested, and neither learned from`() {
    let ends = LinkEnds.directed(nodes: 6)
    #expect(split(ends: ends, test: [(3, 2)]).problem() == nil)
    #expect(split(ends: ends, test: [(2, 3)]).problem()?.contains("in both validation and test") == true)
    #expect(split(ends: ends, training: [(0, 1), (3, 2)]).problem()?.contains("of validation is in train") == true)
  }

  @Test func `numbers of two types have nothing in common`() {
    let ends = LinkEnds.bipartite(sources: 5, targets: 5)
    #expect(split(ends: ends, messages: [(0, 1), (3, 2)], training: [(0, 1), (3, 2)]).problem() == nil)
    #expect(split(ends: ends, training: [(2, 3)]).problem()?.contains("of validation is in train") == true)
  }

  @Test func `a node that does not exist is named with its part`() {
    #expect(
      split(test: [(3, 6)]).problem() == "link split 's', test: node 6 does not exist (there are 6 nodes)")
    #expect(split(messages: [(-1, 2)]).problem()?.contains("messages: node -1 does not exist") == true)
    let ends = LinkEnds.bipartite(sources: 4, targets: 4)
    #expect(split(ends: ends, test: [(3, 4)]).problem()?.contains("node 4 does not exist (there are 4") == true)
    #expect(
      split(negatives: lists([0, 9], replacingTarget: 1)).problem()?.contains("test, negatives: node 9") == true)
    #expect(split(negatives: .pairs(links([(0, 7)]))).problem()?.contains("test, negatives: node 7") == true)
  }

  @Test func `a negative that is a positive of any part is named`() {
    // (3, 4) is the only positive: (3, 2) is validated, (1, 4) is nothing, (3, 3) is a node with itself.
    #expect(
      split(negatives: lists([2], replacingTarget: 1)).problem()?.contains("negative (3, 2) is a positive") == true)
    #expect(split(negatives: lists([1], replacingTarget: 0)).problem() == nil)
    #expect(
      split(negatives: lists([3], replacingTarget: 1)).problem()?.contains("(3, 3) is a node with itself") == true)
    #expect(split(negatives: lists([3], replacingTarget: 0)).problem()?.contains("(3, 4) is a positive") == true)
    #expect(split(ends: .directed(nodes: 6), negatives: lists([2], replacingTarget: 1)).problem() == nil)
  }

  @Test func `lists are one a positive`() {
    let two = split(test: [(3, 4), (4, 5)], negatives: lists([0, 1], replacingTarget: 2))
    #expect(two.problem() == "link split 's', test: 1 lists of negatives for 2 positives")
  }

  @Test func `negatives take the place of the end they are for`() {
    let list = NegativeLists(nodes: [7, 8, 9, 1, 2, 3], perPositive: 3, replacingTarget: 2)
    let made = list.pairs(of: links([(0, 4), (5, 6)]))
    #expect(pairs(made, ordered: true) == [[0, 7], [0, 8], [9, 4], [5, 1], [5, 2], [3, 6]])
    #expect(LinkEvaluation(positives: links([(0, 4)]), negatives: .all).negativePairs == nil)
  }

  @Test func `lists of another length stop the program`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = NegativeLists(nodes: [1, 2, 3], perPositive: 2, replacingTarget: 1)
    }
    expectTrapMessage(result, mentions: ["3 nodes in lists of 2"])
  }
}
