import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@Suite struct HeteroGraphTests {
  private let graph = TestGraphs.library
  private let paper = TestGraphs.paper
  private let author = TestGraphs.author

  @Test func `the whole graph is a block of every node and edge`() {
    let block = graph.block
    #expect(graph.edgeCount == 13 && block.blocks.map(\.edgeCount) == [3, 4, 4, 2])
    #expect(block.sources.map(\.count) == [4, 3, 2] && block.targets.map(\.count) == [4, 3, 2])
    #expect(
      block.relations(into: 0) == [0, 1, 3] && block.relations(into: 1) == [2] && block.relations(into: 2).isEmpty)
    #expect(block.blocks[1].placement == .apart && block.blocks[0].placement == .same)
    #expect(block.blocks[1].sourceCount == 3 && block.blocks[1].targetCount == 4)
  }

  @Test func `edges of all relations into a type stand one relation after the other, by hand`() {
    let merged = graph.block.merged(into: 0)
    #expect(merged.relations == [0, 1, 3])
    // Sources: papers at 0, authors at 4, venues at 7. Into paper 0: cited by 1 and 2, author 0, venue 0.
    #expect(merged.aggregation.incoming.offsets == [0, 4, 6, 7, 9])
    #expect(merged.aggregation.incoming.columns == [1, 2, 4, 7, 4, 5, 5, 0, 7])
    #expect(merged.relationOfEdge == [0, 0, 1, 2, 1, 1, 1, 0, 2])
    #expect(merged.aggregation.sourceCount == 9)
    // An edge's id follows those of the relations before: 3 citations, 4 of writes, 4 of written_by.
    #expect(merged.aggregation.incoming.identities == [0, 1, 3, 11, 4, 5, 6, 2, 12])
    let looped = graph.block.merged(into: 0, looped: true)
    #expect(looped.aggregation.incoming.columns == [1, 2, 4, 7, 9, 4, 5, 10, 5, 11, 0, 7, 12])
    #expect(looped.relationOfEdge == [0, 0, 1, 2, 3, 1, 1, 3, 1, 3, 0, 2, 3])
    #expect(graph.block.merged(into: 2).relations.isEmpty && graph.block.merged(into: 2).aggregation.targetCount == 2)
  }

  @Test func `degrees between two types are those of each side`() {
    guard case .between(let writes) = graph.adjacencies[1] else { return #expect(Bool(false)) }
    let normalized = writes.block.normalized
    // Authors 0 and 1 wrote two papers each; papers 0, 1, 2 have 1, 2, 1 authors.
    #expect(difference(normalized.weights.values, [1 / 2.0.squareRoot(), 0.5, 0.5, 1 / 2.0.squareRoot()]) <= 1e-6)
    #expect(writes.block.looped.edgeCount == 4, "no loops between two types")
  }

  @Test func `meta-paths join the ends of walks once, by hand`() throws {
    let walks = try graph.metaPathGraph(
      [MetaPath([paper, author, paper]), MetaPath([paper, paper]), MetaPath([paper, paper, paper])], of: paper)
    #expect(walks.types == [paper] && walks.nodeCounts == [4])
    #expect(walks.relations.map(\.relation) == ["paper-author-paper", "paper-paper", "paper-paper-paper"])
    // 0 and 1 share author 0, 1 and 2 author 1; paper 3 has none.
    #expect((0..<4).map { Array(walks.adjacencies[0].incoming[$0]) } == [[0, 1], [0, 1, 2], [1, 2], []])
    #expect((0..<4).map { Array(walks.adjacencies[1].incoming[$0]) } == [[1, 2], [], [], [0]])
    #expect((0..<4).map { Array(walks.adjacencies[2].incoming[$0]) } == [[], [], [], [1, 2]])
  }

  @Test func `meta-paths are read from names and from their beginnings`() {
    let types = graph.types
    #expect(MetaPath(parsing: "paper-author-paper", types: types)?.types == [paper, author, paper])
    #expect(MetaPath(parsing: "P-a-P", types: types)?.description == "paper-author-paper")
    for text in ["", "paper", "paper-", "paper--paper", "paper-editor-paper"] {
      #expect(MetaPath(parsing: text, types: types) == nil, "\(text)")
    }
    #expect(MetaPath(parsing: "a-a", types: [NodeType("aa"), NodeType("ab")]) == nil, "the beginning of two")
    #expect(MetaPath(parsing: "a-a", types: [NodeType("a"), NodeType("ab")]) != nil, "a whole name goes before")
  }

  @Test func `parts that do not fit trap`() async {
    await #expect(processExitsWith: .trap) {
      _ = HeteroGraph(
        types: [TestGraphs.paper, TestGraphs.author], nodeCounts: [3, 2],
        relations: [EdgeType(TestGraphs.author, "writes", TestGraphs.paper)],
        adjacencies: [TestGraphs.bipartite([0], [0], 3, 3)])
    }
    await #expect(processExitsWith: .trap) {
      _ = HeteroGraph(
        types: [TestGraphs.paper, TestGraphs.paper], nodeCounts: [3, 3], relations: [], adjacencies: [])
    }
  }
}
