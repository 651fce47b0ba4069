public import GroveGraphs

extension TestGraphs {
  /// Types of the small heterogeneous graphs.
  public static let (paper, author, venue) = (NodeType("paper"), NodeType("author"), NodeType("venue"))

  /// Two papers' citations and three papers' authors, by hand: papers 0…3, authors 0…2, venues 0 and 1.
  ///
  /// cites 1 → 0, 2 → 0, 0 → 3; writes: author 0 of papers 0 and 1, author 1 of 1 and 2; nobody wrote 3; author 2 and
  /// venue 1 are isolated; venue 0 published 0 and 3.
  public static let library = HeteroGraph(
    types: [paper, author, venue], nodeCounts: [4, 3, 2],
    relations: [
      EdgeType(paper, "cites", paper), EdgeType(author, "writes", paper), EdgeType(paper, "written_by", author),
      EdgeType(venue, "publishes", paper),
    ],
    adjacencies: [
      .within(graph([1, 2, 0], [0, 0, 3], nodeCount: 4)), bipartite([0, 0, 1, 1], [0, 1, 1, 2], 3, 4),
      bipartite([0, 1, 1, 2], [0, 0, 1, 1], 4, 3), bipartite([0, 0], [0, 3], 2, 4),
    ])

  /// A relation between two types from edges as listed.
  public static func bipartite(
    _ sources: [Int], _ targets: [Int], _ sourceCount: Int, _ targetCount: Int, weights: [Float]? = nil
  ) -> Adjacency {
    let (rows, positions) = SparseRows.grouping(
      rows: targets.map(Int32.init), columns: sources.map(Int32.init), rowCount: targetCount, columnCount: sourceCount)
    return .between(
      BipartiteGraph(incoming: rows, weights: weights.map { all in positions.map { all[Int($0)] } }))
  }

  /// A random graph of papers, authors and venues; the last node of each type is isolated, venues hear of nobody.
  public static func hetero(papers: Int = 30, authors: Int = 20, venues: Int = 5, seed: Int) -> HeteroGraph {
    var random = TestRandom(seed)
    func edges(_ count: Int, _ from: Int, _ to: Int) -> (sources: [Int], targets: [Int]) {
      (
        (0..<count).map { _ in Int.random(in: 0..<max(1, from - 1), using: &random) },
        (0..<count).map { _ in Int.random(in: 0..<max(1, to - 1), using: &random) }
      )
    }
    let cites = edges(3 * papers, papers, papers)
    let writes = edges(2 * papers, authors, papers)
    let publishes = edges(papers, venues, papers)
    let weights = random.floats(writes.sources.count).map { abs($0) + 0.1 }
    return HeteroGraph(
      types: [paper, author, venue], nodeCounts: [papers, authors, venues],
      relations: library.relations,
      adjacencies: [
        .within(graph(cites.sources, cites.targets, nodeCount: papers)),
        bipartite(writes.sources, writes.targets, authors, papers, weights: weights),
        bipartite(writes.targets, writes.sources, papers, authors, weights: weights),
        bipartite(publishes.sources, publishes.targets, venues, papers),
      ])
  }
}
