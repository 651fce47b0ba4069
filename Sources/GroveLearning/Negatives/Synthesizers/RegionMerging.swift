import Foundation
public import GroveKernels
public import GroveTensors

/// One negative merged from the hardest of the intermediate region and the likeliest of what was shown and passed over
/// (RecNS).
///
///     assisted:  m = argmax over the region of α[m] · (v · h[m]) + (1 − α[m]) · (h⁺ · h[m]),  α ~ U(0, 1)
///     exposed:   e = argmax over the exposed of boost[e] · σ(v · h[e])
///     negative = (1 − w) · h[m] + w · h[e],  w = 1 / K
///
/// An anchor without exposures gets h[m]. The gradient flows into both; the choices are numbers.
///
/// Letters: B anchors, M candidates of each, D width.
///
/// - Source: Yang, Ding, Zou, Tang, Xu, Zhou, Yang 2022, and its published code. Differs: the hardest of the
///   region and not K draws by their sigmoid, of which the code merges the first into all; K remains as the exposed share.
public struct RegionMerging: Sendable, Equatable {
  /// K.
  public var negativeCount: Int

  /// Merging with the paper's number.
  ///
  /// - Precondition: K is at least 1.
  public init(negativeCount: Int = 15) {
    precondition(negativeCount >= 1, "RegionMerging: \(negativeCount) negatives")
    self.negativeCount = negativeCount
  }

  /// m of each anchor: the number of its candidate in the region. [B]
  ///
  /// - Parameters:
  ///   - candidates: those of anchor b are rows b · M ..< (b + 1) · M.
  ///   - random: α of candidate row r is its number (r, 0).
  /// - Shape: anchors and positives [B, D], candidates [B · M, D].
  /// - Precondition: equal widths, and as many candidates of each anchor, at least one.
  /// - Complexity: O(B · M · D).
  public func assistedChoices(
    anchors: Tensor, positives: Tensor, candidates: Tensor, using random: RandomStream
  ) -> [Int32] {
    let count = CandidateChoice.count(
      anchors: [anchors], positives: [positives], candidates: [candidates], "RegionMerging")
    let own = CandidateChoice.scores(candidates, with: anchors, count: count)
    let like = CandidateChoice.scores(candidates, with: positives, count: count)
    let scores = own.indices.map { row in
      let share = random.uniform(row: row, column: 0)
      return share * own[row] + (1 - share) * like[row]
    }
    return CandidateChoice.largest(scores, count: count)
  }

  /// e of each anchor: the number of its exposed candidate; −1 where it has none. [B]
  ///
  /// - Parameters:
  ///   - boosts: above 0, such as 1 + the number of the anchor's neighbors that took the candidate; 1 where nil. [B · M]
  ///   - isValid: false for rows that only fill up. [B · M]
  /// - Shape: anchors [B, D], candidates [B · M, D].
  /// - Precondition: equal widths, as many candidates of each anchor, and a number for each.
  /// - Complexity: O(B · M · D).
  public func exposedChoices(
    anchors: Tensor, candidates: Tensor, boosts: [Float]? = nil, isValid: [Bool]? = nil
  ) -> [Int32] {
    let count = CandidateChoice.count(
      anchors: [anchors], positives: [anchors], candidates: [candidates], "RegionMerging")
    precondition(
      (boosts == nil || boosts!.count == candidates.rows) && (isValid == nil || isValid!.count == candidates.rows),
      "RegionMerging: \(boosts?.count ?? 0) boosts and a mask of \(isValid?.count ?? 0) for \(candidates.rows) candidates"
    )
    var scores = CandidateChoice.scores(candidates, with: anchors, count: count)
    for row in scores.indices {
      scores[row] = (boosts?[row] ?? 1) * Float(LogSpace.sigmoid(Double(scores[row])))
    }
    let chosen = CandidateChoice.largest(scores, count: count, isValid: isValid)
    guard let isValid else { return chosen }
    return chosen.indices.map { isValid[$0 * count..<($0 + 1) * count].contains(true) ? chosen[$0] : -1 }
  }

  /// The merged negative of each anchor, recorded for the backward pass.
  ///
  /// - Parameters:
  ///   - assisted: h[m] of each anchor.
  ///   - exposed: h[e] of each, anything where it has none.
  ///   - hasExposed: whether an anchor has one; nil for all.
  /// - Shape: [B, D] each → [B, D].
  /// - Precondition: equal shapes.
  /// - Complexity: O(B · D).
  public func merged(assisted: Tensor, exposed: Tensor, hasExposed: [Bool]? = nil) -> Tensor {
    precondition(assisted.shape == exposed.shape, "RegionMerging: \(assisted.shape) and \(exposed.shape)")
    precondition(
      hasExposed == nil || hasExposed!.count == assisted.rows,
      "RegionMerging: a mask of \(hasExposed?.count ?? 0) for \(assisted.rows) anchors")
    let share = 1 / Float(negativeCount)
    guard let hasExposed else { return .blending(1 - share, assisted, share, exposed) }
    let shares = hasExposed.map { $0 ? share : 0 }
    return assisted.scalingRows(by: Tensor(shares.map { 1 - $0 }, rows: shares.count, columns: 1))
      + exposed.scalingRows(by: Tensor(shares, rows: shares.count, columns: 1))
  }
}
