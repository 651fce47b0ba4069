public import GroveGraphs
public import GroveKernels

/// Small graphs for tests.
public enum TestGraphs {
  /// A graph from edges as listed, repeats kept; row order is the order of listing.
  public static func graph(
    _ sources: [Int], _ targets: [Int], nodeCount: Int, weights: [Float]? = nil
  ) -> Graph {
    let (rows, positions) = SparseRows.grouping(
      rows: targets.map(Int32.init), columns: sources.map(Int32.init), rowCount: nodeCount, columnCount: nodeCount)
    return Graph(incoming: rows, weights: weights.map { weights in positions.map { weights[Int($0)] } })
  }

  /// Five nodes, asymmetric: 0 → 1, 1 → 0, 2 → 0, 0 → 2, 1 → 2, a self-loop 2 → 2, 2 → 3; node 4 is isolated.
  public static let five = graph([0, 1, 2, 0, 1, 2, 2], [1, 0, 0, 2, 2, 2, 3], nodeCount: 5)

  /// A random directed graph with a hub (node 0), self-loops, repeated edges, and isolated last nodes.
  public static func random(
    nodeCount: Int, edgeCount: Int, seed: Int, weighted: Bool = false, repeats: Bool = true, isolated: Int = 1
  ) -> Graph {
    var random = TestRandom(seed)
    let used = max(1, nodeCount - isolated)
    var edges: [(Int, Int)] = []
    while edges.count < edgeCount {
      let source = Int.random(in: 0..<used, using: &random)
      let target = Int.random(in: 0..<4, using: &random) == 0 ? 0 : Int.random(in: 0..<used, using: &random)
      edges.append((source, target))
      if edges.count % 7 == 0 { edges.append((target, target)) }
      if repeats && edges.count % 5 == 0 { edges.append((source, target)) }
    }
    if !repeats {
      var seen: Set<Int> = []
      edges = edges.filter { seen.insert($0.0 * nodeCount + $0.1).inserted }
    }
    let weights = weighted ? edges.map { _ in Float.random(in: 0.1...1.1, using: &random) } : nil
    return graph(edges.map(\.0), edges.map(\.1), nodeCount: nodeCount, weights: weights)
  }

  /// Every edge of a graph without weights in both directions, each once.
  public static func symmetric(_ graph: Graph) -> Graph {
    var pairs: Set<[Int]> = []
    for node in 0..<graph.nodeCount {
      for source in graph.incoming[node] { pairs.formUnion([[Int(source), node], [node, Int(source)]]) }
    }
    let edges = pairs.sorted { $0.lexicographicallyPrecedes($1) }
    return Self.graph(edges.map { $0[0] }, edges.map { $0[1] }, nodeCount: graph.nodeCount)
  }

  /// Rows with empty ones, a hub, repeats: as kernels see them, columns in 0..<columnCount.
  public static func index(rowCount: Int, columnCount: Int, entryCount: Int, seed: Int) -> EdgeIndex {
    var random = TestRandom(seed)
    var lists = [[Int32]](repeating: [], count: rowCount)
    if rowCount > 0 && columnCount > 0 {
      for entry in 0..<entryCount {
        // Every third entry goes to the hub; rows whose number is 2 modulo 5 stay empty.
        var row = entry % 3 == 0 ? 0 : Int.random(in: 0..<rowCount, using: &random)
        if row % 5 == 2 { row = 0 }
        lists[row].append(Int32(Int.random(in: 0..<columnCount, using: &random)))
        if entry % 11 == 0 { lists[row].append(lists[row][0]) }
      }
    }
    var offsets: [Int64] = [0]
    for list in lists { offsets.append(offsets[offsets.count - 1] + Int64(list.count)) }
    return EdgeIndex(offsets: offsets, columns: lists.flatMap { $0 })
  }
}
