import GroveKernels
public import GroveTensors

/// Adam, with weight decay as L2 in the gradient or (AdamW) decoupled from it.
///
///     g ← g + λ p (Adam)   or   p ← p − η λ p (AdamW)
///     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
///     p ← p − η · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
///
/// t counts the steps of each parameter by itself. Where only some rows of a parameter take part, t still counts the steps
/// of the parameter, m and v of the other rows stay as they are, and only rows that take part decay.
/// - Source: Kingma, Ba 2015, algorithm 1; Loshchilov, Hutter 2019, algorithm 2; rows as `torch.optim.SparseAdam`. Differs
///   from the last: ε is added after v's correction, as for whole parameters, and rows may decay.
public final class Adam: Optimizer {
  /// Step counts, weight decays and the two moments, in slots `first` and `second`.
  public let memory: OptimizerMemory
  /// Whether weight decay leaves the gradient alone (AdamW).
  public let isDecoupled: Bool
  /// β₁, the share of the mean gradient m that a step keeps.
  public let beta1: Float
  /// β₂, the share of the mean squared gradient v that a step keeps.
  public let beta2: Float
  /// ε, added to the root of v.
  public let epsilon: Float

  /// Adam, or AdamW where `decoupled`, over the parameters of `memory` and with its weight decays.
  public init(
    _ memory: OptimizerMemory, decoupled: Bool, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8
  ) {
    self.memory = memory
    isDecoupled = decoupled
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// One step for each trainable parameter that has a gradient.
  public func step(_ gradients: Gradients, rows: [ParameterRows], learningRate: Float) {
    memory.forEachStep(gradients, rows) { turn in
      Kernels.adamStep(
        value: turn.value, gradient: turn.gradient, first: turn.slot("first"), second: turn.slot("second"),
        step: turn.step, learningRate: learningRate * turn.rateScale, beta1: beta1, beta2: beta2, epsilon: epsilon,
        l2: isDecoupled ? 0 : turn.decay, decoupledDecay: isDecoupled ? turn.decay : 0)
    }
  }
}
