import GroveKernels

extension Workers {
  /// What `body` makes of each chunk of 0..<count, in the order of the chunks: the same for any number of threads.
  ///
  /// - Complexity: that of `body` on all chunks, on all threads.
  static func mapChunks<Part: Sendable>(
    of count: Int, atLeast grain: Int, _ body: @Sendable (Range<Int>) -> Part
  ) -> [Part] {
    let made = Guarded([Part?](repeating: nil, count: (count + grain - 1) / grain))
    forEachChunk(of: count, atLeast: grain) { range in
      let part = body(range)
      made.withLock { $0[range.lowerBound / grain] = part }
    }
    return made.withLock { $0.compactMap { $0 } }
  }
}
