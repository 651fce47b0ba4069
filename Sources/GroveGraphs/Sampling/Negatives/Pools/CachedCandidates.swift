import Foundation
public import GroveKernels

/// Some candidates of each anchor that scored high lately, renewed whenever the anchor is trained on: the memory pool as a
/// cache.
///
///     cache ← N₁ of cache ∪ (N₂ uniform ones), without repeats, by exp(s / τ)
///
/// A cache starts with N₁ candidates drawn alike. Where an anchor has fewer allowed candidates than N₁, it holds them all.
///
/// - Source: NSCaching (Zhang 2019), algorithm 2, keyed by anchor; SRNS (Ding 2020), whose memory is renewed the same way.
public final class CachedCandidates: CandidatePool {
  /// N₁.
  public let size: Int
  /// N₂.
  public let fresh: Int
  /// τ.
  public let temperature: Double
  /// Epochs between renewals of an anchor's cache; 0: at every step.
  public let laziness: Int
  /// How many epochs of scores the deviation of a candidate's score is taken over; 0: none is kept.
  public let history: Int
  private let filter: NegativeFilter
  private let random: RandomStream
  private let state = Guarded<[Int32: Entry]>([:])

  private struct Entry {
    var ids: [Int32]
    /// Scores of the last epochs, in the order of `ids`: at most `history` numbers each, and the epoch of the newest.
    var scores: [[Float]]
    var epoch: Int
    var renewals: Int
  }

  /// A pool whose caches are drawn when first asked for.
  ///
  /// - Precondition: N₁ at least 1, τ above 0.
  public init(
    size: Int, fresh: Int, temperature: Double = 1, laziness: Int = 0, history: Int = 0, filter: NegativeFilter,
    random: RandomStream
  ) {
    precondition(size >= 1 && fresh >= 0 && temperature > 0, "CachedCandidates: \(size) + \(fresh), τ \(temperature)")
    (self.size, self.fresh, self.temperature, self.laziness) = (size, fresh, temperature, laziness)
    (self.history, self.filter, self.random) = (history, filter, random)
  }

  /// The anchor's cache.
  public func members(of row: Int, in request: NegativeRequest) -> PoolMembers {
    let anchor = request.anchors[row]
    return .listed(ListedCandidates(state.withLock { entry(of: anchor, &$0).ids }))
  }

  /// The standard deviation of each cached candidate's score over the last epochs; 0 where it has fewer than two.
  func deviations(of candidates: [Int32], for anchor: Int32) -> [Double] {
    let entry = state.withLock { $0[anchor] }
    return candidates.map { id in
      guard let entry, let place = entry.ids.firstIndex(of: id), entry.scores[place].count > 1 else { return 0 }
      let scores = entry.scores[place].map(Double.init)
      let mean = scores.reduce(0, +) / Double(scores.count)
      return (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count)).squareRoot()
    }
  }

  private func entry(of anchor: Int32, _ entries: inout [Int32: Entry]) -> Entry {
    if let known = entries[anchor] { return known }
    var generator = random.substream(0).generator(row: Int(anchor))
    let made = Entry(ids: draw(size, besides: [], for: anchor, &generator), scores: [], epoch: -1, renewals: 0)
    entries[anchor] = Entry(ids: made.ids, scores: made.ids.map { _ in [] }, epoch: -1, renewals: 0)
    return entries[anchor]!
  }

  /// Up to `count` different allowed candidates that are not known yet, drawn alike.
  private func draw(
    _ count: Int, besides known: [Int32], for anchor: Int32, _ generator: inout RandomGenerator
  ) -> [Int32] {
    let left = filter.allowedCount(for: anchor)
    guard left > known.count + 2 * count else {
      return Array(generator.shuffled(filter.allowed(for: anchor).filter { !known.contains($0) }).prefix(count))
    }
    var ids: [Int32] = []
    while ids.count < count {
      let id = filter.allowedCandidate(atRank: generator.next(below: left), for: anchor)
      if !ids.contains(id) && !known.contains(id) { ids.append(id) }
    }
    return ids
  }

  /// Renews the caches of a step's anchors, each once.
  ///
  /// - Complexity: O((N₁ + N₂)) scores an anchor.
  public func observe(_ negatives: Negatives, of request: NegativeRequest) {
    guard let scorer = request.scorer else { return }
    var seen: Set<Int32> = []
    let anchors = request.anchors.filter { seen.insert($0).inserted }
    let entries = state.withLock { state in anchors.map { entry(of: $0, &state) } }
    let epoch = request.progress.epoch
    let renewed = Workers.mapChunks(of: anchors.count, atLeast: 16) { range in
      range.map { place in
        let isDue = laziness == 0 || entries[place].epoch < 0 || epoch >= entries[place].epoch + laziness
        return isDue ? self.renewed(entries[place], of: anchors[place], scorer, epoch) : entries[place]
      }
    }.flatMap { $0 }
    state.withLock { state in for (anchor, entry) in zip(anchors, renewed) { state[anchor] = entry } }
  }

  private func renewed(_ entry: Entry, of anchor: Int32, _ scorer: any NegativeScorer, _ epoch: Int) -> Entry {
    var generator = random.substream(1 + entry.renewals).generator(row: Int(anchor))
    let ids = entry.ids + draw(fresh, besides: entry.ids, for: anchor, &generator)
    let scores = scorer.scores(of: anchor, with: ids)
    // A score that is no number is reported where negatives are drawn; here it counts as the lowest.
    let logs = scores.map { $0.isNaN ? -Double.greatestFiniteMagnitude : Double($0) / temperature }
    let kept = ExponentialRace.first(min(size, ids.count), logWeights: logs, using: &generator).sorted()
    let isNewEpoch = epoch != entry.epoch
    return Entry(
      ids: kept.map { ids[$0] },
      scores: kept.map { place in
        guard history > 0 else { return [] }
        let past = place < entry.ids.count ? entry.scores[place] : []
        return Array(((isNewEpoch ? past : past.dropLast()) + [scores[place]]).suffix(history))
      },
      epoch: epoch, renewals: entry.renewals + 1)
  }
}

/// The score plus what it varied over the last epochs: a true hard negative varies, a false one stays high.
///
///     log g = s + α · min(1, epoch / T) · std(s of the last epochs)
///
/// - Source: SRNS (Ding 2020), eq. 6.
struct VariedScoreWeight: CandidateWeight {
  let memory: CachedCandidates
  /// α.
  let share: Double
  /// T.
  let warmUp: Int

  func logWeights(of candidates: [Int32], scores: [Float], in draw: NegativeDraw) -> [Double] {
    let factor = share * min(1, Double(draw.request.progress.epoch) / Double(max(1, warmUp)))
    let deviations = memory.deviations(of: candidates, for: draw.anchor)
    return zip(scores, deviations).map { Double($0) + factor * $1 }
  }
}
