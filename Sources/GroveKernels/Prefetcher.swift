import Foundation

/// Elements made ahead on background threads while the caller works on earlier ones, and taken in order.
///
/// At most `capacity` elements are being made or wait to be taken. `forEachChunk` runs inline on those threads, so the
/// pool stays with the caller. They end after the last element, after an error, and after `cancel` or the release of the
/// prefetcher, in these cases once the elements that they are at are made.
public final class Prefetcher<Element: Sendable>: Sendable {
  private let queue: Queue

  /// Starts to make elements 0, 1, … below `count`.
  ///
  /// - Parameters:
  ///   - capacity: elements ahead at most.
  ///   - threads: how many elements are made at the same time, at most `capacity`.
  ///   - make: what gives an element by its number; an error ends the sequence and is thrown by `next`.
  /// - Precondition: `count` is not negative, `capacity` and `threads` are above 0.
  public init(
    count: Int, capacity: Int = 2, threads: Int = 1, make: @escaping @Sendable (Int) throws -> Element
  ) {
    precondition(
      count >= 0 && capacity >= 1 && threads >= 1,
      "Prefetcher: \(count) elements, \(capacity) ahead, \(threads) threads")
    let queue = Queue(count: count, capacity: capacity)
    self.queue = queue
    for _ in 0..<min(threads, capacity, max(1, count)) { Workers.startThread { queue.fill(make) } }
  }

  deinit { queue.cancel() }

  /// The next element in order, once it is made; nil after the last one and after `cancel`.
  ///
  /// - Throws: what making it threw; nil follows.
  public func next() throws -> Element? { try queue.take() }

  /// Ends the sequence: what was made ahead is dropped, and nothing more is made.
  public func cancel() { queue.cancel() }

  /// What the threads share; the background ones hold this and not the prefetcher, whose release they must notice.
  private final class Queue: @unchecked Sendable {
    // Sendable because everything below is read and written with the condition locked.
    private let changed = NSCondition()
    private let capacity: Int
    /// Number of elements: all, or those up to the first error, or those taken before a cancellation.
    private var end: Int
    private var nextToMake = 0
    private var nextToTake = 0
    private var made: [Int: Result<Element, any Error>] = [:]

    init(count: Int, capacity: Int) {
      end = count
      self.capacity = capacity
    }

    func fill(_ make: (Int) throws -> Element) {
      while let number = claim() {
        let element = Result { try make(number) }
        changed.withLock {
          guard number < end else { return }
          made[number] = element
          if case .failure = element { end = number + 1 }
        }
        changed.broadcast()
      }
    }

    /// The number of an element to make, once there is room for it; nil where none is left.
    private func claim() -> Int? {
      changed.withLock {
        while nextToMake < end && nextToMake >= nextToTake + capacity { changed.wait() }
        guard nextToMake < end else { return nil }
        nextToMake += 1
        return nextToMake - 1
      }
    }

    func take() throws -> Element? {
      let element: Result<Element, any Error>? = changed.withLock {
        while nextToTake < end && made[nextToTake] == nil { changed.wait() }
        guard nextToTake < end else { return nil }
        nextToTake += 1
        return made.removeValue(forKey: nextToTake - 1)
      }
      changed.broadcast()
      return try element?.get()
    }

    func cancel() {
      changed.withLock {
        end = nextToTake
        made = [:]
      }
      changed.broadcast()
    }
  }
}
