public import GroveKernels
public import GroveTensors

/// Negatives mixed with the positive, the hardest after each hop (MixGCF).
///
///     h'[m, l] = β[m, l] · h⁺[l] + (1 − β[m, l]) · h[m, l],   β ~ U(0, 1)
///     m[l] = argmax over m of v · h'[m, l]
///     negative = pool over l of h'[m[l], l]
///
/// v is the pooled anchor, or the anchor after hop l where the hops are concatenated. The gradient flows through the mixed
/// vectors into positive and candidates; the choice is a number. What is made has no id: filters must have seen its
/// candidates.
///
/// Letters: B anchors, M candidates of each, H hops (embeddings before the first convolution included), D width.
///
/// - Source: Huang, Dong, Ding, Yang, Feng, Wang, Tang 2021. Its published code draws one β for a positive and a
///   hop and not one for each candidate: `sharesCoefficients`.
public struct PositiveMixing: Sendable, Equatable {
  /// How hops become one.
  public var pooling: HopPooling
  /// Whether all candidates of an anchor are mixed with one β in a hop, as in the published code.
  public var sharesCoefficients: Bool

  /// Mixing as in the paper, or as in its code.
  public init(pooling: HopPooling = .mean, sharesCoefficients: Bool = false) {
    (self.pooling, self.sharesCoefficients) = (pooling, sharesCoefficients)
  }

  /// One negative for each anchor.
  ///
  /// - Parameters:
  ///   - candidates: those of anchor b are rows b · M ..< (b + 1) · M.
  ///   - random: β of candidate row r and hop l is its number (r, l), or that of (b, l) where shared.
  /// - Shape: anchors and positives H of [B, D], candidates H of [B · M, D].
  /// - Precondition: as many hops and columns of all, and as many candidates of each anchor, at least one.
  /// - Complexity: O(B · M · H · D).
  public func callAsFunction(
    anchors: [Tensor], positives: [Tensor], candidates: [Tensor], using random: RandomStream
  ) -> SynthesizedNegatives {
    let count = CandidateChoice.count(
      anchors: anchors, positives: positives, candidates: candidates, "PositiveMixing")
    let whole = pooling == .concatenation ? nil : Pass.withoutRecording { pooling(anchors.map { $0.detached() }) }
    var choices: [[Int32]] = []
    var hops: [Tensor] = []
    for hop in anchors.indices {
      let anchor = whole ?? anchors[hop].detached()
      let positiveScores = positives[hop].detached().rowDot(anchor).values
      var scores = CandidateChoice.scores(candidates[hop], with: anchor, count: count)
      func coefficient(_ row: Int) -> Float {
        random.uniform(row: sharesCoefficients ? row / count : row, column: hop)
      }
      for row in scores.indices {
        let share = coefficient(row)
        scores[row] = share * positiveScores[row / count] + (1 - share) * scores[row]
      }
      let chosen = CandidateChoice.largest(scores, count: count)
      let rows = CandidateChoice.rows(chosen, count: count)
      let shares = rows.map { coefficient(Int($0)) }
      hops.append(
        positives[hop].scalingRows(by: Tensor(shares, rows: shares.count, columns: 1))
          + candidates[hop].gathering(rows: rows)
          .scalingRows(by: Tensor(shares.map { 1 - $0 }, rows: shares.count, columns: 1)))
      choices.append(chosen)
    }
    return SynthesizedNegatives(hops: hops, pooled: pooling(hops), choices: choices)
  }
}
