import Foundation
import TestSupport
import Testing

@testable import GroveLearning

/// Value and gradients of one row in Double: against the table of losses and against central differences.
@Suite("Gradients of losses on negatives")
struct NegativeLossGradientTests {
  private static func row(_ p: Double, _ n: [Double], _ weights: [Double]?, _ kind: NegativeLoss.Kind) -> LossRow {
    var row = LossRow()
    row.positive = p
    row.negatives = n
    row.weights = weights ?? []
    row.compute(kind)
    return row
  }

  private static func isNear(_ a: Double, _ b: Double, _ tolerance: Double, floor: Double = 1e-3) -> Bool {
    abs(a - b) <= tolerance * max(abs(a), abs(b), floor)
  }

  @Test(
    "Value and gradients are those of the table, and the gradient that of the value by central differences",
    arguments: SlowNegativeLoss.kinds, [0, 1, 2, 7, 64])
  func matchesTheTable(kind: NegativeLoss.Kind, count: Int) {
    var random = TestRandom(count &* 7 &+ 3)
    for trial in 0..<6 {
      let p = Double.random(in: -2...2, using: &random)
      let n = (0..<count).map { _ in Double.random(in: -2...2, using: &random) }
      let weights = trial % 2 == 0 ? nil : n.map { _ in Double.random(in: 0.1...3, using: &random) }
      let slow = SlowNegativeLoss(kind: kind, weights: weights)
      let row = Self.row(p, n, weights, kind)
      let wanted = slow.gradients(p, n)
      #expect(Self.isNear(row.value, slow.value(p, n, constants: n), 1e-11))
      #expect(Self.isNear(row.positiveGradient, wanted.positive, 1e-10))
      #expect(row.gradients.count == count)
      for (g, w) in zip(row.gradients, wanted.negatives) { #expect(Self.isNear(g, w, 1e-10)) }

      let h = 1e-5
      func difference(_ move: (Double) -> (Double, [Double])) -> Double {
        let (above, below) = (move(h), move(-h))
        return (slow.value(above.0, above.1, constants: n) - slow.value(below.0, below.1, constants: n)) / (2 * h)
      }
      // Differences of numbers of size 100 leave 1e-9 of rounding over h.
      #expect(Self.isNear(row.positiveGradient, difference { (p + $0, n) }, 1e-6, floor: 1e-2))
      for j in n.indices {
        let numeric = difference { step in
          var moved = n
          moved[j] += step
          return (p, moved)
        }
        #expect(Self.isNear(row.gradients[j], numeric, 1e-6, floor: 1e-2), "\(kind), negative \(j)")
      }
    }
  }

  @Test("A debiased mean at its floor sends no gradient to negatives")
  func floored() {
    let kind = NegativeLoss.Kind.debiased(prior: 0.5, temperature: 0.5)
    let row = Self.row(3, [-1, 0.5], nil, kind)
    // m is below π · e³: g is e⁻².
    #expect(row.gradients == [0, 0])
    #expect(Self.isNear(row.value, log(1 + 2 * exp(-2.0) / exp(3.0)), 1e-12, floor: 0))
    #expect(
      Self.isNear(
        row.positiveGradient, SlowNegativeLoss(kind: kind, weights: nil).gradients(3, [-1, 0.5]).positive, 1e-10))
  }

  @Test(
    "Huge logits give finite values and gradients, the shares of which are right", arguments: SlowNegativeLoss.kinds,
    [-1e4, 1e4, 1e-4])
  func hugeLogits(kind: NegativeLoss.Kind, size: Double) {
    for n in [[size], [size, -size], [size, size, 0], [-1e4, 1e4, 1e4 - 1, -9999.5]] {
      for p in [size, -size, 0, 1e4 - 0.5] {
        let row = Self.row(p, n, nil, kind)
        #expect(row.value.isFinite && row.positiveGradient.isFinite, "\(kind) of \(p), \(n)")
        #expect(row.gradients.allSatisfy { $0.isFinite }, "\(kind) of \(p), \(n)")
        #expect(row.value >= 0)
      }
    }
  }

  @Test("Far apart scores: the loss is the gap itself, and its gradients are −1 and 1")
  func farApart() {
    for kind in [NegativeLoss.Kind.bpr, .kPair, .infoNCE(temperature: 1), .sampledSoftmax()] {
      let row = Self.row(-1e4, [1e4], nil, kind)
      #expect(row.value == 2e4 && row.positiveGradient == -1 && row.gradients == [1])
      let satisfied = Self.row(600, [-100], nil, kind)
      #expect(satisfied.value == exp(-700) && satisfied.gradients == [exp(-700)])
    }
  }

  @Test("What is not a number stays so", arguments: SlowNegativeLoss.kinds)
  func notANumber(kind: NegativeLoss.Kind) {
    #expect(Self.row(1, [.nan, 0], nil, kind).value.isNaN)
    #expect(Self.row(1, [.nan], nil, kind).value.isNaN)
    #expect(Self.row(.nan, [1, 0], nil, kind).value.isNaN)
  }
}
