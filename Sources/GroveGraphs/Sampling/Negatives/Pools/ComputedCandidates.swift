import GroveKernels

/// A list for each anchor that is made when it is first asked for, and kept.
public final class ComputedCandidates: CandidatePool {
  private let make: @Sendable (Int32) -> ListedCandidates
  private let kept: Guarded<[ListedCandidates?]>

  /// A pool of lists that `make` gives: without what the sampler's filter excludes.
  public init(anchorCount: Int, _ make: @escaping @Sendable (Int32) -> ListedCandidates) {
    self.make = make
    kept = Guarded(Array(repeating: nil, count: anchorCount))
  }

  /// The anchor's list.
  public func members(of row: Int, in request: NegativeRequest) -> PoolMembers {
    let anchor = request.anchors[row]
    if let known = kept.withLock({ $0[Int(anchor)] }) { return .listed(known) }
    // Two threads may make the same list at once: it is the same list.
    let made = make(anchor)
    kept.withLock { $0[Int(anchor)] = made }
    return .listed(made)
  }
}
