import Foundation
import GroveLearning
import TestSupport
import Testing

/// Losses over rows of scores: temperatures, offsets, weights, masks, threads.
@Suite("Losses on rows of negatives")
struct NegativeLossRowTests {
  /// Scores and all terms at random.
  private struct Example {
    let positives: [Float]
    let negatives: [Float]
    var terms: NegativeTerms
    let width: Int

    init(rows: Int, width: Int, seed: Int, bound: Float = 1.5) {
      var random = TestRandom(seed)
      self.width = width
      positives = random.floats(rows, bound: bound)
      negatives = random.floats(rows * width, bound: bound)
      terms = NegativeTerms(
        weights: negatives.map { _ in Float.random(in: 0.2...2, using: &random) },
        offsets: random.floats(rows * width), positiveOffsets: random.floats(rows),
        isValid: negatives.map { _ in Int.random(in: 0..<3, using: &random) > 0 })
    }

    /// Losses and gradients of the rows by the slow reference; the gradients are those of each row alone.
    func slow(_ kind: NegativeLoss.Kind) -> (rows: [Double], positives: [Double], negatives: [Double]) {
      var result: (rows: [Double], positives: [Double], negatives: [Double]) = ([], [], negatives.map { _ in 0 })
      for row in positives.indices {
        let places = (row * width..<(row + 1) * width).filter {
          terms.isValid?[$0] ?? true && terms.weights?[$0] ?? 1 > 0
        }
        let loss = SlowNegativeLoss(kind: kind, weights: terms.weights.map { w in places.map { Double(w[$0]) } })
        let tau = loss.temperature
        let p = Double(positives[row]) / tau + Double(terms.positiveOffsets?[row] ?? 0)
        let n = places.map { Double(negatives[$0]) / tau + Double(terms.offsets?[$0] ?? 0) }
        let gradients = loss.gradients(p, n)
        result.rows.append(loss.value(p, n, constants: n))
        result.positives.append(gradients.positive / tau)
        for (place, g) in zip(places, gradients.negatives) { result.negatives[place] = g / tau }
      }
      return result
    }
  }

  private func expectRows(_ kind: NegativeLoss.Kind, _ example: Example) {
    let count = Double(max(1, example.positives.count))
    let fast = NegativeLoss(kind).rows(
      positives: example.positives, negatives: example.negatives, terms: example.terms)
    let slow = example.slow(kind)
    #expect(difference(fast.rows, slow.rows) <= 1e-6, "\(kind)")
    #expect(difference([fast.value], [slow.rows.reduce(0, +) / count]) <= 1e-6, "\(kind)")
    #expect(difference(fast.positives, slow.positives.map { $0 / count }) <= 1e-6, "\(kind)")
    #expect(difference(fast.negatives, slow.negatives.map { $0 / count }) <= 1e-6, "\(kind)")
  }

  @Test(
    "Rows with weights, offsets and masks are as the slow reference has them", arguments: SlowNegativeLoss.kinds,
    [(0, 3), (1, 0), (1, 1), (2, 7), (7, 2), (64, 5)])
  func allTerms(kind: NegativeLoss.Kind, size: (rows: Int, width: Int)) {
    expectRows(kind, Example(rows: size.rows, width: size.width, seed: 5))
  }

  @Test("Each term alone, and none", arguments: SlowNegativeLoss.kinds)
  func singleTerms(kind: NegativeLoss.Kind) {
    let full = Example(rows: 9, width: 4, seed: 8)
    let choices: [NegativeTerms] = [
      NegativeTerms(), NegativeTerms(weights: full.terms.weights), NegativeTerms(isValid: full.terms.isValid),
      NegativeTerms(offsets: full.terms.offsets, positiveOffsets: full.terms.positiveOffsets),
    ]
    for terms in choices {
      var example = full
      example.terms = terms
      // What the loss cannot do without.
      switch kind {
      case .noiseContrastive, .sampledSoftmax:
        example.terms.offsets = full.terms.offsets
        example.terms.positiveOffsets = full.terms.positiveOffsets
      case .warp: example.terms.weights = full.terms.weights
      default: break
      }
      expectRows(kind, example)
    }
  }

  @Test(
    "A row without valid negatives keeps its positive's term or is 0, and counts", arguments: SlowNegativeLoss.kinds)
  func noValidNegatives(kind: NegativeLoss.Kind) {
    let terms = NegativeTerms(
      weights: [1, 1, 1, 1], offsets: [0, 0, 0, 0], positiveOffsets: [0, 0], isValid: [false, false, true, true])
    let loss = NegativeLoss(kind).rows(positives: [0.5, 0.5], negatives: [.nan, .infinity, 0, 1], terms: terms)
    #expect(loss.rows.allSatisfy(\.isFinite) && loss.value == Float((Double(loss.rows[0]) + Double(loss.rows[1])) / 2))
    #expect(Array(loss.negatives[..<2]) == [0, 0])
    switch kind {
    case .skipGram, .noiseContrastive, .pointwise:
      #expect(abs(loss.rows[0] - 0.474_077) < 1e-6)
      #expect(abs(2 * loss.positives[0] + 0.377_541) < 1e-6)
    case .selfAdversarial:  // margin .5
      #expect(abs(loss.rows[0] - 0.313_262) < 1e-6)
    default:
      #expect(loss.rows[0] == 0 && loss.positives[0] == 0)
    }
  }

  @Test("A weight of 0 leaves a negative out as a mask does", arguments: SlowNegativeLoss.kinds)
  func zeroWeights(kind: NegativeLoss.Kind) {
    var masked = Example(rows: 6, width: 4, seed: 3)
    var weighted = masked
    weighted.terms.weights = zip(masked.terms.weights!, masked.terms.isValid!).map { $1 ? $0 : 0 }
    weighted.terms.isValid = nil
    masked.terms.weights = weighted.terms.weights!.map { $0 == 0 ? 7 : $0 }
    let loss = NegativeLoss(kind)
    #expect(
      loss.rows(positives: masked.positives, negatives: masked.negatives, terms: masked.terms)
        == loss.rows(positives: weighted.positives, negatives: weighted.negatives, terms: weighted.terms))
  }

  @Test("One, two and three threads give the same bytes", arguments: SlowNegativeLoss.kinds)
  func threads(kind: NegativeLoss.Kind) {
    let example = Example(rows: 3001, width: 11, seed: 21, bound: 30)
    var results: [NegativeLossRows] = []
    ThreadCounts.forEach([1, 2, 3]) { _ in
      results.append(
        NegativeLoss(kind).rows(positives: example.positives, negatives: example.negatives, terms: example.terms))
    }
    for result in results.dropFirst() {
      #expect(sameBits([result.value] + result.rows, [results[0].value] + results[0].rows))
      #expect(sameBits(result.positives + result.negatives, results[0].positives + results[0].negatives))
    }
  }

  @Test("Scores of ±10,000 are finite", arguments: SlowNegativeLoss.kinds)
  func hugeScores(kind: NegativeLoss.Kind) {
    let terms = NegativeTerms(
      weights: [1, 1, 1, 1], offsets: [0, 0, 0, 0], positiveOffsets: [0, 0])
    for sign: Float in [-1, 1] {
      let loss = NegativeLoss(kind).rows(
        positives: [sign * 1e4, sign * 1e4], negatives: [1e4, -1e4, -sign * 1e4, -sign * 1e4], terms: terms)
      #expect(loss.value.isFinite && (loss.positives + loss.negatives).allSatisfy(\.isFinite))
    }
  }

  @Test("Terms of other sizes, missing ones and negative weights trap", arguments: 0..<8)
  func mistakesTrap(mistake: Int) async {
    await #expect(processExitsWith: .failure) { [mistake] in
      var terms = NegativeTerms()
      var kind = NegativeLoss.Kind.skipGram
      var negatives: [Float] = [1, 2, 3, 4]
      switch mistake {
      case 0: negatives = [1, 2, 3]
      case 1: terms.weights = [1]
      case 2: terms.isValid = [true]
      case 3: terms.positiveOffsets = [1, 2, 3]
      case 4: kind = .noiseContrastive
      case 5: kind = .sampledSoftmax()
      case 6: kind = .warp()
      default: terms.weights = [1, 1, -1, 1]
      }
      _ = NegativeLoss(kind).rows(positives: [1, 2], negatives: negatives, terms: terms)
    }
  }

  @Test("Temperatures and priors out of range trap", arguments: 0..<4)
  func numbersTrap(mistake: Int) async {
    await #expect(processExitsWith: .failure) { [mistake] in
      switch mistake {
      case 0: _ = NegativeLoss(.infoNCE(temperature: 0))
      case 1: _ = NegativeLoss(.debiased(prior: 1, temperature: 1))
      case 2: _ = NegativeLoss(.hard(concentration: .infinity))
      default: _ = NegativeLoss(.hinge(margin: .nan))
      }
    }
  }
}
