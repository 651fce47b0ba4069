public import GroveKernels

/// Numbers that training changes.
public final class Parameter {
  /// The numbers; optimisers write them in place.
  public private(set) var value: Tensor
  /// Frozen parameters get no gradient and no step.
  public var isTrainable: Bool {
    didSet {
      if isTrainable != oldValue {
        value = Tensor(value.buffer, rows: value.rows, columns: value.columns, requiresGradient: isTrainable)
      }
    }
  }
  /// Whether weight decay applies beyond the default group: see `Optimizer`.
  public let decayGroup: DecayGroup

  /// What the learning rate is multiplied by for this parameter: pre-trained numbers take smaller steps than new ones.
  public var rateScale: Float = 1

  /// Which weight decay a parameter takes; GCNII, for one, decays its convolutions and its dense layers differently.
  public enum DecayGroup: Sendable, Equatable { case main, second, none }

  /// A parameter over the numbers of `value`, which it shares.
  public init(_ value: Tensor, isTrainable: Bool = true, decayGroup: DecayGroup = .main) {
    self.value = Tensor(value.buffer, rows: value.rows, columns: value.columns, requiresGradient: isTrainable)
    self.isTrainable = isTrainable
    self.decayGroup = decayGroup
  }

  /// Rows × columns of the numbers.
  public var shape: Shape { value.shape }
}

/// Numbers that belong to a module and are saved with it, but are not trained, such as batch-norm statistics.
public final class Buffer {
  /// The numbers; their owner writes them in place.
  public let value: FloatBuffer
  /// A buffer that starts with a copy of the given numbers.
  public init(_ values: [Float]) { value = FloatBuffer(values) }
}
