import GroveKernels
import GroveLayers
@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// The gradient through one inner step.
@Suite struct InnerStepTests {
  private func number(_ value: Float) -> Parameter { Parameter(Tensor([value], rows: 1, columns: 1)) }

  /// I = φ θ² / 2 and O = (θ' − c)² / 2: θ' = θ − a φ θ, dO/dφ = −a θ (θ' − c).
  ///
  /// Quadratic in θ, so nothing is lost.
  @Test(arguments: [(0.8, 1.5, 0.3, 2), (-0.5, 0.7, 0.1, 0.25), (1.25, -2, 0.5, 1)] as [(Float, Float, Float, Float)])
  func `two parameters: the directional difference is the exact derivative`(
    theta: Float, phi: Float, rate: Float, target: Float
  ) {
    let (inner, steering) = (number(theta), number(phi))
    let found = InnerStep(rate: rate).gradients(
      for: [steering], through: [inner],
      inner: { 0.5 * (steering.value * inner.value * inner.value) },
      coupled: { 0.5 * (steering.value * inner.value * inner.value) },
      outer: { 0.5 * inner.value.adding(-target).applying(.square) })
    let moved = Double(theta) - Double(rate * phi) * Double(theta)
    let exact = -Double(rate) * Double(theta) * (moved - Double(target))
    #expect(difference(found[0].values, [exact]) < 1e-3)
    #expect(inner.value.scalar == theta && steering.value.scalar == phi, "both are as they were")
  }

  @Test func `a network for pairs: differences of the outer loss after real inner steps agree`() throws {
    var random = TestRandom(3)
    let input = Tensor(random.floats(6 * 4), rows: 6, columns: 4)
    let start = Initializer(seed: 2)
    let (encoder, head) = (Linear(4, 3, from: start), Linear(3, 3, from: start))
    let made = try MadeMethod("openldn", .planted()) { ($0.hidden, $0.methodOptions) = (3, ["hidden=5"]) }
    let method = try #require(made.model.network.method as? OpenLDN)
    // Far from the kinks of ReLU, at which the outer loss jumps.
    method.pairs.bias.value.buffer.copy(from: FloatBuffer([3, 3, 3, 3, 3]))
    let (steering, rate) = (method.pairs.parameters().map(\.value), Float(3))
    let stepping = (encoder.parameters() + head.parameters()).map(\.value)
    let classes: [Int32] = [0, 1, 2, 0, 1, 1]
    func coupled() -> Tensor {
      let rows = encoder(input).normalizedRows()
      return method.pairLoss(rows, head(rows), holdsPairs: false)
    }
    func outer() -> Tensor { head(encoder(input).normalizedRows()).crossEntropy(classes) }
    func inner() -> Tensor { coupled() + 0.3 * outer() }
    let found = InnerStep(rate: rate).gradients(
      for: steering, through: stepping, inner: inner, coupled: coupled, outer: outer)

    /// O after a real step.
    func value() -> Double {
      let old = stepping.map { $0.value.values }
      let gradients = inner().backward()
      for parameter in stepping {
        if let gradient = gradients[parameter] {
          Kernels.add(gradient.buffer, times: -rate, to: parameter.value.buffer)
        }
      }
      defer { for (parameter, old) in zip(stepping, old) { parameter.value.buffer.copy(from: FloatBuffer(old)) } }
      return Double(outer().scalar)
    }
    // Along the gradient itself the change is largest, and least lost in rounding.
    let squares = found.reduce(0.0) { $1.values.reduce($0) { $0 + Double($1) * Double($1) } }
    #expect(squares > 0)
    let length = squares.squareRoot()
    let before = steering.map { $0.value.values }
    func value(at distance: Double) -> Double {
      for (place, parameter) in steering.enumerated() {
        parameter.value.buffer.copy(from: FloatBuffer(before[place]))
        Kernels.add(found[place], times: Float(distance / length), to: parameter.value.buffer)
      }
      defer {
        for (place, parameter) in steering.enumerated() {
          parameter.value.buffer.copy(from: FloatBuffer(before[place]))
        }
      }
      return value()
    }
    let numeric = (value(at: 0.01) - value(at: -0.01)) / 0.02
    #expect(abs(numeric - length) <= 2e-2 * length, "\(numeric) and \(length)")
  }

  @Test func `gradients can be made of given numbers, for an optimizer`() throws {
    let (a, b) = (Parameter(Tensor([[1, 2], [3, 4]])), number(7))
    let other = number(1)
    let gradients = Gradients.holding([FloatBuffer([5, 6, 7, 8]), FloatBuffer([-1])], of: [a, b])
    #expect(gradients[a]?.values == [5, 6, 7, 8] && gradients[b]?.values == [-1] && gradients[other] == nil)
  }
}
