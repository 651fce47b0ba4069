public import GroveKernels

extension Tensor {
  /// A number whose gradients were computed together with it.
  ///
  /// For losses whose gradient is as cheap as their value and needs the same sums: nothing is computed twice, and the
  /// backward pass only scales what is kept. Where nothing is recorded the gradients are let go of.
  ///
  /// - Parameters:
  ///   - value: the number.
  ///   - gradients: of each input that the number depends on, its derivative for each entry; a tensor may stand there more
  ///     than once, and its gradients are then added.
  /// - Shape: → [1, 1].
  /// - Precondition: each gradient has as many entries as its input; nobody writes to it afterwards.
  /// - Complexity: O(1), and O(entries) in the backward pass.
  public static func number(
    _ value: Float, withGradients gradients: [(input: Tensor, gradient: FloatBuffer)]
  ) -> Tensor {
    for (input, gradient) in gradients {
      precondition(
        gradient.count == input.shape.count, "number: a gradient of \(gradient.count) entries for \(input.shape)")
    }
    let kept = gradients.map { (origin: $0.input.origin, gradient: $0.gradient) }
    return Tensor([value], rows: 1, columns: 1).recorded(from: gradients.map(\.input)) { gradient, into in
      for (origin, known) in kept { into.add(known, times: gradient[0], to: origin) }
    }
  }
}
