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
    of candidate: Int, _ graph: HopGraph, _ length: Int, _ seen: inout LocalScores, _ near: inout LocalScores
  ) -> [Int32] {
    let start = candidate + graph.firstCandidate
    near.add(1, to: start)
    for first in graph.neighbors(of: start) {
      for other in graph.isSquare ? [first] : Array(graph.neighbors(of: Int(first))) { near.add(1, to: Int(other)) }
    }
    var stack = [start]
    var list: [Int32] = []
    while let node = stack.popLast(), list.count < length {
      guard seen.values[node] == 0 else { continue }
      seen.add(1, to: node)
      if node >= graph.firstCandidate && near.values[node] == 0 { list.append(Int32(node - graph.firstCandidate)) }
      stack += graph.neighbors(of: node).reversed().map { Int($0) }.filter { seen.values[$0] == 0 }
    }
    return list.sorted()
  }
}
