import CGraphBLAS

/// Nodes that can be reached from seeds, and in how many hops.
public struct Reach: Sendable, Equatable {
  /// Reached nodes in rising order, the seeds included.
  public let nodes: [Int32]
  /// For each of `nodes` the fewest hops from any seed; 0 for a seed.
  public let hops: [Int32]
}

extension SparseMatrix {
  /// Nodes within some hops of the seeds along edges i → j, and how far each is.
  ///
  ///     frontier⟨¬reached⟩ = frontier ∨.∧ A;   hop⟨frontier⟩ = k
  ///
  /// - Parameter hops: 0 gives the seeds alone; a large number gives everything that can be reached.
  /// - Throws: `AlgebraFailure.outOfMemory`.
  /// - Precondition: square; at least one seed, all in 0..<N; `hops >= 0`.
  /// - Complexity: O(edges of the reached nodes + reached nodes · log), so small where little is reached.
  public func reach(from seeds: [Int32], hops: Int) throws(AlgebraFailure) -> Reach {
    requireSquare("reach")
    precondition(!seeds.isEmpty, "reach: 0 seeds; at least 1 is needed")
    precondition(hops >= 0, "reach: \(hops) hops; 0 or more are needed")
    Self.check(seeds, below: rowCount, "seed")
    let frontier = try VectorHandle(.bool, count: rowCount)
    let level = try VectorHandle(.int32, count: rowCount)
    for seed in seeds {
      // frontier[seed] = true; hop[seed] = 0
      try graphBLAS("reach", frontier) { GrB_Vector_setElement_BOOL(frontier.pointer, true, GrB_Index(seed)) }
      try graphBLAS("reach", level) { GrB_Vector_setElement_INT32(level.pointer, 0, GrB_Index(seed)) }
    }
    for hop in 0..<hops {
      // frontier⟨¬reached⟩ = frontier any.pair A: ∨.∧ over values that are all true
      try graphBLAS("reach", frontier, level, handle) {
        GrB_vxm(
          frontier.pointer, level.pointer, nil, grove_any_pair_bool(), frontier.pointer, handle.pointer,
          graphBLASDescriptor(GROVE_MASK_STRUCTURE, GROVE_MASK_COMPLEMENT, GROVE_REPLACE))
      }
      if frontier.entryCount == 0 { break }
      // hop⟨frontier⟩ = k
      try graphBLAS("reach", level, frontier) {
        GrB_Vector_assign_INT32(
          level.pointer, frontier.pointer, nil, Int32(clamping: hop + 1), grove_all(), GrB_Index(rowCount),
          graphBLASDescriptor(GROVE_MASK_STRUCTURE))
      }
    }
    var count = GrB_Index(level.entryCount)
    var nodes = [GrB_Index](repeating: 0, count: Int(count))
    var numbers = [Int32](repeating: 0, count: Int(count))
    // (nodes, hops) = entries of hop
    try graphBLAS("reach", level) { GrB_Vector_extractTuples_INT32(&nodes, &numbers, &count, level.pointer) }
    let order = nodes.indices.sorted { nodes[$0] < nodes[$1] }
    return Reach(nodes: order.map { Int32(nodes[$0]) }, hops: order.map { numbers[$0] })
  }
}
