import Foundation
import GroveLearning
import TestSupport
import Testing

/// Worked numbers of `specs/negative-sampling.md` 5.2, and what is one loss under two names (6.3).
@Suite("Worked examples of losses on negatives")
struct NegativeLossExampleTests {
  /// Shares of three candidates in a softmax of candidate 0 against `draws` negatives drawn from f, hits masked: the mean
  /// over all outcomes, each by its probability.
  private func expectedShares(draws: Int, corrected: Bool) -> [Double] {
    let f = [0.5, 0.3, 0.2]
    let scores: [Float] = [1, 0.5, -0.5]
    var outcomes: [[Int]] = [[]]
    for _ in 0..<draws { outcomes = outcomes.flatMap { head in (0..<3).map { head + [$0] } } }
    let drawn = outcomes.flatMap { $0 }
    let offsets = LogQ.offsets(
      expectedCounts: drawn.map { Float(LogQ.expectedCount(probability: f[$0], draws: draws)) })
    let loss = NegativeLoss(.sampledSoftmax()).rows(
      positives: outcomes.map { _ in scores[0] }, negatives: drawn.map { scores[$0] },
      terms: NegativeTerms(
        offsets: corrected ? offsets : drawn.map { _ in 0 }, isValid: drawn.map { $0 != 0 }))
    let count = Double(outcomes.count)
    var shares = [0.0, 0, 0]
    for (row, outcome) in outcomes.enumerated() {
      let probability = outcome.reduce(1) { $0 * f[$1] }
      shares[0] += probability * (1 + count * Double(loss.positives[row]))
      for (slot, id) in outcome.enumerated() {
        shares[id] += probability * count * Double(loss.negatives[row * draws + slot])
      }
    }
    return shares
  }

  @Test(
    "Example 6: with −log(n · f) the shares of a sampled softmax tend to those of the full one, without they do not",
    arguments: [
      (1, true, [0.6938, 0.2007, 0.1055]), (3, true, [0.5961, 0.2822, 0.1217]), (7, true, [0.5663, 0.3109, 0.1228]),
      (1, false, [0.8503, 0.1133, 0.0365]), (3, false, [0.6426, 0.2736, 0.0838]), (7, false, [0.4193, 0.4513, 0.1294]),
    ])
  func example6(draws: Int, corrected: Bool, wanted: [Double]) {
    for (share, wanted) in zip(expectedShares(draws: draws, corrected: corrected), wanted) {
      #expect(abs(share - wanted) <= 6e-5)
    }
  }

  @Test("Example 6: the offsets of the batch's own frequencies")
  func example6Offsets() {
    #expect(difference(LogQ.offsets(expectedCounts: [0.5, 0.3, 0.2]), [0.6931, 1.2040, 1.6094]) <= 5e-5)
  }

  @Test("Example 10: debiased and hard contrastive loss")
  func example10() {
    let (positives, negatives): ([Float], [Float]) = ([0.8], [0.6, 0.1, -0.2, 0.3])
    func value(_ kind: NegativeLoss.Kind) -> Double {
      Double(NegativeLoss(kind).rows(positives: positives, negatives: negatives).value)
    }
    #expect(abs(value(.infoNCE(temperature: 0.5)) - 0.883822) <= 1e-6)
    #expect(abs(value(.debiased(prior: 0.1, temperature: 0.5)) - 0.757754) <= 1e-6)
    #expect(abs(value(.hard(concentration: 1, prior: 0.1, temperature: 0.5)) - 0.968106) <= 1e-6)
    let z = negatives.map { Double($0) / 0.5 }
    for (beta, mean, estimate) in [(0.0, 1.758490, 1.403540), (1.0, 2.315118, 2.022017)] {
      let logMean = DebiasedMean.logTiltedMean(z, concentration: beta)
      #expect(abs(exp(logMean) - mean) <= 1e-6)
      let made = DebiasedMean(logMean: logMean, positive: 1.6, prior: 0.1, temperature: 0.5)
      #expect(abs(exp(made.logarithm) - estimate) <= 1e-6)
    }
  }

  @Test("Example 12: shares and gradient of InfoNCE")
  func example12() {
    let loss = NegativeLoss(.infoNCE(temperature: 0.1)).rows(positives: [0.9], negatives: [0.7, 0.2])
    #expect(abs(0.1 * loss.positives[0] + 0.119910) <= 1e-6)
    #expect(abs(0.1 * loss.negatives[0] - 0.119107) <= 1e-6)
    #expect(abs(0.1 * loss.negatives[1] - 0.000803) <= 1e-6)
    #expect(abs(exp(-Double(loss.value)) - 0.880090) <= 1e-6)
  }

  private let positives: [Float] = [0.4, -1.3, 2]
  private let negatives: [Float] = [0.1, 1.2, -0.7, 0.3, -2, 0.9]

  private func expectEqual(_ a: NegativeLossRows, _ b: NegativeLossRows, _ tolerance: Double = 1e-6) {
    #expect(difference(a.rows, b.rows) <= tolerance)
    #expect(difference(a.positives, b.positives) <= tolerance)
    #expect(difference(a.negatives, b.negatives) <= tolerance)
  }

  private func rows(_ kind: NegativeLoss.Kind, _ terms: NegativeTerms = NegativeTerms()) -> NegativeLossRows {
    NegativeLoss(kind).rows(positives: positives, negatives: negatives, terms: terms)
  }

  @Test("K-pair, InfoNCE at temperature 1 and sampled softmax without offsets are one loss")
  func softmaxFamily() {
    #expect(rows(.kPair) == rows(.infoNCE(temperature: 1)))
    #expect(rows(.kPair) == rows(.sampledSoftmax(), NegativeTerms(offsets: [0, 0, 0, 0, 0, 0])))
  }

  @Test("With one negative K-pair is BPR")
  func oneNegative() {
    let few: [Float] = [0.1, 1.2, -0.7]
    expectEqual(
      NegativeLoss(.kPair).rows(positives: positives, negatives: few),
      NegativeLoss(.bpr).rows(positives: positives, negatives: few))
  }

  @Test("HCL without concentration is DCL, and DCL without a prior InfoNCE")
  func debiasedFamily() {
    expectEqual(
      rows(.hard(concentration: 0, prior: 0.1, temperature: 0.5)), rows(.debiased(prior: 0.1, temperature: 0.5)))
    // With τ = .2 the floor e⁻⁵ is below the mean of any row here.
    expectEqual(rows(.debiased(prior: 0, temperature: 0.2)), rows(.infoNCE(temperature: 0.2)))
  }

  @Test(
    "NCE is NEG of shifted scores; pointwise with weights of 1 is NEG; self-adversarial without sharpness pointwise")
  func logisticFamily() {
    let shift: Float = 0.25
    let shifted = NegativeLoss(.skipGram).rows(
      positives: positives.map { $0 + shift }, negatives: negatives.map { $0 - shift })
    let nce = rows(
      .noiseContrastive,
      NegativeTerms(offsets: negatives.map { _ in -shift }, positiveOffsets: positives.map { _ in shift }))
    expectEqual(shifted, nce)
    #expect(rows(.pointwise, NegativeTerms(weights: negatives.map { _ in 1 })) == rows(.skipGram))
    expectEqual(rows(.selfAdversarial(margin: 0, sharpness: 0)), rows(.pointwise))
  }

  @Test("Self-adversarial weights given as weights are the same loss")
  func selfAdversarialWeights() {
    let weights = TiltedWeights.rows(negatives, columns: 2, sharpness: 0.8)
    expectEqual(
      rows(.selfAdversarial(margin: 0, sharpness: 0.8)), rows(.pointwise, NegativeTerms(weights: weights)))
  }

  @Test("WARP is hinge times the weight of the rank")
  func warp() {
    let weight = WARPWeight(candidateCount: 100).weight(afterDraws: 7)
    let hinge = NegativeLoss(.hinge(margin: 1)).rows(positives: positives, negatives: [0.1, 1.2, -0.7])
    let warp = NegativeLoss(.warp(margin: 1)).rows(
      positives: positives, negatives: [0.1, 1.2, -0.7], terms: NegativeTerms(weights: [weight, weight, weight]))
    #expect(difference(warp.rows, hinge.rows.map { weight * $0 }) <= 1e-6)
    #expect(difference(warp.negatives, hinge.negatives.map { weight * $0 }) <= 1e-6)
  }
}
