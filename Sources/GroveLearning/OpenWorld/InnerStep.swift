import GroveKernels
import GroveTensors

/// The gradient of a loss after one step of another loss: what parameters that only steer the step have to do with it.
///
///     θ' = θ − a · ∂I(θ, φ)/∂θ                                          the step, on the inner loss I
///     dO(θ')/dφ = −a · ∂/∂φ [ v · ∂I(θ, φ)/∂θ ],  v = ∂O(θ')/∂θ'        O, the outer loss, does not read φ
///               ≈ −a · [ ∂I/∂φ (θ + ε v, φ) − ∂I/∂φ (θ − ε v, φ) ] / 2ε,  ε = 0.01 / ‖v‖
///
/// So a gradient of gradients costs four ordinary passes. It is exact where ∂I/∂φ is quadratic in θ along v; else the
/// error shrinks with ε².
///
/// - Source: Liu, Simonyan, Yang 2019 (DARTS), eq. 8, for an inner step of any loss.
struct InnerStep {
  /// a.
  let rate: Float

  /// dO/dφ for each steering parameter, in their order; θ has its old numbers again afterwards.
  ///
  /// - Parameters:
  ///   - steering: φ.
  ///   - stepping: θ.
  ///   - inner: I, or rather what makes it anew; random numbers must be the same in each call.
  ///   - coupled: the part of I that reads φ; the rest of it has no say in ∂I/∂φ.
  ///   - outer: O.
  /// - Complexity: four forward and backward passes.
  func gradients(
    for steering: [Parameter], through stepping: [Parameter], inner: () -> Tensor, coupled: () -> Tensor,
    outer: () -> Tensor
  ) -> [FloatBuffer] {
    let start = stepping.map { $0.value.buffer.copied() }
    func move(along direction: [FloatBuffer?], times factor: Float) {
      for (place, parameter) in stepping.enumerated() {
        parameter.value.buffer.copy(from: start[place])
        if let part = direction[place] { Kernels.add(part, times: factor, to: parameter.value.buffer) }
      }
    }
    defer { move(along: stepping.map { _ in nil }, times: 0) }
    func gradient(of loss: () -> Tensor, for parameters: [Parameter]) -> [FloatBuffer?] {
      let loss = loss()
      guard loss.requiresGradient else { return parameters.map { _ in nil } }
      let found = loss.backward()
      return parameters.map { found[$0]?.buffer }
    }
    move(along: gradient(of: inner, for: stepping), times: -rate)
    let direction = gradient(of: outer, for: stepping)
    let squares = direction.reduce(0.0) { sum, part in
      (part?.values ?? []).reduce(sum) { $0 + Double($1) * Double($1) }
    }
    let result = steering.map { FloatBuffer(count: $0.shape.count, zeroed: true) }
    guard squares > 0, squares.isFinite else { return result }
    let reach = Float(0.01 / squares.squareRoot())
    for sign in [Float(1), -1] {
      move(along: direction, times: sign * reach)
      for (place, part) in gradient(of: coupled, for: steering).enumerated() {
        if let part { Kernels.add(part, times: -rate * sign / (2 * reach), to: result[place]) }
      }
    }
    return result
  }
}

extension Gradients {
  /// Gradients that hold the given numbers for the given parameters, and nothing else.
  static func holding(_ numbers: [FloatBuffer], of parameters: [Parameter]) -> Gradients {
    // The gradient of Σ p · g for p is g.
    let products = zip(parameters, numbers).map { parameter, numbers in
      (parameter.value * Tensor(numbers, rows: parameter.shape.rows, columns: parameter.shape.columns)).sum()
    }
    precondition(!products.isEmpty, "Gradients: no parameters")
    return products.dropFirst().reduce(products[0], +).backward()
  }
}
