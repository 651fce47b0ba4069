/// Candidates of which a slower, better judge is sure that they are no positives, all alike.
///
///     any u of the pool with teacher(v, u) < threshold
///
/// - Source: RocketQA (Qu 2021), whose judge is a cross-encoder.
public struct TeacherChoice: NegativeChoice {
  /// The score from which a candidate may be a positive.
  public let threshold: Double

  /// A choice with its threshold.
  public init(threshold: Double) { self.threshold = threshold }

  /// The judge's alone.
  public var needsScores: Bool { false }

  private func sure(_ draw: NegativeDraw) throws(NegativeFailure) -> ListedCandidates {
    guard let teacher = draw.request.teacher else {
      throw .missing(sampler: draw.sampler, what: "a teacher, a second scorer that tells false negatives")
    }
    let (ids, chances) = draw.chances()
    let scores = teacher.scores(of: draw.anchor, with: ids)
    if let place = scores.firstIndex(where: \.isNaN) { throw .notANumber(anchor: draw.anchor, candidate: ids[place]) }
    let kept = ids.indices.filter { Double(scores[$0]) < threshold }
    guard !kept.isEmpty else { throw .noCandidates(anchor: draw.anchor, sampler: draw.sampler) }
    return ListedCandidates(kept.map { ids[$0] }, weights: kept.map { chances[$0] })
  }

  /// Draws by the pool's chances among those.
  ///
  /// - Complexity: O(n) scores of the judge, n the pool's size.
  public func choose(_ count: Int, in draw: inout NegativeDraw) throws(NegativeFailure) -> ChosenNegatives {
    let sure = try sure(draw)
    draw.tally.draws += count
    return ChosenNegatives((0..<count).map { _ in sure.draw(using: &draw.random) })
  }

  /// The pool's chances among those.
  public func law(of draw: NegativeDraw) throws(NegativeFailure) -> CandidateLaw {
    let sure = try sure(draw)
    return CandidateLaw(ids: Array(sure.ids), weights: sure.chances)
  }
}
