public import GroveKernels
public import GroveLayers
public import GroveTensors

/// Changes parameters by their gradients.
///
/// A parameter without a gradient is left alone, and its step is not counted. Of a parameter that a step saw some rows of,
/// the other rows are left alone with all that is remembered of them; the step counts for the parameter.
/// - Source: the rule for rows is that of `torch.optim.SparseAdam`.
public protocol Optimizer: AnyObject {
  /// What the optimiser remembers of each parameter.
  var memory: OptimizerMemory { get }
  /// One step at the given learning rate.
  ///
  /// - Parameter rows: parameters of which only some rows take part; each parameter stands there once at most.
  func step(_ gradients: Gradients, rows: [ParameterRows], learningRate: Float)
}

extension Optimizer {
  /// One step of whole parameters at the given learning rate.
  public func step(_ gradients: Gradients, learningRate: Float) {
    step(gradients, rows: [], learningRate: learningRate)
  }
}

/// The optimisers by name, as `--optimizer` takes them.
public enum OptimizerKind: String, Sendable, CaseIterable, Codable {
  case adam, adamw, sgd

  /// - Parameters:
  ///   - decay: weight decay of the main group of parameters.
  ///   - secondDecay: weight decay of the second group; nil: the same.
  public func make(
    for parameters: [Named<Parameter>], decay: Float = 0, secondDecay: Float? = nil, momentum: Float = 0
  ) -> any Optimizer {
    let memory = OptimizerMemory(parameters, decay: decay, secondDecay: secondDecay ?? decay)
    return switch self {
    case .adam: Adam(memory, decoupled: false)
    case .adamw: Adam(memory, decoupled: true)
    case .sgd: SGD(memory, momentum: momentum)
    }
  }
}

/// The parameters of an optimiser, how often each was stepped, and what is remembered of each.
public final class OptimizerMemory {
  let parameters: [Named<Parameter>]
  /// Weight decay of each parameter.
  let decays: [Float]
  /// Steps taken by each parameter.
  public internal(set) var steps: [Int]
  /// Remembered rows by slot name, such as `first`; nil until a parameter's first step.
  private var slots: [(name: String, values: [FloatBuffer?])] = []

  /// A memory of no steps; a parameter of decay group `none` gets neither decay.
  public init(_ parameters: [Named<Parameter>], decay: Float, secondDecay: Float) {
    self.parameters = parameters
    decays = parameters.map {
      switch $0.value.decayGroup {
      case .main: decay
      case .second: secondDecay
      case .none: 0
      }
    }
    steps = [Int](repeating: 0, count: parameters.count)
  }

  /// The remembered numbers of one parameter, zeros at first.
  func slot(_ name: String, of index: Int) -> FloatBuffer {
    let at = slots.firstIndex { $0.name == name } ?? slots.count
    if at == slots.count { slots.append((name, [FloatBuffer?](repeating: nil, count: parameters.count))) }
    if let kept = slots[at].values[index] { return kept }
    let made = FloatBuffer(count: parameters[index].value.shape.count, zeroed: true)
    slots[at].values[index] = made
    return made
  }

  /// What a checkpoint keeps: slot, parameter and numbers, in a fixed order.
  public var saved: [(slot: String, parameter: String, values: FloatBuffer)] {
    slots.flatMap { slot in
      slot.values.enumerated().compactMap { index, values in
        values.map { (slot.name, parameters[index].name, $0) }
      }
    }
  }

  /// Puts back what a checkpoint kept.
  ///
  /// - Precondition: the parameter exists and has that many numbers.
  public func restore(slot name: String, parameter: String, values: [Float]) {
    guard let index = parameters.firstIndex(where: { $0.name == parameter }) else {
      preconditionFailure("OptimizerMemory: no parameter '\(parameter)'")
    }
    slot(name, of: index).copy(from: FloatBuffer(values))
  }

  /// Puts back the step counts of a checkpoint, one a parameter in their order.
  public func restore(steps: [Int]) {
    precondition(steps.count == parameters.count, "OptimizerMemory: \(steps.count) step counts for \(parameters.count)")
    self.steps = steps
  }

  /// What a step changes in place: a parameter, or the rows of it that take part.
  struct Turn {
    /// The numbers.
    let value: FloatBuffer
    /// Their gradient.
    let gradient: FloatBuffer
    /// 1 for a parameter's first step.
    let step: Int
    /// Their weight decay.
    let decay: Float
    /// What the learning rate is multiplied by.
    let rateScale: Float
    /// What is remembered of them, by name.
    let slot: (String) -> FloatBuffer
  }

  /// Calls `body` for each trainable parameter that has a gradient, counting its step.
  ///
  /// - Complexity: that of `body`, and O(M · F) for a parameter of which M rows take part.
  func forEachStep(_ gradients: Gradients, _ rows: [ParameterRows], _ body: (Turn) -> Void) {
    for (index, parameter) in parameters.enumerated() where parameter.value.isTrainable {
      if let picked = rows.first(where: { $0.parameter === parameter.value }) {
        if let gradient = gradients[picked.values] { stepRows(picked, gradient.buffer, index, body) }
      } else if let gradient = gradients[parameter.value] {
        steps[index] += 1
        body(
          Turn(
            value: parameter.value.value.buffer, gradient: gradient.buffer, step: steps[index], decay: decays[index],
            rateScale: parameter.value.rateScale, slot: { self.slot($0, of: index) }))
      }
    }
  }

  /// A step of some rows: they and what is remembered of them are taken out, changed and put back.
  private func stepRows(_ rows: ParameterRows, _ gradient: FloatBuffer, _ index: Int, _ body: (Turn) -> Void) {
    steps[index] += 1
    let width = rows.values.columns
    var taken: [(whole: FloatBuffer, part: FloatBuffer)] = []
    body(
      Turn(
        value: rows.values.buffer, gradient: gradient, step: steps[index], decay: decays[index],
        rateScale: rows.parameter.rateScale
      ) { name in
        let whole = self.slot(name, of: index)
        let part = FloatBuffer(count: gradient.count)
        Kernels.gather(whole, ids: rows.ids, width: width, into: part)
        taken.append((whole, part))
        return part
      })
    for (whole, part) in taken + [(rows.parameter.value.buffer, rows.values.buffer)] {
      Kernels.scatter(part, ids: rows.ids, width: width, into: whole)
    }
  }
}
