import GroveKernels

extension Tensor {
  /// What `body` makes of this tensor, without keeping anything that it computed on the way.
  ///
  /// The backward pass runs `body` once more: memory for time.
  ///
  /// `body` draws the same random numbers both times. It must not change anything else, such as running statistics.
  ///
  /// - Complexity: the time of `body` once more in the backward pass; memory of the result alone until then.
  /// - Source: Chen, Xu, Zhang, Guestrin 2016, section 4.
  public func recomputing(_ body: @escaping (Tensor) -> Tensor) -> Tensor {
    guard Pass.isRecording else { return body(self) }
    let place = Pass.place
    let made = Pass.withoutRecording { body(self) }
    // What `body` holds, such as parameters, may want gradients where this tensor wants none.
    return Tensor(made.buffer, rows: made.rows, columns: made.columns).recorded(always: [self]) { gradient, into in
      let leaf = Tensor(self, requiresGradient: self.requiresGradient)
      let again = Pass.replayed(from: place) { body(leaf) }
      guard again.requiresGradient else { return }
      let inner = again.backward(from: Tensor(gradient, rows: again.rows, columns: again.columns))
      into.add(inner, renaming: leaf.origin, to: self.origin)
    }
  }
}
