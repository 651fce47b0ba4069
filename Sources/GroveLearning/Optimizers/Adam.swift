import GroveKernels
public import GroveTensors

/// Adam, with weight decay as L2 in the gradient or (AdamW) decoupled from it.
///
///     g ← g + λ p (Adam)   or   p ← p − η λ p (AdamW)
///     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
///     p ← p − η · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
///
/// t counts the steps of each parameter by itself.
/// - Source: Kingma, Ba 2015, algorithm 1; Loshchilov, Hutter 2019, algorithm 2.
public final class Adam: Optimizer {
  public let memory: OptimizerMemory
  public let isDecoupled: Bool
  public let beta1: Float
  public let beta2: Float
  public let epsilon: Float

  public init(
    _ memory: OptimizerMemory, decoupled: Bool, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8
  ) {
    self.memory = memory
    isDecoupled = decoupled
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  public func step(_ gradients: Gradients, learningRate: Float) {
    memory.forEachStep(gradients) { index, value, gradient in
      let decay = memory.decays[index]
      Kernels.adamStep(
        value: value, gradient: gradient, first: memory.slot("first", of: index),
        second: memory.slot("second", of: index), step: memory.steps[index], learningRate: learningRate, beta1: beta1,
        beta2: beta2, epsilon: epsilon, l2: isDecoupled ? 0 : decay, decoupledDecay: isDecoupled ? decay : 0)
    }
  }
}
