import GroveGraphs
import GroveKernels
import TestSupport

/// Pairs of a list, ordered ones as they are and others with the smaller node first.
func pairs(_ list: EdgeList, ordered: Bool) -> [[Int32]] {
  zip(list.sources, list.targets).map { ordered ? [$0, $1] : [min($0, $1), max($0, $1)] }
}

/// A list of undirected or directed pairs.
func links(_ pairs: [(Int32, Int32)], isDirected: Bool = false) -> EdgeList {
  EdgeList(sources: pairs.map(\.0), targets: pairs.map(\.1), isDirected: isDirected)
}

/// Graphs and relations to split.
enum LinkGraphs {
  /// A connected ring with chords and a hub, both ways, without repeats; the last node is alone and node 3 has a loop.
  static func undirected(_ count: Int, seed: Int = 1, weighted: Bool = false) throws -> Graph {
    var random = TestRandom(seed)
    var pairs: [(Int32, Int32)] = [(3, 3)]
    for node in 0..<Int32(count - 1) {
      pairs.append((node, (node + 1) % Int32(count - 1)))
      if node % 3 == 0 { pairs.append((0, node)) }
      pairs.append((node, Int32.random(in: 0..<Int32(count - 1), using: &random)))
    }
    var seen = Set<[Int32]>()
    pairs = pairs.filter { seen.insert([min($0.0, $0.1), max($0.0, $0.1)]).inserted }
    var edges = links(pairs)
    if weighted { edges.weights = pairs.indices.map { Float($0 + 1) } }
    return try Graph(edges, nodeCount: count, undirected: true)
  }

  /// Directed edges of which some run both ways.
  static func directed(_ count: Int, seed: Int = 1) throws -> Graph {
    try Graph(
      incoming: TestGraphs.random(nodeCount: count, edgeCount: 4 * count, seed: seed, repeats: false).incoming.sorted())
  }

  /// Users and items.
  static func relation(sources: Int, targets: Int, edges: Int, seed: Int = 1) throws -> BipartiteGraph {
    var random = TestRandom(seed)
    let rows = (0..<edges).map { _ in Int32.random(in: 0..<Int32(targets), using: &random) }
    let columns = (0..<edges).map { _ in Int32.random(in: 0..<Int32(sources), using: &random) }
    return BipartiteGraph(
      incoming: try SparseMatrix(
        rows: rows, columns: columns, values: nil, rowCount: targets, columnCount: sources, duplicates: .max
      ).sparseRows().rows)
  }
}

extension SparseRows {
  /// The same rows with their columns rising.
  func sorted() throws -> SparseRows { try SparseMatrix(self, duplicates: .max).sparseRows().rows }
}
