import GroveKernels

/// For each candidate the first others that a depth-first search from it meets beyond its neighbors.
enum DepthFirstLists {
  /// The lists, rising. [C rows, C columns]
  ///
  /// Neighbors are visited in the order of their ids. Where anchors are of another type, candidates that share an anchor
  /// count as neighbors.
  ///
  /// - Complexity: O(C · edges of the nodes met).
  static func lists(on graph: HopGraph, length: Int) -> SparseRows {
    let pool = HopScratchPool(nodeCount: graph.nodeCount)
    let count = graph.candidateCount
    let lists = Workers.mapChunks(of: count, atLeast: 64) { range in
      range.map { candidate in pool.with { seen, near in list(of: candidate, graph, length, &seen, &near) } }
    }.flatMap { $0 }
    var offsets: [Int64] = [0]
    for list in lists { offsets.append(offsets[offsets.count - 1] + Int64(list.count)) }
    return SparseRows(offsets: offsets, columns: lists.flatMap { $0 }, columnCount: count)
  }

  private static func list(
    of candidate: Int, _ graph: HopGraph, _ length: Int, _ seen: inout HopScratch, _ near: inout HopScratch
  ) -> [Int32] {
    let start = candidate + graph.firstCandidate
    near[start] = 1
    for first in neighbors(of: start, graph) {
      if graph.isSquare { near[first] = 1 } else { for second in neighbors(of: first, graph) { near[second] = 1 } }
    }
    var stack = [start]
    var list: [Int32] = []
    while let node = stack.popLast(), list.count < length {
      guard !seen.holds(node) else { continue }
      seen[node] = 1
      if node >= graph.firstCandidate && !near.holds(node) { list.append(Int32(node - graph.firstCandidate)) }
      stack += neighbors(of: node, graph).reversed().filter { !seen.holds($0) }
    }
    return list.sorted()
  }

  private static func neighbors(of node: Int, _ graph: HopGraph) -> [Int] {
    let (rows, range, shift) = graph.row(of: node)
    return rows.columns[range].map { Int($0) + shift }
  }
}
