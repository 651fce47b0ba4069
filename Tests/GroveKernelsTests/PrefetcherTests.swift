import Foundation
import GroveKernels
import TestSupport
import Testing

/// Elements made ahead: all, in order, never too many, and an end whatever happens.
@Suite struct PrefetcherTests {
  private struct Broken: Error, Equatable { let number: Int }

  /// Whether something becomes true within some seconds.
  private func comesTrue(_ condition: () -> Bool) -> Bool {
    for _ in 0..<5000 {
      if condition() { return true }
      usleep(1000)
    }
    return false
  }

  @Test(arguments: [0, 1, 2, 7, 200], [1, 2, 5])
  func `every element comes once and in order, and then nil for ever`(count: Int, capacity: Int) throws {
    let prefetcher = Prefetcher(count: count, capacity: capacity) { $0 * $0 }
    var seen: [Int] = []
    while let element = try prefetcher.next() { seen.append(element) }
    #expect(seen == (0..<count).map { $0 * $0 })
    for _ in 0..<3 { #expect(try prefetcher.next() == nil) }
  }

  @Test func `an error is thrown in its place, and nothing is made after it`() throws {
    let made = Guarded<[Int]>([])
    let prefetcher = Prefetcher(count: 10) { number in
      made.withLock { $0.append(number) }
      if number == 3 { throw Broken(number: number) }
      return number
    }
    for number in 0..<3 { #expect(try prefetcher.next() == number) }
    #expect(throws: Broken(number: 3)) { _ = try prefetcher.next() }
    #expect(try prefetcher.next() == nil)
    #expect(made.withLock { $0 } == [0, 1, 2, 3])
  }

  @Test(arguments: [1, 2, 5], [2, 3, 8]) func `elements made side by side come once and in order`(
    capacity: Int, threads: Int
  ) throws {
    let prefetcher = Prefetcher(count: 300, capacity: capacity, threads: threads) { number in
      if number % 7 == 0 { usleep(300) }
      return number
    }
    var seen: [Int] = []
    while let element = try prefetcher.next() { seen.append(element) }
    #expect(seen == Array(0..<300))
    #expect(try prefetcher.next() == nil)
  }

  @Test func `the first of several errors is thrown in its place`() throws {
    for _ in 0..<50 {
      let prefetcher = Prefetcher(count: 20, capacity: 6, threads: 4) { number in
        // The later error comes first.
        if number == 3 { usleep(500) }
        if number == 3 || number == 5 { throw Broken(number: number) }
        return number
      }
      for number in 0..<3 { #expect(try prefetcher.next() == number) }
      #expect(throws: Broken(number: 3)) { _ = try prefetcher.next() }
      #expect(try prefetcher.next() == nil)
    }
  }

  @Test(arguments: [1, 2, 4]) func `no more than the capacity is made ahead`(capacity: Int) throws {
    let made = Guarded(0)
    let prefetcher = Prefetcher(count: 100, capacity: capacity) { number in
      made.withLock { $0 += 1 }
      return number
    }
    for taken in 0..<5 {
      #expect(comesTrue { made.withLock { $0 } == capacity + taken })
      usleep(20_000)
      #expect(made.withLock { $0 } == capacity + taken)
      #expect(try prefetcher.next() == taken)
    }
  }

  /// What only the maker of elements holds: gone once the background thread has ended.
  private final class Token: Sendable {}

  @Test(arguments: [false, true]) func `cancelling or letting go ends the thread`(letsGo: Bool) throws {
    weak var token: Token?
    let made = Guarded(0)
    do {
      let held = Token()
      token = held
      var prefetcher: Prefetcher<Int>? = Prefetcher(count: 1000) { [held] number in
        _ = held
        made.withLock { $0 += 1 }
        return number
      }
      #expect(try prefetcher?.next() == 0)
      if letsGo {
        prefetcher = nil
      } else {
        prefetcher?.cancel()
        #expect(try prefetcher?.next() == nil)
        #expect(try prefetcher?.next() == nil)
      }
    }
    #expect(comesTrue { token == nil })
    #expect(made.withLock { $0 } <= 3)
  }

  @Test func `chunks run inline on the background thread`() throws {
    try ThreadCounts.forEach([1, 4]) { _ in
      let prefetcher = Prefetcher(count: 3) { _ in
        let threads = Guarded<Set<UInt>>([])
        let visits = Guarded(0)
        Workers.forEachChunk(of: 4000, atLeast: 1) { range in
          threads.withLock { _ = $0.insert(UInt(pthread_self())) }
          visits.withLock { $0 += range.count }
        }
        return [threads.withLock { $0.count }, visits.withLock { $0 }]
      }
      while let counts = try prefetcher.next() { #expect(counts == [1, 4000]) }
    }
  }
}
