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
    Workers.mapChunks(of: count, atLeast: grain) { chunk in
      var own = scratch()
      return chunk.flatMap { make($0, &own) }
    }.flatMap { $0 }
  }
}
