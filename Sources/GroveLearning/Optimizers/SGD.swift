import GroveKernels
public import GroveTensors

/// Gradient descent with momentum.
///
///     u ← μ u + g + λ p,   p ← p − η u
///
/// - Source: Sutskever 2013, section 2, in PyTorch's form (no dampening, no Nesterov step).
public final class SGD: Optimizer {
  public let memory: OptimizerMemory
  public let momentum: Float

  public init(_ memory: OptimizerMemory, momentum: Float = 0) {
    self.memory = memory
    self.momentum = momentum
  }

  public func step(_ gradients: Gradients, learningRate: Float) {
    memory.forEachStep(gradients) { index, value, gradient in
      let update = FloatBuffer(count: value.count)
      update.copy(from: gradient)
      Kernels.add(value, times: memory.decays[index], to: update)
      if momentum != 0 {
        let velocity = memory.slot("velocity", of: index)
        Kernels.add(velocity, times: momentum, to: update)
        velocity.copy(from: update)
      }
      Kernels.add(update, times: -learningRate, to: value)
    }
  }
}
