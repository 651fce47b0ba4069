import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@Suite struct MetaPathWalkTests {
  private let paper = TestGraphs.paper
  private let author = TestGraphs.author

  /// Where the types of a graph begin when they are numbered one after the other.
  private func offsets(_ graph: HeteroGraph) -> [Int] {
    graph.nodeCounts.indices.map { graph.nodeCounts[..<$0].reduce(0, +) }
  }

  /// For each node of the one type what each neighbor in the other weighs, edge by edge from the lists.
  private func weights(
    _ graph: HeteroGraph, _ source: NodeType, _ target: NodeType, isWeighted: Bool
  ) -> [[Double]] {
    var table = [[Double]](
      repeating: [Double](repeating: 0, count: graph.nodeCounts[graph.index(of: target)]),
      count: graph.nodeCounts[graph.index(of: source)])
    for (relation, adjacency) in zip(graph.relations, graph.adjacencies)
    where relation.source == source && relation.target == target {
      for row in 0..<adjacency.incoming.rowCount {
        for entry in adjacency.incoming.range(of: row) {
          let from = Int(adjacency.incoming.columns[entry])
          table[from][row] = isWeighted ? table[from][row] + Double(adjacency.weights?[entry] ?? 1) : 1
        }
      }
    }
    return table
  }

  @Test(
    arguments: ["paper-author-paper", "author-paper-author", "author-paper-paper-author", "paper-paper"],
    [false, true])
  func `walks visit nodes as often as the chain of the path says`(text: String, isWeighted: Bool) throws {
    let graph = TestGraphs.hetero(papers: 12, authors: 8, venues: 3, seed: 5)
    let path = try #require(MetaPath(parsing: text, types: graph.types))
    let offsets = offsets(graph)
    let walks = try MetaPathWalks(graph, along: path, offsets: offsets, isWeighted: isWeighted)
    let (steps, count) = (2 * path.types.count, 20_000)
    for start in walks.starts.prefix(3) {
      let (nodes, begins) = walks.walks(
        from: [Int32](repeating: start, count: count), steps: steps, using: RandomStream(seed: UInt64(start)))
      // What is left of the walks after each step, by node; the last entry is of those that have ended.
      var chances = [Double](repeating: 0, count: graph.nodeCounts[graph.index(of: path.types[0])] + 1)
      chances[Int(start) - offsets[graph.index(of: path.types[0])]] = 1
      for step in 1...steps {
        let hop = (step - 1) % (path.types.count - 1)
        let (from, to) = (path.types[hop], path.types[hop + 1])
        let table = weights(graph, from, to, isWeighted: isWeighted)
        var next = [Double](repeating: 0, count: table[0].count + 1)
        next[table[0].count] = chances[table.count]
        for (node, row) in table.enumerated() {
          let total = row.reduce(0, +)
          if total == 0 { next[row.count] += chances[node] }
          for (place, weight) in row.enumerated() where weight > 0 { next[place] += chances[node] * weight / total }
        }
        chances = next
        var observed = [Int](repeating: 0, count: chances.count)
        for walk in 0..<count {
          let place = begins[walk] + step
          let first = offsets[graph.index(of: to)]
          observed[place < begins[walk + 1] ? Int(nodes[place]) - first : observed.count - 1] += 1
        }
        #expect(
          ChiSquare.deviation(observed: observed, chances: chances) < 3.72, "\(text) from \(start), step \(step)")
      }
    }
  }

  @Test(arguments: [false, true])
  func `types along walks are those of the path, on any number of threads`(isWeighted: Bool) throws {
    let graph = TestGraphs.hetero(papers: 300, authors: 200, venues: 5, seed: 2)
    let path = MetaPath([author, paper, paper, author])
    let offsets = offsets(graph)
    let walks = try MetaPathWalks(graph, along: path, offsets: offsets, isWeighted: isWeighted)
    let tables = zip(path.types, path.types.dropFirst()).map { weights(graph, $0, $1, isWeighted: isWeighted) }
    let starts = (0..<3).flatMap { _ in walks.starts }
    var first: [Int32] = []
    try ThreadCounts.forEach([1, 2, 3]) { _ in
      let (nodes, begins) = walks.walks(from: starts, steps: 7, using: RandomStream(seed: 1))
      try #require(begins.count == starts.count + 1 && begins.last == nodes.count)
      if !first.isEmpty { return #expect(nodes == first) }
      first = nodes
      for walk in starts.indices {
        let walked = nodes[begins[walk]..<begins[walk + 1]]
        #expect(walked.first == starts[walk] && walked.count <= 8)
        var locals: [Int] = []
        for (step, node) in walked.enumerated() {
          locals.append(Int(node) - offsets[graph.index(of: path.types[step % 3])])
          if step > 0 { #expect(tables[(step - 1) % 3][locals[step - 1]][locals[step]] > 0) }
        }
        // A walk that is short has come to a dead end.
        if walked.count < 8, let last = locals.last {
          #expect(tables[(walked.count - 1) % 3][last].allSatisfy { $0 == 0 })
        }
      }
      #expect(Set((0..<starts.count).map { begins[$0 + 1] - begins[$0] }).count > 1, "some walks end early")
    }
  }

  @Test func `starts are the nodes of the first type that have a neighbor`() throws {
    let graph = TestGraphs.library
    let offsets = [10, 100, 1000]
    let papers = try MetaPathWalks(graph, along: MetaPath([paper, author, paper]), offsets: offsets)
    #expect(papers.starts == [10, 11, 12])
    let authors = try MetaPathWalks(graph, along: MetaPath([author, paper, author]), offsets: offsets)
    #expect(authors.starts == [100, 101])
    // Paper 0 has one author, who wrote papers 0 and 1; 3 has none.
    let (nodes, begins) = papers.walks(from: [10, 13, 10], steps: 2, using: RandomStream(seed: 3))
    #expect(begins == [0, 3, 4, 7] && nodes[3] == 13)
    #expect(nodes[1] == 100 && nodes[5] == 100 && [10, 11].contains(nodes[2]) && [10, 11].contains(nodes[6]))
    #expect(papers.walks(from: [10, 11], steps: 0, using: RandomStream(seed: 3)).nodes == [10, 11])
    #expect(papers.walks(from: [], steps: 4, using: RandomStream(seed: 3)).offsets == [0])
  }

  @Test func `a neighbor by two relations is one neighbor, its weights added up, and edges of weight 0 are none`()
    throws
  {
    let types = [paper, author]
    let graph = HeteroGraph(
      types: types, nodeCounts: [3, 2],
      relations: [
        EdgeType(author, "writes", paper), EdgeType(author, "edits", paper), EdgeType(paper, "written_by", author),
      ],
      adjacencies: [
        TestGraphs.bipartite([0, 0, 1], [0, 1, 2], 2, 3, weights: [1, 3, 0]), TestGraphs.bipartite([0], [0], 2, 3),
        TestGraphs.bipartite([0, 1], [0, 0], 3, 2),
      ])
    for (isWeighted, chances) in [(false, [0.5, 0.5, 0]), (true, [0.4, 0.6, 0])] {
      let walks = try MetaPathWalks(
        graph, along: MetaPath([author, paper, author]), offsets: [0, 3], isWeighted: isWeighted)
      #expect(walks.starts == (isWeighted ? [3] : [3, 4]))
      let nodes = walks.walks(
        from: [Int32](repeating: 3, count: 10_000), steps: 1, using: RandomStream(seed: 6)
      ).nodes
      let observed = (0..<3).map { paper in nodes.count { $0 == Int32(paper) } }
      #expect(ChiSquare.deviation(observed: observed, chances: chances) < 3.72, "\(observed)")
    }
  }

  @Test func `types without nodes have no walks`() throws {
    let graph = HeteroGraph(
      types: [paper, author], nodeCounts: [0, 0],
      relations: [EdgeType(author, "writes", paper), EdgeType(paper, "written_by", author)],
      adjacencies: [TestGraphs.bipartite([], [], 0, 0), TestGraphs.bipartite([], [], 0, 0)])
    let walks = try MetaPathWalks(graph, along: MetaPath([paper, author, paper]), offsets: [0, 0])
    #expect(walks.starts.isEmpty)
    #expect(walks.walks(from: [], steps: 3, using: RandomStream(seed: 1)).nodes.isEmpty)
  }

  @Test func `open paths, steps without a relation, offsets that do not fit and starts of another type trap`() async {
    let open = await #expect(processExitsWith: .trap, observing: [\.standardErrorContent]) {
      _ = try MetaPathWalks(
        TestGraphs.library, along: MetaPath([TestGraphs.paper, TestGraphs.author]), offsets: [0, 4, 7])
    }
    expectTrapMessage(open, mentions: ["paper-author", "does not end"])
    let apart = await #expect(processExitsWith: .trap, observing: [\.standardErrorContent]) {
      _ = try MetaPathWalks(
        TestGraphs.library, along: MetaPath([TestGraphs.paper, TestGraphs.venue, TestGraphs.paper]),
        offsets: [0, 4, 7])
    }
    expectTrapMessage(apart, mentions: ["no relation leads from paper to venue"])
    let offsets = await #expect(processExitsWith: .trap, observing: [\.standardErrorContent]) {
      _ = try MetaPathWalks(
        TestGraphs.library, along: MetaPath([TestGraphs.paper, TestGraphs.author, TestGraphs.paper]), offsets: [0, 4])
    }
    expectTrapMessage(offsets, mentions: ["2 offsets for 3 types"])
    let start = await #expect(processExitsWith: .trap, observing: [\.standardErrorContent]) {
      let walks = try MetaPathWalks(
        TestGraphs.library, along: MetaPath([TestGraphs.paper, TestGraphs.author, TestGraphs.paper]),
        offsets: [0, 4, 7])
      _ = walks.walks(from: [4], steps: 1, using: RandomStream(seed: 1))
    }
    expectTrapMessage(start, mentions: ["node 4"])
  }
}
