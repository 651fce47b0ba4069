import Foundation
import GroveKernels
import GroveLearning
import TestSupport
import Testing

/// Numeric correctors: logQ, streamed frequencies, tilted weights, WARP's ranks.
@Suite("Correctors of negatives")
struct CorrectorTests {
  @Test("The chance to be among several draws is 1 − (1 − q)ᵗ, however small q is")
  func inclusion() {
    #expect(abs(LogQ.inclusion(probability: 0.3, tries: 4) - (1 - 0.2401)) <= 1e-15)
    #expect(LogQ.inclusion(probability: 0.3, tries: 0) == 0)
    #expect(LogQ.inclusion(probability: 1, tries: 2) == 1)
    // Of a tiny probability the power itself would leave nothing.
    #expect(abs(LogQ.inclusion(probability: 1e-18, tries: 5) / 5e-18 - 1) <= 1e-12)
  }

  @Test("Redrawing positives renormalizes: the probabilities of the rest sum to 1")
  func redrawn() {
    let q = [0.4, 0.1, 0.2, 0.3]
    let rest = [1, 3].map { LogQ.redrawn(probability: q[$0], excluded: q[0] + q[2]) }
    #expect(abs(rest.reduce(0, +) - 1) <= 1e-15 && abs(rest[1] - 0.75) <= 1e-15)
  }

  @Test("Expected counts of a mixture of batch and uniform draws sum to the number of draws")
  func mixture() {
    let f = [0.5, 0.3, 0.2, 0]
    let counts = f.map { LogQ.mixture(frequency: $0, batch: 8, uniform: 16, among: 4) }
    #expect(abs(counts.reduce(0, +) - 24) <= 1e-12 && counts[3] == 4)
    #expect(LogQ.offsets(expectedCounts: [4, 0.25]) == [-Float(log(4.0)), Float(log(4.0))])
  }

  @Test("Impossible probabilities trap", arguments: 0..<3)
  func mistakesTrap(mistake: Int) async {
    await #expect(processExitsWith: .failure) { [mistake] in
      switch mistake {
      case 0: _ = LogQ.offsets(expectedCounts: [0])
      case 1: _ = LogQ.redrawn(probability: 0.1, excluded: 1)
      default: _ = WARPWeight(candidateCount: 4).weight(afterDraws: 0)
      }
    }
  }

  @Test("The weight of a rank is the sum of its harmonic series", arguments: [1, 2, 7, 1024, 1025, 5000, 300_000])
  func harmonic(candidates: Int) {
    let weight = WARPWeight(candidateCount: candidates)
    for draws in [1, 2, 3, 10, candidates] {
      let rank = (candidates - 1) / draws
      #expect(weight.rank(afterDraws: draws) == rank)
      let wanted = rank == 0 ? 0 : (1...rank).reversed().reduce(0.0) { $0 + 1 / Double($1) }
      #expect(abs(Double(weight.weight(afterDraws: draws)) - wanted) <= 1e-7 * wanted)
    }
  }

  @Test("An id in every third batch has a frequency of a third, however long it is watched")
  func steadyStream() {
    var frequency = StreamingFrequency(slots: 1 << 20, random: RandomStream(seed: 1))
    for step in 1...300 {
      frequency.observe(step % 3 == 0 ? [7, 7, 8] : [8], step: step)
    }
    #expect(abs(frequency.frequency(of: 7) - 1 / 3) <= 1e-12)
    #expect(abs(frequency.frequency(of: 8) - 1) <= 1e-12)
    #expect(frequency.frequency(of: 9) == 1.0 / 301.0)
    #expect(difference(frequency.offsets(of: [7, 8]), [log(3.0), 0]) <= 1e-6)
  }

  @Test("Gaps follow their recursion, and a change is learned at the rate")
  func recursion() {
    var frequency = StreamingFrequency(slots: 1 << 16, rate: 0.25, random: RandomStream(seed: 2))
    for step in [2, 3, 7, 8, 20] { frequency.observe([5], step: step) }
    var gap = 2.0
    for next in [1.0, 4, 1, 12] { gap = 0.75 * gap + 0.25 * next }
    #expect(abs(frequency.frequency(of: 5) - 1 / gap) <= 1e-15)
  }

  @Test("Ids drawn at random have about their frequencies, and one slot is shared by all")
  func randomStream() {
    var random = TestRandom(3)
    var frequency = StreamingFrequency(slots: 1 << 16, random: RandomStream(seed: 3))
    var shared = StreamingFrequency(slots: 1, random: RandomStream(seed: 3))
    for step in 1...20_000 {
      let ids: [Int32] = Double.random(in: 0..<1, using: &random) < 0.1 ? [4] : [1]
      frequency.observe(ids, step: step)
      shared.observe(ids, step: step)
    }
    // The mean of about 200 gaps of deviation 9.5 around 10.
    #expect(abs(1 / frequency.frequency(of: 4) - 10) <= 3)
    #expect(abs(shared.frequency(of: 4) - 1) <= 1e-12)
  }

  @Test("Tilted weights are a softmax over what is valid", arguments: [0, 1, 2, 7, 64])
  func tilted(rows: Int) {
    var random = TestRandom(rows)
    let scores = random.floats(rows * 5, bound: 4)
    let isValid = scores.indices.map { $0 / 5 % 3 != 1 && $0 % 4 != 0 }
    for sharpness: Float in [-1, 0, 0.5, 3] {
      let weights = TiltedWeights.rows(scores, columns: 5, sharpness: sharpness, isValid: isValid)
      let terms = scores.indices.map { isValid[$0] ? exp(Double(sharpness) * Double(scores[$0])) : 0 }
      let wanted = terms.indices.map { place in
        let sum = terms[place / 5 * 5..<place / 5 * 5 + 5].reduce(0, +)
        return sum == 0 ? 0 : terms[place] / sum
      }
      #expect(difference(weights, wanted) <= 1e-6)
    }
  }

  @Test("Scores of ±10,000 leave the largest alone")
  func hugeTilted() {
    #expect(TiltedWeights.rows([1e4, -1e4, 1e4], columns: 3, sharpness: 1) == [0.5, 0, 0.5])
  }
}
