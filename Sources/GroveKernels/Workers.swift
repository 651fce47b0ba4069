import CKernels
import Foundation

/// The one pool of threads.
///
/// Blocks depend on `count` and `grain` only, never on the number of threads, so whatever a block computes is the same
/// on any machine setting.
public enum Workers {
  /// Threads that take blocks, the caller included.
  ///
  /// Default: one for each core.
  public static var threadCount: Int { Int(grove_pool_threads()) }

  /// Changes the number of threads.
  ///
  /// Waits for running work to end.
  public static func setThreadCount(_ count: Int) {
    precondition(count >= 1, "Workers: \(count) threads")
    grove_pool_set_threads(Int32(clamping: count))
  }

  /// Calls `body` for blocks of `grain` elements that together cover 0..<count, on all threads.
  ///
  /// Runs inline when called from inside a block or while another thread uses the pool.
  /// - Complexity: about a microsecond beyond the work itself.
  public static func forEachChunk(of count: Int, atLeast grain: Int, _ body: @Sendable (Range<Int>) -> Void) {
    run(count, grain, body)
  }

  /// What `body` makes of each chunk of 0..<count, in the order of the chunks: the same for any number of threads.
  ///
  /// - Complexity: that of `body` on all chunks, on all threads.
  public static func mapChunks<Part: Sendable>(
    of count: Int, atLeast grain: Int, _ body: @Sendable (Range<Int>) -> Part
  ) -> [Part] {
    let made = Guarded([Part?](repeating: nil, count: (count + grain - 1) / grain))
    forEachChunk(of: count, atLeast: grain) { range in
      let part = body(range)
      made.withLock { $0[range.lowerBound / grain] = part }
    }
    return made.withLock { $0.compactMap { $0 } }
  }

  /// Starts a thread of its own for `body`, on which `forEachChunk` runs inline: the pool stays with those who train.
  static func startThread(_ body: @escaping @Sendable () -> Void) {
    Thread.detachNewThread {
      grove_pool_stay_inline()
      body()
    }
  }

  /// As `forEachChunk`, for kernels whose blocks write disjoint ranges through pointers.
  static func run(_ count: Int, _ grain: Int, _ body: (Range<Int>) -> Void) {
    guard count > 0 else { return }
    withoutActuallyEscaping(body) { escapable in
      var task = Task(body: escapable)
      withUnsafeMutablePointer(to: &task) { pointer in
        grove_pool_run(
          Int64(count), Int64(grain),
          { context, begin, end in
            context!.assumingMemoryBound(to: Task.self).pointee.body(Int(begin)..<Int(end))
          }, pointer)
      }
    }
  }

  private struct Task { let body: (Range<Int>) -> Void }
}
