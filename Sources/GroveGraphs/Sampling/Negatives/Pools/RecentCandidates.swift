import GroveKernels

/// The positives of the last steps, oldest overwritten first: the memory pool as a queue.
///
/// Nodes are kept, not vectors: on a graph whose embeddings are at hand their current ones are better than what they were
/// when the node was queued.
///
/// - Source: MoCo (He 2020), XBM (Wang 2020) and CBNS (Wang 2021), whose queues hold vectors.
public final class RecentCandidates: CandidatePool {
  /// How many positives are kept.
  public let capacity: Int
  /// Steps before the queue is used; until then the batch itself is the pool.
  public let warmUp: Int
  private let queue = Guarded<(ids: [Int32], next: Int)>(([], 0))

  /// An empty queue.
  ///
  /// - Precondition: `capacity` is at least 1.
  public init(capacity: Int, warmUp: Int = 0) {
    precondition(capacity >= 1, "RecentCandidates: a capacity of \(capacity)")
    (self.capacity, self.warmUp) = (capacity, warmUp)
  }

  /// What is queued, and this step's own positives while that is nothing or the warm-up lasts.
  public func members(of row: Int, in request: NegativeRequest) -> PoolMembers {
    let ids = queue.withLock { $0.ids }
    return .shared(ids.isEmpty || request.progress.step < warmUp ? request.positives : ids)
  }

  /// Queues the positives of a step.
  ///
  /// - Complexity: O(B).
  public func observe(_ negatives: Negatives, of request: NegativeRequest) {
    queue.withLock { queue in
      for id in request.positives {
        if queue.ids.count < capacity {
          queue.ids.append(id)
        } else {
          queue.ids[queue.next] = id
          queue.next = (queue.next + 1) % capacity
        }
      }
    }
  }
}
