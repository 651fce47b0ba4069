import Foundation
import GroveKernels
@testable import GroveLayers
@testable import GroveLearning
@testable import GroveTensors
import TestSupport
import Testing

@Suite struct OptimizerTests {
  private func parameter(_ values: [Float], _ group: Parameter.DecayGroup = .main) -> Parameter {
    Parameter(Tensor(values, rows: 1, columns: values.count), decayGroup: group)
  }

  private func named(_ parameters: [Parameter]) -> [Named<Parameter>] {
    parameters.enumerated().map { Named(name: "p\($0)", value: $1) }
  }

  private func gradients(_ pairs: [(Parameter, [Float])]) -> Gradients {
    let gradients = Gradients()
    for (parameter, values) in pairs {
      gradients.add(to: parameter.value) { slot in for i in 0..<slot.count { slot[i] += values[i] } }
    }
    return gradients
  }

  /// Check C-26 of specs/openima.md.
  @Test(arguments: [
    (OptimizerKind.adam, Float(0.2), 0.499_000_000_0, 1e-7), (.adamw, 0.2, 0.498_999_950_0, 1e-7),
    // No gradient but the decay's: Adam still moves by about the rate, AdamW by rate · decay · p only.
    (.adam, 0, 0.499_000_2, 1e-7), (.adamw, 0, 0.499_999_95, 4e-8),
  ])
  func `the first step of Adam and AdamW is that of check C-26`(
    kind: OptimizerKind, gradient: Float, expected: Double, tolerance: Double
  ) {
    let p = parameter([0.5])
    let optimizer = kind.make(for: named([p]), decay: 1e-4, secondDecay: 0, momentum: 0)
    optimizer.step(gradients([(p, [gradient])]), learningRate: 1e-3)
    #expect(abs(Double(p.value.values[0]) - expected) <= tolerance, "\(p.value.values[0])")
  }

  /// The algorithm of the paper, in Double.
  private func adam(_ p: Double, _ gs: [Double], _ rates: [Double], decay: Double, decoupled: Bool) -> Double {
    var (p, m, v) = (p, 0.0, 0.0)
    for (t, (g, rate)) in zip(gs, rates).enumerated() {
      var g = g
      if decoupled { p -= rate * decay * p } else { g += decay * p }
      m = 0.9 * m + 0.1 * g
      v = 0.999 * v + 0.001 * g * g
      let (mHat, vHat) = (m / (1 - pow(0.9, Double(t + 1))), v / (1 - pow(0.999, Double(t + 1))))
      p -= rate * mHat / (vHat.squareRoot() + 1e-8)
    }
    return p
  }

  @Test(arguments: [false, true], [0, 0.05])
  func `many steps of Adam follow the paper`(decoupled: Bool, decay: Double) {
    let steps = 40
    let gs = (0..<steps).map { sin(Double($0)) + 0.3 }
    let rates = (0..<steps).map { 0.01 / Double(1 + $0 / 10) }
    let start: [Double] = [0.7, -1.2, 0]
    let p = parameter(start.map(Float.init))
    let optimizer = (decoupled ? OptimizerKind.adamw : .adam).make(
      for: named([p]), decay: Float(decay), secondDecay: 0, momentum: 0)
    for (g, rate) in zip(gs, rates) {
      optimizer.step(gradients([(p, start.map { Float(g * ($0 + 2)) })]), learningRate: Float(rate))
    }
    let expected = start.map { s in adam(s, gs.map { $0 * (s + 2) }, rates, decay: decay, decoupled: decoupled) }
    #expect(difference(p.value.values, expected) < 1e-5, "\(p.value.values) \(expected)")
  }

  @Test func `gradient descent with momentum and decay follows three hand-worked steps`() {
    // u ← 0.9 u + g + 0.1 p,  p ← p − 0.5 u, from p = 1 with g = 1, 0, −2:
    // u = 1.1, p = 0.45;  u = 0.99 + 0.045 = 1.035, p = −0.0675;  u = 0.9315 − 2 − 0.00675 = −1.07525, p = 0.470125
    let p = parameter([1])
    let optimizer = OptimizerKind.sgd.make(for: named([p]), decay: 0.1, secondDecay: 0, momentum: 0.9)
    for (g, expected) in [(Float(1), Float(0.45)), (0, -0.0675), (-2, 0.470125)] {
      optimizer.step(gradients([(p, [g])]), learningRate: 0.5)
      #expect(abs(p.value.values[0] - expected) < 1e-6)
    }
  }

  @Test func `without momentum gradient descent remembers nothing`() {
    let p = parameter([1])
    let optimizer = OptimizerKind.sgd.make(for: named([p]), decay: 0, secondDecay: 0, momentum: 0)
    optimizer.step(gradients([(p, [2])]), learningRate: 0.25)
    #expect(p.value.values == [0.5])
    #expect(optimizer.memory.saved.isEmpty)
  }

  @Test func `each decay group takes its own decay`() {
    let (main, second, none) = (parameter([1]), parameter([1], .second), parameter([1], .none))
    let optimizer = OptimizerKind.sgd.make(
      for: named([main, second, none]), decay: 0.5, secondDecay: 0.25, momentum: 0)
    optimizer.step(gradients([(main, [0]), (second, [0]), (none, [0])]), learningRate: 1)
    #expect([main, second, none].map { $0.value.values[0] } == [0.5, 0.75, 1])
  }

  @Test(arguments: OptimizerKind.allCases)
  func `parameters without a gradient and frozen ones stay as they are and count no step`(kind: OptimizerKind) {
    let (moved, idle, frozen) = (parameter([1, 2]), parameter([3]), parameter([4]))
    frozen.isTrainable = false
    let optimizer = kind.make(for: named([moved, idle, frozen]), decay: 0.1, secondDecay: 0.1, momentum: 0.9)
    for _ in 0..<3 { optimizer.step(gradients([(moved, [1, 1])]), learningRate: 0.1) }
    #expect(idle.value.values == [3] && frozen.value.values == [4])
    #expect(moved.value.values[0] < 1)
    #expect(optimizer.memory.steps == [3, 0, 0])
    #expect(optimizer.memory.saved.allSatisfy { $0.parameter == "p0" })
  }

  @Test func `a parameter that joins late is corrected for its own first step`() {
    let (early, late) = (parameter([0.5]), parameter([0.5]))
    let optimizer = OptimizerKind.adam.make(for: named([early, late]), decay: 0, secondDecay: 0, momentum: 0)
    for _ in 0..<9 { optimizer.step(gradients([(early, [0.2])]), learningRate: 1e-3) }
    optimizer.step(gradients([(early, [0.2]), (late, [0.2])]), learningRate: 1e-3)
    #expect(optimizer.memory.steps == [10, 1])
    #expect(abs(late.value.values[0] - 0.499) < 1e-6, "its first step is about the rate")
  }

  @Test(arguments: [OptimizerKind.adam, .sgd])
  func `an optimizer put back from what was saved goes on as if it had not stopped`(kind: OptimizerKind) {
    func run(stoppingAt stop: Int?) -> [Float] {
      let ps = [parameter([0.3, -0.4]), parameter([1])]
      var optimizer = kind.make(for: named(ps), decay: 0.01, secondDecay: 0, momentum: 0.9)
      for step in 0..<8 {
        if step == stop {
          let (saved, steps) = (optimizer.memory.saved, optimizer.memory.steps)
          optimizer = kind.make(for: named(ps), decay: 0.01, secondDecay: 0, momentum: 0.9)
          for entry in saved {
            optimizer.memory.restore(slot: entry.slot, parameter: entry.parameter, values: entry.values.values)
          }
          optimizer.memory.restore(steps: steps)
        }
        let g = Float(step % 3) - 1.2
        optimizer.step(gradients([(ps[0], [g, -g])] + (step > 2 ? [(ps[1], [g])] : [])), learningRate: 0.05)
      }
      return ps.flatMap(\.value.values)
    }
    let whole = run(stoppingAt: nil)
    for stop in 0..<8 { #expect(sameBits(run(stoppingAt: stop), whole), "stopped at \(stop)") }
  }
}

@Suite struct ScheduleTests {
  @Test func `the constant schedule keeps the rate`() {
    #expect((1...7).map { Schedule.constant.factor(epoch: $0, of: 7) } == [Float](repeating: 1, count: 7))
  }

  @Test func `the linear schedule falls in equal steps`() {
    #expect((1...4).map { Schedule.linear.factor(epoch: $0, of: 4) } == [1, 0.75, 0.5, 0.25])
  }

  @Test func `the cosine schedule is half a cosine`() {
    let factors = (1...4).map { Schedule.cosine.factor(epoch: $0, of: 4) }
    for (factor, expected) in zip(factors, [1, 0.853_553_4, 0.5, 0.146_446_6]) {
      #expect(abs(factor - Float(expected)) < 1e-6)
    }
  }

  @Test(arguments: [3, 9, 30, 99, 300]) func `the step schedule falls to a tenth after each third`(epochs: Int) {
    let factors = (1...epochs).map { Schedule.step.factor(epoch: $0, of: epochs) }
    let third = epochs / 3
    for (epoch, factor) in factors.enumerated() {
      #expect(abs(factor - [1, 0.1, 0.01][epoch / third]) < 1e-6, "epoch \(epoch + 1)")
    }
  }

  @Test(arguments: Schedule.allCases) func `a warm-up rises in a straight line to the full rate`(schedule: Schedule) {
    #expect((1...4).map { schedule.factor(epoch: $0, of: 20, warmup: 4) } == [0.25, 0.5, 0.75, 1])
    #expect(schedule.factor(epoch: 5, of: 20, warmup: 4) == 1, "the schedule begins after the warm-up")
  }

  @Test(arguments: Schedule.allCases) func `every factor is above 0 and at most 1`(schedule: Schedule) {
    for warmup in [0, 1, 5, 20] {
      for epoch in 1...12 {
        let factor = schedule.factor(epoch: epoch, of: 12, warmup: warmup)
        #expect(factor > 0 && factor <= 1, "epoch \(epoch), warm-up \(warmup): \(factor)")
      }
    }
  }
}
