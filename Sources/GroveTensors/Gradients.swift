public import GroveKernels

/// The slots into which pullbacks add.
public final class Gradients {
  /// Each slot keeps its tensor alive, so that no later tensor can take over its identity.
  private var slots: [ObjectIdentifier: (tensor: Tensor, gradient: FloatBuffer)] = [:]

  init() {}

  /// Calls `body` with the slot of `tensor` if it wants a gradient; `body` must add to it.
  ///
  /// A new slot holds zeros.
  public func add(to tensor: Tensor, _ body: (FloatBuffer) -> Void) {
    accumulate(to: tensor) { slot, adding in
      if !adding { slot.clear() }
      body(slot)
    }
  }

  /// As `add(to:)` for kernels that can write as well as add: a new slot holds anything and `adding` is false.
  public func accumulate(to tensor: Tensor, _ body: (_ slot: FloatBuffer, _ adding: Bool) -> Void) {
    guard tensor.requiresGradient else { return }
    let key = ObjectIdentifier(tensor)
    if let slot = slots[key] { return body(slot.gradient, true) }
    let slot = FloatBuffer(count: tensor.shape.count)
    slots[key] = (tensor, slot)
    body(slot, false)
  }

  /// Adds factor · gradient to the slot of `tensor`.
  func add(_ gradient: FloatBuffer, times factor: Float = 1, to tensor: Tensor) {
    accumulate(to: tensor) { slot, adding in
      if adding {
        Kernels.add(gradient, times: factor, to: slot)
      } else {
        Kernels.blend(factor, gradient, into: slot)
      }
    }
  }

  /// The gradient of a tensor, or nil where none reached it.
  public subscript(tensor: Tensor) -> Tensor? {
    peek(tensor).map { Tensor($0, rows: tensor.rows, columns: tensor.columns) }
  }

  /// The gradient of a parameter, or nil where none reached it.
  public subscript(parameter: Parameter) -> Tensor? { self[parameter.value] }

  fileprivate func take(_ tensor: Tensor) -> FloatBuffer? {
    slots.removeValue(forKey: ObjectIdentifier(tensor))?.gradient
  }
  fileprivate func peek(_ tensor: Tensor) -> FloatBuffer? { slots[ObjectIdentifier(tensor)]?.gradient }
}

extension Tensor {
  /// Gradients of the sum of this tensor's entries (its own value where it is [1, 1]) for everything it came from.
  ///
  /// Runs pullbacks in the reverse order of creation. A step and what it saved are dropped once its pullback has run,
  /// with the gradient of its result, unless `retaining`.
  ///
  /// - Parameter seed: the gradient of the result itself; all ones where nil.
  /// - Precondition: this tensor was recorded or is a leaf that wants a gradient; no earlier backward pass without
  ///   `retaining` has gone through any step behind it.
  /// - Complexity: O(steps · log steps) beside the pullbacks.
  public func backward(from seed: Tensor? = nil, retaining: Bool = false) -> Gradients {
    precondition(requiresGradient, "backward of a \(shape) tensor that nothing trainable led to")
    if let seed { precondition(seed.shape == shape, "backward: seed \(seed.shape) for a \(shape) tensor") }
    let gradients = Gradients()
    gradients.add(to: self) { slot in
      if let seed { slot.copy(from: seed.buffer) } else { slot.write { for i in 0..<$0.count { $0[i] = 1 } } }
    }
    for tensor in steps() {
      guard let record = tensor.record else { continue }
      if !retaining {
        tensor.record = nil
        tensor.isSpent = true
      }
      let keep = retaining || tensor === self
      guard let gradient = keep ? gradients.peek(tensor) : gradients.take(tensor) else { continue }
      record.pullback(gradient, gradients)
    }
    return gradients
  }

  /// Recorded tensors that led here, latest first.
  private func steps() -> [Tensor] {
    func demandHistory(of tensor: Tensor) {
      precondition(
        !tensor.isSpent,
        "backward of a \(shape) tensor: an earlier backward dropped the history of a \(tensor.shape) tensor behind it; make the earlier one retaining"
      )
    }
    demandHistory(of: self)
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(self)]
    var found = [self]
    var next = 0
    while next < found.count {
      for input in found[next].record?.inputs ?? [] {
        demandHistory(of: input)
        if input.record != nil, seen.insert(ObjectIdentifier(input)).inserted { found.append(input) }
      }
      next += 1
    }
    return found.sorted { $0.order > $1.order }
  }
}
