import GroveKernels

/// Walks one after the other in one list.
enum WalkList {
  /// Walks that are made apart from each other.
  ///
  /// - Parameter walk: appends the nodes of the walk of a number.
  /// - Returns: the nodes of walk after walk, and where each begins. [count + 1] offsets
  /// - Complexity: that of the walks, on all threads.
  static func make(
    _ count: Int, steps: Int, _ walk: @Sendable (_ number: Int, _ nodes: inout [Int32]) -> Void
  ) -> (nodes: [Int32], offsets: [Int]) {
    let parts = Workers.mapChunks(of: count, atLeast: 256) { range in
      var (nodes, lengths): ([Int32], [Int]) = ([], [])
      nodes.reserveCapacity(range.count * (steps + 1))
      for number in range {
        let before = nodes.count
        walk(number, &nodes)
        lengths.append(nodes.count - before)
      }
      return (nodes: nodes, lengths: lengths)
    }
    var (nodes, offsets): ([Int32], [Int]) = ([], [0])
    for part in parts {
      nodes += part.nodes
      for length in part.lengths { offsets.append(offsets[offsets.count - 1] + length) }
    }
    return (nodes, offsets)
  }
}
