import Dispatch

/// Elements made ahead on a background thread, in order, while the caller works on earlier ones.
///
/// At most `capacity` elements are being made or wait to be taken. `forEachChunk` runs inline on that thread, so the
/// pool stays with the caller. The thread ends after the last element, after an error, and after `cancel` or the
/// release of the prefetcher, in these cases once the element that it is at is made.
public final class Prefetcher<Element: Sendable>: Sendable {
  private let queue: Queue

  /// Starts to make elements 0, 1, … below `count`.
  ///
  /// - Parameter make: what gives an element by its number; an error ends the sequence and is thrown by `next`.
  /// - Precondition: `count` is not negative, `capacity` is above 0.
  public init(count: Int, capacity: Int = 2, make: @escaping @Sendable (Int) throws -> Element) {
    precondition(count >= 0 && capacity >= 1, "Prefetcher: \(count) elements, \(capacity) ahead")
    let queue = Queue(capacity: capacity)
    self.queue = queue
    Workers.startThread { queue.fill(count, make) }
  }

  deinit { queue.cancel() }

  /// The next element in order, once it is made; nil after the last one and after `cancel`.
  ///
  /// - Throws: what making it threw; nil follows.
  public func next() throws -> Element? { try queue.take() }

  /// Ends the sequence: what was made ahead is dropped, and nothing more is made.
  public func cancel() { queue.cancel() }

  /// What the two threads share; the background thread holds this and not the prefetcher, whose release it must notice.
  private final class Queue: Sendable {
    private struct State {
      var waiting: [Result<Element, any Error>] = []
      var isCancelled = false
    }
    private let state = Guarded(State())
    private let free = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)

    init(capacity: Int) {
      // Signalled rather than started with: a semaphore may not be released below its first value.
      for _ in 0..<capacity { free.signal() }
    }

    func fill(_ count: Int, _ make: (Int) throws -> Element) {
      for number in 0..<count {
        free.wait()
        if state.withLock(\.isCancelled) { break }
        let element = Result { try make(number) }
        state.withLock { if !$0.isCancelled { $0.waiting.append(element) } }
        filled.signal()
        if case .failure = element { break }
      }
      // One signal more than elements: the end.
      filled.signal()
    }

    func take() throws -> Element? {
      filled.wait()
      let element = state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
      guard let element else {
        // The end: the next call finds it as well.
        filled.signal()
        return nil
      }
      free.signal()
      return try element.get()
    }

    func cancel() {
      state.withLock {
        $0.isCancelled = true
        $0.waiting = []
      }
      free.signal()
      filled.signal()
    }
  }
}
