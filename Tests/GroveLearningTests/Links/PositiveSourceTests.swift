import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveLearning

@Suite struct PositiveSourceTests {
  @Test(arguments: [1, 2, 3, 5]) func `a window reaches each distance up to its size as often as the next`(size: Int) {
    // Walks over 2 · size + 1 nodes: the node in the middle sees the whole window.
    let (length, count) = (2 * size + 1, 6_000)
    let nodes = (0..<count).flatMap { _ in (0..<Int32(length)) }
    let (anchors, positives) = WalkWindow(size: size).pairs(
      of: nodes, offsets: (0...count).map { $0 * length }, using: RandomStream(seed: 4))
    var distances = [Int](repeating: 0, count: size + 1)
    for (anchor, positive) in zip(anchors, positives) where Int(anchor) == size && positive < anchor {
      distances[Int(anchor - positive)] += 1
    }
    // Distance d is met by the windows of at least d: those that reach just d are as many as those of any other size.
    let reaches = (1...size).map { distances[$0] - ($0 < size ? distances[$0 + 1] : 0) }
    #expect(distances[1] == count && distances[0] == 0)
    #expect(
      ChiSquare.deviation(observed: reaches, chances: [Double](repeating: 1 / Double(size), count: size)) < 3.72)
  }

  @Test func `pairs stay in their walk and join no node with itself`() {
    let nodes: [Int32] = [0, 1, 0, 2, 2, 7, 8, 9]
    let (anchors, positives) = WalkWindow(size: 1).pairs(
      of: nodes, offsets: [0, 4, 5, 5, 8], using: RandomStream(seed: 4))
    #expect(anchors == [0, 1, 1, 0, 0, 2, 7, 8, 8, 9])
    #expect(positives == [1, 0, 0, 1, 2, 0, 8, 7, 9, 8])
    let far = WalkWindow(size: 9).pairs(of: nodes, offsets: [0, 4, 5, 5, 8], using: RandomStream(seed: 4))
    for (anchor, positive) in zip(far.anchors, far.positives) {
      #expect(anchor != positive && (anchor > 2) == (positive > 2))
    }
    let none = WalkWindow(size: 2).pairs(of: [], offsets: [0], using: RandomStream(seed: 4))
    #expect(none.anchors.isEmpty && none.positives.isEmpty)
  }

  @Test func `walks of a graph give pairs of each epoch anew, the same on any number of threads`() {
    let graph = TestGraphs.symmetric(TestGraphs.random(nodeCount: 400, edgeCount: 900, seed: 1, isolated: 3))
    let source = WalkPositives(on: graph, steps: 6, perNode: 5, window: 2, returning: 0.5, leaving: 2)
    var first: [Int32] = []
    ThreadCounts.forEach([1, 2, 3]) { _ in
      let (anchors, positives) = source.pairs(epoch: 1, using: RandomStream(seed: 2))
      if first.isEmpty { first = anchors + positives }
      #expect(anchors + positives == first && anchors.count > 2_000)
    }
    #expect(source.pairs(epoch: 2, using: RandomStream(seed: 2)).anchors != Array(first.prefix(first.count / 2)))
    let isolated = Set((0..<400).filter { graph.incoming.range(of: $0).isEmpty }.map(Int32.init))
    #expect(isolated.count >= 3 && isolated.isDisjoint(with: first))
  }

  /// The nodes of the small library one type after the other: papers 0…3, authors 4…6, venues 7 and 8.
  private let offsets = [0, 4, 7]

  @Test func `pairs along a meta-path join nodes of all its types`() throws {
    let path = MetaPath([TestGraphs.paper, TestGraphs.author, TestGraphs.paper])
    let near = try MetaPathPositives(
      on: TestGraphs.library, along: path, offsets: offsets, steps: 4, perNode: 50, window: 1)
    let (anchors, positives) = near.pairs(epoch: 1, using: RandomStream(seed: 1))
    // Within one step: who wrote what, from both ends. Author 2, the venues and paper 3 are met by nobody.
    #expect(
      Set(zip(anchors, positives).map { [$0, $1] })
        == [[0, 4], [4, 0], [1, 4], [4, 1], [1, 5], [5, 1], [2, 5], [5, 2]])
    #expect(anchors.count == 3 * 50 * 8, "each walk has five nodes, and so four steps seen from both ends")
    let far = try MetaPathPositives(
      on: TestGraphs.library, along: path, offsets: offsets, steps: 4, perNode: 50, window: 2)
    let pairs = far.pairs(epoch: 1, using: RandomStream(seed: 1))
    // Two steps join papers of one author, and authors of one paper.
    #expect(
      Set(zip(pairs.anchors, pairs.positives).map { [$0, $1] })
        == Set(zip(anchors, positives).map { [$0, $1] }).union([[0, 1], [1, 0], [1, 2], [2, 1], [4, 5], [5, 4]]))
  }

  @Test func `pairs along a meta-path are the same on any number of threads, and none where there are no nodes`() throws
  {
    let graph = TestGraphs.hetero(papers: 300, authors: 200, venues: 5, seed: 2)
    let path = MetaPath([TestGraphs.author, TestGraphs.paper, TestGraphs.paper, TestGraphs.author])
    let source = try MetaPathPositives(
      on: graph, along: path, offsets: [0, 300, 500], steps: 9, perNode: 4, window: 3, isWeighted: true)
    var first: [Int32] = []
    ThreadCounts.forEach([1, 2, 3]) { _ in
      let (anchors, positives) = source.pairs(epoch: 1, using: RandomStream(seed: 2))
      if first.isEmpty { first = anchors + positives }
      #expect(anchors + positives == first && anchors.count > 2_000)
    }
    let empty = HeteroGraph(
      types: [TestGraphs.paper], nodeCounts: [0],
      relations: [EdgeType(TestGraphs.paper, "cites", TestGraphs.paper)],
      adjacencies: [.within(TestGraphs.graph([], [], nodeCount: 0))])
    let none = try MetaPathPositives(
      on: empty, along: MetaPath([TestGraphs.paper, TestGraphs.paper]), offsets: [0], steps: 2, perNode: 3, window: 1)
    #expect(none.pairs(epoch: 1, using: RandomStream(seed: 1)).anchors.isEmpty)
  }

  @Test func `walks without steps or windows trap`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try MetaPathPositives(
        on: TestGraphs.library, along: MetaPath([TestGraphs.paper, TestGraphs.author, TestGraphs.paper]),
        offsets: [0, 4, 7], steps: 0, perNode: 3, window: 2)
    }
    expectTrapMessage(result, mentions: ["3 walks of 0, window 2"])
  }
}
