import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@Suite struct MessageGraphTests {
  /// Edges of a graph with their weights.
  private func edges(_ graph: Graph) -> [[Float]] {
    (0..<graph.nodeCount).flatMap { target in
      graph.incoming.range(of: target).map {
        [Float(graph.incoming.columns[$0]), Float(target), graph.weights?[$0] ?? 1]
      }
    }
  }

  @Test(arguments: [true, false], [0, 1, 7, 30]) func `a batch does not see its own links, and sees all others`(
    undirected: Bool, count: Int
  ) throws {
    let graph = undirected ? try LinkGraphs.undirected(40, weighted: true) : try LinkGraphs.directed(40)
    let split = try LinkSplit.drawn(
      from: graph, undirected: undirected, plan: LinkSplitPlan(negatives: .none), name: "s",
      random: RandomStream(seed: 1))
    let messages = try MessageGraph(of: split, undirected: undirected)
    var random = TestRandom(count)
    let chosen = (0..<split.training.count).shuffled(using: &random).prefix(count)
    let batch = split.training.filtered(by: (0..<split.training.count).map { chosen.contains($0) })
    let hidden = Set(pairs(batch, ordered: false))
    let left = messages.removing(batch)
    let expected = edges(messages.graph).filter {
      !hidden.contains([Int32(min($0[0], $0[1])), Int32(max($0[0], $0[1]))])
    }
    #expect(edges(left) == expected)
    #expect(left.nodeCount == 40)
    if count > 0 { #expect(left.edgeCount < messages.graph.edgeCount) }
    #expect((left.weights == nil) == (messages.graph.weights == nil))
    let told = messages.edges(telling: batch)
    #expect(told.count == messages.graph.edgeCount - left.edgeCount)
    #expect(told == Set(told).sorted())
  }

  @Test func `messages hold no measured link in either direction`() throws {
    let split = try LinkSplit.drawn(
      from: try LinkGraphs.undirected(60), undirected: true, plan: LinkSplitPlan(negatives: .none), name: "s",
      random: RandomStream(seed: 2))
    let messages = try MessageGraph(of: split)
    for evaluation in [split.validation, split.test] {
      #expect(evaluation.positives.count > 0)
      #expect(messages.edges(telling: evaluation.positives).isEmpty)
    }
    let loops = zip(split.messages.sources, split.messages.targets).count { $0 == $1 }
    #expect(loops > 0)
    #expect(messages.graph.edgeCount == 2 * split.messages.count - loops)
  }

  @Test func `links of two types are edges between all nodes, sources first`() throws {
    let split = LinkSplit(
      name: "s", kind: "", ends: .bipartite(sources: 2, targets: 3),
      messages: links([(0, 0), (0, 2), (1, 0)], isDirected: true),
      training: links([(0, 0), (0, 2), (1, 0)], isDirected: true), validation: .empty(isDirected: true),
      test: .empty(isDirected: true))
    let messages = try MessageGraph(of: split)
    #expect(messages.graph.nodeCount == 5)
    #expect(
      edges(messages.graph).map { Array($0.prefix(2)) } == [[2, 0], [4, 0], [2, 1], [0, 2], [1, 2], [0, 4]])
    let left = messages.removing(links([(1, 0), (1, 2)], isDirected: true))
    #expect(edges(left).map { Array($0.prefix(2)) } == [[2, 0], [4, 0], [0, 2], [0, 4]])
    let one = try MessageGraph(of: split, undirected: false)
    #expect(edges(one.graph).map { Array($0.prefix(2)) } == [[0, 2], [1, 2], [0, 4]])
  }

  @Test func `a link that is listed twice and its reverse are hidden once`() throws {
    let split = LinkSplit(
      name: "s", kind: "", ends: .undirected(nodes: 3), messages: links([(0, 1), (1, 2), (2, 2)]),
      training: links([(0, 1), (1, 2)]), validation: .empty(isDirected: false), test: .empty(isDirected: false))
    let messages = try MessageGraph(of: split)
    #expect(messages.edges(telling: links([(0, 1), (1, 0), (0, 1)])).count == 2)
    #expect(messages.edges(telling: links([(2, 2)])).count == 1)
    #expect(messages.edges(telling: links([(0, 2)])).isEmpty)
  }

  @Test func `a link to a node that does not exist stops the program`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let split = LinkSplit(
        name: "s", kind: "", ends: .undirected(nodes: 2),
        messages: EdgeList(sources: [0], targets: [1], isDirected: false),
        training: EdgeList(sources: [0], targets: [1], isDirected: false), validation: .empty(isDirected: false),
        test: .empty(isDirected: false))
      _ = try? MessageGraph(of: split).removing(EdgeList(sources: [0], targets: [2], isDirected: false))
    }
    expectTrapMessage(result, mentions: ["link (0, 2) among 2 sources"])
  }
}
