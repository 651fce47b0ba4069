import Foundation
import GroveKernels

/// Negatives that an anchor had before, drawn again the more often the larger their loss was.
///
///     P[i] = p[i] / Σ p,   p = (|loss| + ε)^α,   weight = (1 / (N · P[i]))^β / the largest such weight of the step
///
/// An anchor's memory starts full of uniform candidates. For each of its positives then some new ones take the place of the oldest,
/// and k are drawn. What is new has the largest priority so far.
///
/// Letters: B positives, k negatives for each, N triples in an anchor's memory.
///
/// - Source: Schaul, Quan, Antonoglou, Silver 2016 (prioritized replay), here for negatives. Differs: a memory for each anchor,
///   since a step's positives are given, where the paper replays whole transitions from one memory.
public final class PrioritizedSampler: NegativeSampler {
  /// Name in the catalogue.
  public let name: String
  /// What is never drawn.
  public let filter: NegativeFilter
  private let size: Int
  private let fresh: Double
  private let exponent: Double
  private let correction: @Sendable (_ epoch: Int) -> Double
  private let state = Guarded<State>(State())

  private struct State {
    var memories: [Int32: PrioritizedNegatives] = [:]
    /// Where each negative of the last step is stored. [B · k]
    var places: [Int] = []
  }

  /// A sampler with empty memories.
  ///
  /// - Parameters:
  ///   - size: the triples of an anchor.
  ///   - fresh: new candidates for each that is drawn.
  ///   - exponent: α.
  ///   - correction: β after some epochs.
  /// - Precondition: a memory holds at least one, and no less than none are new.
  public init(
    _ name: String, size: Int, fresh: Double, exponent: Double,
    correction: @escaping @Sendable (_ epoch: Int) -> Double,
    filter: NegativeFilter
  ) {
    precondition(size >= 1 && fresh >= 0, "PrioritizedSampler: memories of \(size), \(fresh) new ones for a draw")
    (self.name, self.size, self.fresh, self.exponent, self.filter) = (name, size, fresh, exponent, filter)
    self.correction = correction
  }

  /// None.
  public var needsScores: Bool { false }
  /// Yes.
  public var learnsFromLosses: Bool { true }

  /// New candidates into the memories, then draws from these.
  ///
  /// - Complexity: O(B · k · log(d · N)), memory for N triples of each anchor that was met.
  public func sample(for request: NegativeRequest) throws(NegativeFailure) -> Negatives {
    let (added, tally) = try newcomers(for: request)
    var result = Negatives(ids: [], count: request.count, tally: tally)
    let strength = correction(request.progress.epoch)
    var weights: [Double] = []
    state.withLock { state in
      for triple in added {
        state.memories[triple.anchor, default: PrioritizedNegatives(capacity: size, exponent: exponent)].insert(triple)
      }
      state.places = []
      guard request.count > 0 else { return }
      for (row, anchor) in request.anchors.enumerated() {
        guard let memory = state.memories[anchor] else { continue }
        let stream = request.random.substream(3).substream(row)
        for (place, weight) in memory.places(request.count, correction: strength, using: stream) {
          result.ids.append(memory[place].negative)
          state.places.append(place)
          weights.append(weight)
        }
      }
    }
    let most = weights.max() ?? 1
    result.weights = weights.map { Float($0 / most) }
    return result
  }

  /// What enters memories: all that those of new anchors hold, then what is new for each row.
  private func newcomers(
    for request: NegativeRequest
  ) throws(NegativeFailure) -> ([PrioritizedNegatives.Triple], DrawTally) {
    let uniform = ComposedSampler(name, pool: EveryCandidate(), filter: filter)
    var seen = Set<Int32>()
    let first = state.withLock { state in
      request.anchors.indices.filter {
        state.memories[request.anchors[$0]] == nil && seen.insert(request.anchors[$0]).inserted
      }
    }
    func draw(_ rows: [Int], _ count: Int, _ stream: Int) throws(NegativeFailure) -> Negatives {
      try uniform.sample(
        for: NegativeRequest(
          anchors: rows.map { request.anchors[$0] }, positives: rows.map { request.positives[$0] }, count: count,
          random: request.random.substream(stream)))
    }
    func triple(_ row: Int, _ id: Int32) -> PrioritizedNegatives.Triple {
      .init(anchor: request.anchors[row], positive: request.positives[row], negative: id)
    }
    let filling = try draw(first, size, 4)
    var added = filling.ids.enumerated().map { triple(first[$0.offset / size], $0.element) }
    let wanted = fresh * Double(request.count)
    let rest = try draw(Array(request.anchors.indices), Int(wanted.rounded(.up)), 5)
    for row in request.anchors.indices {
      // As many as wanted in the mean.
      let count = Int(wanted + Double(request.random.substream(6).uniform(row: row, column: 0)))
      added += rest[row].prefix(count).map { triple(row, $0) }
    }
    var tally = filling.tally
    tally.add(rest.tally)
    return (added, tally)
  }

  /// Gives what was drawn last the priorities of its losses.
  ///
  /// - Precondition: finite losses of the negatives that were drawn last.
  /// - Complexity: O(B · k · log N).
  public func learn(from losses: [Float], of negatives: Negatives, for request: NegativeRequest) {
    state.withLock { state in
      precondition(
        losses.count == state.places.count && negatives.ids.count == losses.count,
        "PrioritizedSampler: \(losses.count) losses of \(state.places.count) negatives")
      for place in losses.indices {
        state.memories[request.anchors[place / negatives.count]]?.update([state.places[place]], losses: [losses[place]])
      }
    }
  }

  /// None: chances depend on all losses that were learned from.
  public func law(of row: Int, in request: NegativeRequest) throws(NegativeFailure) -> CandidateLaw {
    throw .noExactLaw(sampler: name, why: "it draws by the losses of past steps")
  }
}
