import GroveKernels
public import GroveTensors

/// Gradient descent with momentum.
///
///     u ← μ u + g + λ p,   p ← p − η u
///
/// - Source: Sutskever 2013, section 2, in PyTorch's form (no dampening, no Nesterov step).
public final class SGD: Optimizer {
  /// Step counts, weight decays and the last update u, in slot `velocity`.
  public let memory: OptimizerMemory
  /// μ, the share of the last update that a step keeps up; 0 keeps none.
  public let momentum: Float

  /// Gradient descent over the parameters of `memory` and with its weight decays.
  public init(_ memory: OptimizerMemory, momentum: Float = 0) {
    self.memory = memory
    self.momentum = momentum
  }

  /// One step for each trainable parameter that has a gradient.
  ///
  /// Where only some rows of a parameter take part, u of the other rows is kept for their next turn.
  public func step(_ gradients: Gradients, rows: [ParameterRows], learningRate: Float) {
    memory.forEachStep(gradients, rows) { turn in
      let update = turn.gradient.copied()
      Kernels.add(turn.value, times: turn.decay, to: update)
      if momentum != 0 {
        let velocity = turn.slot("velocity")
        Kernels.add(velocity, times: momentum, to: update)
        velocity.copy(from: update)
      }
      Kernels.add(update, times: -learningRate * turn.rateScale, to: turn.value)
    }
  }
}
