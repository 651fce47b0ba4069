import GroveKernels

/// Rows that all threads make, put together in order.
enum ChunkedRows {
  /// `make(0)`, `make(1)` … one after the other.
  ///
  /// - Parameters:
  ///   - grain: rows that share a scratch.
  ///   - scratch: what each block of rows begins with.
  static func gather<Scratch: Sendable>(
    _ count: Int, atLeast grain: Int, scratch: @autoclosure @Sendable () -> Scratch,
    _ make: @Sendable (Int, inout Scratch) -> [Int32]
  ) -> [Int32] {
    let parts = Guarded([[Int32]](repeating: [], count: (count + grain - 1) / grain))
    Workers.forEachChunk(of: count, atLeast: grain) { chunk in
      var own = scratch()
      var part: [Int32] = []
      for row in chunk { part += make(row, &own) }
      parts.withLock { $0[chunk.lowerBound / grain] = part }
    }
    return parts.withLock { $0.flatMap { $0 } }
  }
}
