import GroveKernels

/// The numbers 0..<count without some, to draw from without ever drawing in vain.
///
/// Letters: X numbers left out, K drawn.
struct ComplementDraw {
  private let excluded: ArraySlice<Int32>
  /// How many numbers there are to draw.
  let candidateCount: Int

  /// - Parameter excluded: what is left out, rising, each once, in 0..<count.
  init(count: Int, excluding excluded: ArraySlice<Int32>) {
    self.excluded = excluded
    candidateCount = count - excluded.count
  }

  /// The candidate that has so many candidates below it.
  ///
  /// - Complexity: O(log X).
  subscript(rank: Int) -> Int32 {
    Kernels.candidate(atRank: rank, outside: excluded)
  }

  /// K different candidates, each set of K as likely as any other, in random order.
  ///
  /// - Precondition: `count <= candidateCount`.
  /// - Complexity: O(K log X).
  /// - Source: Floyd's draw (Bentley, Floyd 1987), shuffled.
  func draw(_ count: Int, using generator: inout RandomGenerator) -> [Int32] {
    precondition(count <= candidateCount, "draw: \(count) of \(candidateCount) candidates")
    var ranks: [Int] = []
    ranks.reserveCapacity(count)
    var taken = Set<Int>(minimumCapacity: count)
    for last in candidateCount - count..<candidateCount {
      let wanted = generator.next(below: last + 1)
      let rank = taken.insert(wanted).inserted ? wanted : last
      if rank == last { taken.insert(last) }
      ranks.append(rank)
    }
    return generator.shuffled(ranks).map { self[$0] }
  }
}
