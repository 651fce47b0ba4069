import Foundation

/// Where positives stand among their negatives, and the metrics that follow from it.
///
///     rank = 1 + how many negatives score as high or higher
///
/// A positive that ties with negatives ranks below them, so that a model that scores all alike is last and not first. Where
/// several positives share their negatives (the full ranking of an anchor), none counts against another in `ranks`; the
/// metrics of the anchor's list count all of them.
///
/// Letters: P positives, A anchors, k a cut-off, r the rank of a positive, p the place of a positive in its anchor's list.
public struct LinkRanks: Sendable, Equatable {
  /// Where the positives of each anchor begin. [A + 1]
  public let offsets: [Int]
  /// The rank of each positive, rising within an anchor. [P]
  public let ranks: [Int]

  /// - Precondition: offsets run from 0 to the number of ranks and never fall; ranks are 1 or more and rise within an anchor.
  init(offsets: [Int], ranks: [Int]) {
    precondition(
      offsets.first == 0 && offsets.last == ranks.count,
      "LinkRanks: offsets from \(offsets.first ?? -1) to \(offsets.last ?? -1) for \(ranks.count) ranks")
    self.offsets = offsets
    self.ranks = ranks
  }

  /// Ranks of positives with a list of negatives each.
  ///
  /// - Parameters:
  ///   - positives: scores. [P]
  ///   - negatives: scores, the negatives of the first positive first. [P × K]
  ///   - perPositive: K.
  /// - Throws: `LinkScoreFailure.notANumber`.
  /// - Precondition: K is 1 or more; P × K negatives.
  /// - Complexity: O(P · K).
  public init(positives: [Float], negatives: [Float], perPositive: Int) throws(LinkScoreFailure) {
    precondition(
      perPositive > 0 && negatives.count == positives.count * perPositive,
      "LinkRanks: \(negatives.count) negatives, \(perPositive) for each of \(positives.count) positives")
    try LinkScoreFailure.check(positives, "positives")
    try LinkScoreFailure.check(negatives, "negatives")
    let ranks = positives.enumerated().map { row, score in
      1 + negatives[row * perPositive..<(row + 1) * perPositive].count { $0 >= score }
    }
    self.init(offsets: Array(0...positives.count), ranks: ranks)
  }

  /// Ranks of positives that share one list of negatives.
  ///
  /// Then `hits(at: k)` is the share of positives that score above the k-th best negative, and 1 where there are fewer than
  /// k.
  ///
  /// - Throws: `LinkScoreFailure.notANumber`.
  /// - Complexity: O(n log n).
  /// - Source: Hu et al. 2020 (Open Graph Benchmark), Hits@K of ogbl-ppa, ogbl-collab and ogbl-ddi.
  public init(positives: [Float], sharedNegatives negatives: [Float]) throws(LinkScoreFailure) {
    try LinkScoreFailure.check(positives, "positives")
    try LinkScoreFailure.check(negatives, "negatives")
    let sorted = negatives.sorted()
    let ranks = positives.map { score in
      var (low, high) = (0, sorted.count)
      while low < high {
        let middle = (low + high) / 2
        if sorted[middle] < score { low = middle + 1 } else { high = middle }
      }
      return 1 + sorted.count - low
    }
    self.init(offsets: Array(0...positives.count), ranks: ranks)
  }

  /// P.
  public var positiveCount: Int { ranks.count }
  /// How many anchors have a positive.
  public var anchorCount: Int { anchors.count }

  private var anchors: [Range<Int>] { zip(offsets, offsets.dropFirst()).map { $0..<$1 }.filter { !$0.isEmpty } }

  // MARK: - Metrics of positives

  /// Mean of 1 / r over positives; nil without any.
  ///
  /// - Complexity: O(P).
  public var meanReciprocalRank: Double? {
    ranks.isEmpty ? nil : ranks.reduce(0) { $0 + 1 / Double($1) } / Double(ranks.count)
  }

  /// Share of positives with r ≤ k; nil without any.
  ///
  /// - Precondition: k is 1 or more.
  /// - Complexity: O(P).
  public func hits(at k: Int) -> Double? {
    check(k, "hits")
    return ranks.isEmpty ? nil : Double(ranks.count { $0 <= k }) / Double(ranks.count)
  }

  // MARK: - Metrics of anchors' lists

  /// Mean over anchors of the share of positives among the first k of the list; nil without any.
  ///
  ///     |{p ≤ k}| / number of positives
  ///
  /// - Precondition: k is 1 or more.
  /// - Complexity: O(P).
  public func recall(at k: Int) -> Double? {
    check(k, "recall")
    return mean { Double(found($0, k)) / Double($0.count) }
  }

  /// Mean over anchors of the share of the first k of the list that are positives; nil without any.
  ///
  ///     |{p ≤ k}| / k
  ///
  /// - Precondition: k is 1 or more.
  /// - Complexity: O(P).
  public func precision(at k: Int) -> Double? {
    check(k, "precision")
    return mean { Double(found($0, k)) / Double(k) }
  }

  /// Mean over anchors of the discounted gain of the first k of the list, over that of the best list; nil without any.
  ///
  ///     Σ over p ≤ k of 1 / log₂(p + 1)   /   Σ over i in 1 … min(k, number of positives) of 1 / log₂(i + 1)
  ///
  /// - Precondition: k is 1 or more.
  /// - Complexity: O(P).
  /// - Source: Järvelin, Kekäläinen 2002, with gains of 0 and 1.
  public func ndcg(at k: Int) -> Double? {
    check(k, "ndcg")
    return mean { anchor in
      let best = (1...min(k, anchor.count)).reduce(0) { $0 + 1 / log2(Double($1 + 1)) }
      return anchor.reduce(0) { $0 + (place($1, anchor) <= k ? 1 / log2(Double(place($1, anchor) + 1)) : 0) } / best
    }
  }

  /// Mean over anchors of 1 / p of the first positive, 0 where it is not among the first k of the list; nil without any.
  ///
  /// - Precondition: k is 1 or more.
  /// - Complexity: O(A).
  public func meanReciprocalRank(at k: Int) -> Double? {
    check(k, "meanReciprocalRank")
    return mean { ranks[$0.lowerBound] <= k ? 1 / Double(ranks[$0.lowerBound]) : 0 }
  }

  /// Place in the anchor's list: the positives before it stand there too.
  private func place(_ positive: Int, _ anchor: Range<Int>) -> Int { ranks[positive] + positive - anchor.lowerBound }

  private func found(_ anchor: Range<Int>, _ k: Int) -> Int { anchor.count { place($0, anchor) <= k } }

  private func mean(_ value: (Range<Int>) -> Double) -> Double? {
    let anchors = anchors
    return anchors.isEmpty ? nil : anchors.reduce(0) { $0 + value($1) } / Double(anchors.count)
  }

  private func check(_ k: Int, _ name: StaticString) {
    precondition(k >= 1, "\(name): cut-off \(k); 1 or more is needed")
  }
}
