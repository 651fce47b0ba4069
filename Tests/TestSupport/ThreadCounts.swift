import GroveKernels

/// Runs tests that change the number of worker threads one at a time, in all suites of the process.
public enum ThreadCounts {
  private static let turn = Guarded<Void>(())

  /// Calls `body` once with each number of threads, and puts the old number back.
  public static func forEach(_ counts: [Int], _ body: (Int) throws -> Void) rethrows {
    try turn.withLock { _ in
      let before = Workers.threadCount
      defer { Workers.setThreadCount(before) }
      for count in counts {
        Workers.setThreadCount(count)
        try body(count)
      }
    }
  }
}
