import Foundation
import GroveKernels

/// Rings around an anchor and what lies beyond them, each with a share that current scores give it.
///
///     share of a region ∝ exp(β · mean score of up to n of its nodes)
///
/// Shares are made anew in each epoch.
public final class RegionCandidates: CandidatePool {
  private let rings: [HopLists]
  private let within: HopLists
  private let sharpness: Double
  private let samples: Int
  private let filter: NegativeFilter
  private let random: RandomStream
  private let kept: Guarded<[Kept?]>

  private struct Kept {
    let regions: [ListedCandidates]
    let shares: [Double]
    let epoch: Int
  }

  /// Regions of the anchors of a setting.
  ///
  /// - Parameter rings: steps to each ring, rising.
  init(rings: [Int], sharpness: Double, samples: Int, setting: NegativeSetting) {
    func lists(_ range: ClosedRange<Int>) -> HopLists {
      HopLists(.distance(range), on: setting.hops, filter: setting.filter, random: setting.random)
    }
    self.rings = rings.map { lists($0...$0) }
    within = lists(1...max(1, rings.last ?? 1))
    (self.sharpness, self.samples, filter, random) = (sharpness, samples, setting.filter, setting.random)
    kept = Guarded(Array(repeating: nil, count: setting.filter.anchorCount))
  }

  /// The regions by their shares of this epoch.
  ///
  /// - Complexity: O(1); once an epoch O(C) and the scores.
  public func members(of row: Int, in request: NegativeRequest) throws(NegativeFailure) -> PoolMembers {
    let anchor = request.anchors[row]
    let epoch = request.progress.epoch
    if let known = kept.withLock({ $0[Int(anchor)] }), known.epoch == epoch { return RegionCandidates.mixture(known) }
    guard let scorer = request.scorer else { throw .noScorer(sampler: "adasim") }
    let regions = kept.withLock { $0[Int(anchor)]?.regions } ?? self.regions(of: anchor)
    var generator = random.substream(epoch).generator(row: Int(anchor))
    var means: [Double] = []
    for region in regions {
      let some =
        region.ids.count <= samples
        ? Array(region.ids) : (0..<samples).map { _ in region.draw(using: &generator) }
      let scores = scorer.scores(of: anchor, with: some)
      if let place = scores.firstIndex(where: \.isNaN) { throw .notANumber(anchor: anchor, candidate: some[place]) }
      means.append(scores.reduce(0.0) { $0 + Double($1) } / Double(max(1, some.count)))
    }
    let most = means.max() ?? 0
    let made = Kept(regions: regions, shares: means.map { exp(sharpness * ($0 - most)) }, epoch: epoch)
    kept.withLock { $0[Int(anchor)] = made }
    return RegionCandidates.mixture(made)
  }

  private static func mixture(_ kept: Kept) -> PoolMembers {
    .mixture(zip(kept.shares, kept.regions).map { (share: $0, members: .listed($1)) })
  }

  /// The rings and what lies beyond, without empty ones.
  private func regions(of anchor: Int32) -> [ListedCandidates] {
    let near = Set(within[anchor].ids)
    let beyond = filter.allowed(for: anchor).filter { !near.contains($0) }
    return (rings.map { $0[anchor] } + [ListedCandidates(beyond)]).filter { !$0.ids.isEmpty }
  }
}
