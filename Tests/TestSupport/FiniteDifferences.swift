public import GroveTensors
public import Testing

/// Checks the gradients of `operation` for each of its inputs against directional finite differences.
///
///     L(x) = Σ G · operation(x) with fixed random G;   (L(x + h u) − L(x − h u)) / 2h  against  u · ∂L/∂x
///
/// Step h = 1e-2 · max(1, ‖x‖∞) along directions u of unit length (three an input); tolerance 1e-2 of the largest of
/// both numbers and of the size that a random direction sees, ‖∂L/∂x‖ / √n.
///
/// - Parameter inputs: each becomes a leaf that wants a gradient.
public func expectGradients(
  of inputs: [TestInput], seed: Int = 1, tolerance: Double = 1e-2,
  sourceLocation: SourceLocation = #_sourceLocation, _ operation: ([Tensor]) -> Tensor
) {
  func leaves(_ values: [[Float]], recording: Bool) -> [Tensor] {
    zip(inputs, values).map { Tensor($1, rows: $0.rows, columns: $0.columns, requiresGradient: recording) }
  }
  let start = inputs.map(\.values)
  var random = TestRandom(seed &* 31 &+ 5)
  let tensors = leaves(start, recording: true)
  let result = operation(tensors)
  let weights = random.floats(result.shape.count)
  func loss(_ values: [[Float]]) -> Double {
    zip(weights, operation(leaves(values, recording: false)).values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
  }
  guard result.requiresGradient else {
    Issue.record("the operation recorded nothing", sourceLocation: sourceLocation)
    return
  }
  let gradients = result.backward(from: Tensor(weights, rows: result.rows, columns: result.columns))
  for (index, input) in inputs.enumerated() where !input.values.isEmpty {
    guard let gradient = gradients[tensors[index]]?.values.map(Double.init) else {
      Issue.record("input \(index) got no gradient", sourceLocation: sourceLocation)
      continue
    }
    let step = 1e-2 * Double(max(1, input.values.map(abs).max() ?? 0))
    let seen = (gradient.reduce(0) { $0 + $1 * $1 } / Double(gradient.count)).squareRoot()
    for direction in 0..<3 {
      var u = random.floats(input.values.count).map(Double.init)
      let length = u.reduce(0) { $0 + $1 * $1 }.squareRoot()
      u = u.map { $0 / max(length, 1e-30) }
      var (above, below) = (start, start)
      for i in u.indices {
        above[index][i] += Float(step * u[i])
        below[index][i] -= Float(step * u[i])
      }
      // The step as Float kept it, so that rounding of x ± h u is no error of the gradient.
      let analytic = u.indices.reduce(0.0) {
        $0 + gradient[$1] * (Double(above[index][$1]) - Double(below[index][$1])) / (2 * step)
      }
      let numeric = (loss(above) - loss(below)) / (2 * step)
      let scale = max(abs(analytic), abs(numeric), seen, 1e-3)
      #expect(
        abs(analytic - numeric) <= tolerance * scale,
        "input \(index), direction \(direction): gradient \(analytic), differences \(numeric)",
        sourceLocation: sourceLocation)
    }
  }
}
