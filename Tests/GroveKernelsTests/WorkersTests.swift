import Foundation
import GroveKernels
import TestSupport
import Testing

/// The worker pool: every index once, whoever calls and however often.
@Suite("Workers")
struct WorkersTests {
  /// How often each index was visited, and by which threads.
  private final class Visits: Sendable {
    private let counts: Guarded<[Int]>
    private let threads = Guarded<Set<UInt>>([])

    init(_ count: Int) { counts = Guarded([Int](repeating: 0, count: count)) }

    func add(_ range: Range<Int>) {
      counts.withLock { for index in range { $0[index] += 1 } }
      threads.withLock { _ = $0.insert(UInt(pthread_self())) }
    }

    var eachOnce: Bool { counts.withLock { $0.allSatisfy { $0 == 1 } } }
    var threadCount: Int { threads.withLock { $0.count } }
  }

  @Test("Every index is visited exactly once", arguments: [0, 1, 2, 7, 64, 100_000], [1, 2, 3, 64, 1000, 200_000])
  func everyIndexOnce(count: Int, grain: Int) {
    ThreadCounts.forEach([1, 2, 3, 8]) { threads in
      let visits = Visits(count)
      Workers.forEachChunk(of: count, atLeast: grain) { visits.add($0) }
      #expect(visits.eachOnce, "\(threads) threads")
    }
  }

  @Test("Blocks depend on count and grain only", arguments: [1, 2, 3, 8])
  func blocksAreFixed(threads: Int) {
    ThreadCounts.forEach([threads]) { _ in
      let seen = Guarded<Set<Range<Int>>>([])
      Workers.forEachChunk(of: 1000, atLeast: 64) { range in seen.withLock { _ = $0.insert(range) } }
      #expect(seen.withLock { $0 } == Set(stride(from: 0, to: 1000, by: 64).map { $0..<min($0 + 64, 1000) }))
    }
  }

  @Test("A grain below one counts as one")
  func grainBelowOne() {
    let visits = Visits(5)
    Workers.forEachChunk(of: 5, atLeast: 0) { visits.add($0) }
    #expect(visits.eachOnce)
  }

  @Test("A call inside a block runs inline and visits every index once")
  func nestedCalls() {
    ThreadCounts.forEach([1, 2, 8]) { threads in
      let visits = Visits(64 * 50)
      Workers.forEachChunk(of: 64, atLeast: 1) { outer in
        for block in outer {
          Workers.forEachChunk(of: 50, atLeast: 7) { inner in
            visits.add(block * 50 + inner.lowerBound..<block * 50 + inner.upperBound)
          }
        }
      }
      #expect(visits.eachOnce, "\(threads) threads")
    }
  }

  @Test("Calls from several threads at once each visit every index once")
  func callsFromSeveralThreads() async {
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask {
          (0..<200).allSatisfy { round in
            let visits = Visits(300 + round)
            Workers.forEachChunk(of: 300 + round, atLeast: 10) { visits.add($0) }
            return visits.eachOnce
          }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  @Test("Several threads take part")
  func severalThreadsTakePart() {
    ThreadCounts.forEach([2]) { _ in
      // Another suite may hold the pool for a moment: the work then runs inline.
      var threads = 0
      for _ in 0..<400 where threads < 2 {
        let visits = Visits(40)
        Workers.forEachChunk(of: 40, atLeast: 1) { range in
          visits.add(range)
          usleep(100)
        }
        threads = visits.threadCount
      }
      #expect(threads == 2)
    }
  }

  @Test("Twenty thousand tiny jobs all finish, whatever the number of threads")
  func tinyJobs() {
    ThreadCounts.forEach([1, 2, 3, 8]) { threads in
      let total = Guarded(0)
      for _ in 0..<20_000 / 4 {
        Workers.forEachChunk(of: 5, atLeast: 1) { range in total.withLock { $0 += range.count } }
      }
      #expect(total.withLock { $0 } == 25_000, "\(threads) threads")
    }
  }

  @Test("The number of threads can change between jobs, and is what was asked for")
  func threadCountChanges() {
    ThreadCounts.forEach([1, 3, 2, 8, 1, 2]) { threads in
      #expect(Workers.threadCount == threads)
      for _ in 0..<20 {
        let visits = Visits(100)
        Workers.forEachChunk(of: 100, atLeast: 3) { visits.add($0) }
        #expect(visits.eachOnce)
      }
    }
  }

  @Test("No threads at all is a caller's mistake")
  func noThreads() async {
    await #expect(processExitsWith: .failure) { Workers.setThreadCount(0) }
  }
}
