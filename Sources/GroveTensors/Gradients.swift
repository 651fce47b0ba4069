public import GroveKernels

/// The slots into which pullbacks add.
public final class Gradients {
  /// Each slot keeps its origin alive, so that no later one can take over its identity.
  fileprivate var slots: [ObjectIdentifier: (origin: Origin, gradient: FloatBuffer)] = [:]

  /// The gradient that the running pullback was given, where nobody else will read it: it may become a slot.
  fileprivate var spendable: FloatBuffer?

  /// Whether pullbacks must be able to run again.
  private let isRetaining: Bool

  init(isRetaining: Bool = false) { self.isRetaining = isRetaining }

  /// Calls `body` with the slot of a tensor if it wants a gradient; `body` must add to it.
  ///
  /// A new slot holds zeros.
  public func add(to tensor: Tensor, _ body: (FloatBuffer) -> Void) { add(to: tensor.origin, body) }

  func add(to origin: Origin, _ body: (FloatBuffer) -> Void) {
    accumulate(to: origin) { slot, adding in
      if !adding { slot.clear() }
      body(slot)
    }
  }

  /// As `add(to:)` for kernels that can write as well as add: a new slot holds anything and `adding` is false.
  public func accumulate(to tensor: Tensor, _ body: (_ slot: FloatBuffer, _ adding: Bool) -> Void) {
    accumulate(to: tensor.origin, body)
  }

  func accumulate(to origin: Origin, _ body: (_ slot: FloatBuffer, _ adding: Bool) -> Void) {
    guard origin.requiresGradient else { return }
    let key = ObjectIdentifier(origin)
    if let slot = slots[key] { return body(slot.gradient, true) }
    let slot = FloatBuffer(count: origin.shape.count)
    slots[key] = (origin, slot)
    body(slot, false)
  }

  /// The slot of `tensor` to add to, or scratch of zeros where it wants no gradient.
  func slot(of tensor: Tensor) -> FloatBuffer {
    var found: FloatBuffer?
    add(to: tensor) { found = $0 }
    return found ?? FloatBuffer(count: tensor.shape.count, zeroed: true)
  }

  /// As `accumulate` for kernels that read `gradient` element by element: a new slot may be the gradient itself, to be
  /// overwritten in place.
  ///
  /// - Precondition: the pullback reads the gradient no more afterwards.
  func transform(
    _ gradient: FloatBuffer, to origin: Origin, _ body: (_ slot: FloatBuffer, _ adding: Bool) -> Void
  ) {
    let key = ObjectIdentifier(origin)
    guard origin.requiresGradient, gradient === spendable, slots[key] == nil, origin.shape.count == gradient.count
    else { return accumulate(to: origin, body) }
    spendable = nil
    body(gradient, false)
    slots[key] = (origin, gradient)
  }

  /// The gradient before the rectifier of a pass, given that after it, where there is one; its sum over rows goes to the
  /// bias that was added before.
  ///
  /// - Precondition: the pullback reads the given gradient no more afterwards.
  func beforeRectifying(_ rectified: Rectified?, _ gradient: FloatBuffer, width: Int, bias: Tensor?) -> FloatBuffer {
    guard let rectified else {
      if let bias { add(to: bias) { Kernels.sumRows(gradient, width: width, into: $0) } }
      return gradient
    }
    guard let out = rectified.out else { preconditionFailure("beforeRectifying: the result was let go of") }
    let before = gradient === spendable ? gradient : FloatBuffer(count: gradient.count)
    func pass(_ sum: FloatBuffer?) {
      Kernels.rectifyBackward(
        rectified.rectifier, out: out, gradient: gradient, width: width, into: before, adding: false, sum: sum)
    }
    if let bias, bias.requiresGradient { add(to: bias) { pass($0) } } else { pass(nil) }
    if !isRetaining { rectified.out = nil }
    return before
  }

  /// Adds all gradients of another pass, that of one tensor under another's name.
  func add(_ other: Gradients, renaming leaf: Origin, to origin: Origin) {
    // In the order of creation, for sums must not depend on a table's order.
    for (source, gradient) in other.slots.values.sorted(by: { $0.origin.order < $1.origin.order })
    where source.record == nil && !source.isSpent {
      add(gradient, to: source === leaf ? origin : source)
    }
  }

  /// Adds factor · gradient to the slot of `origin`, which may be the gradient itself.
  ///
  /// - Precondition: the pullback does not write to the gradient or to that slot afterwards.
  func add(_ gradient: FloatBuffer, times factor: Float = 1, to origin: Origin) {
    if factor == 1 {
      return transform(gradient, to: origin) { slot, adding in
        if adding {
          Kernels.add(gradient, times: 1, to: slot)
        } else if slot !== gradient {
          slot.copy(from: gradient)
        }
      }
    }
    accumulate(to: origin) { slot, adding in
      if adding {
        Kernels.add(gradient, times: factor, to: slot)
      } else {
        Kernels.blend(factor, gradient, into: slot)
      }
    }
  }

  /// The gradient of a tensor, or nil where none reached it.
  public subscript(tensor: Tensor) -> Tensor? {
    peek(tensor.origin).map { Tensor($0, rows: tensor.rows, columns: tensor.columns) }
  }

  /// The gradient of a parameter, or nil where none reached it.
  public subscript(parameter: Parameter) -> Tensor? { self[parameter.value] }

  fileprivate func take(_ origin: Origin) -> FloatBuffer? {
    slots.removeValue(forKey: ObjectIdentifier(origin))?.gradient
  }
  fileprivate func peek(_ origin: Origin) -> FloatBuffer? { slots[ObjectIdentifier(origin)]?.gradient }
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
    let gradients = Gradients(isRetaining: retaining)
    if let seed {
      // Never written to: nothing adds to the gradient of the result, and no pullback may change it in place.
      gradients.slots[ObjectIdentifier(origin)] = (origin, seed.buffer)
    } else {
      gradients.accumulate(to: self) { slot, _ in slot.write { for i in 0..<$0.count { $0[i] = 1 } } }
    }
    var waiting = steps()
    // Taken off one by one: a step's numbers go with it.
    while let step = waiting.popLast() {
      guard let record = step.record else { continue }
      if !retaining {
        step.record = nil
        step.isSpent = true
      }
      let keep = retaining || step === origin
      guard let gradient = keep ? gradients.peek(step) : gradients.take(step) else { continue }
      gradients.spendable = keep ? nil : gradient
      record.pullback(gradient, gradients)
      gradients.spendable = nil
    }
    return gradients
  }

  /// Recorded steps that led here, latest last.
  private func steps() -> [Origin] {
    func demandHistory(of step: Origin) {
      precondition(
        !step.isSpent,
        "backward of a \(shape) tensor: an earlier backward dropped the history of a \(step.shape) tensor behind it; make the earlier one retaining"
      )
    }
    demandHistory(of: origin)
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(origin)]
    var found = [origin]
    var next = 0
    while next < found.count {
      for input in found[next].record?.inputs ?? [] {
        demandHistory(of: input)
        if input.record != nil, seen.insert(ObjectIdentifier(input)).inserted { found.append(input) }
      }
      next += 1
    }
    return found.sorted { $0.order < $1.order }
  }
}

/// What the gradient of a rectifier reads: its result, of which a pullback lets go once it has, so that the rest of it has
/// the memory.
final class Rectified {
  fileprivate let rectifier: Rectifier
  fileprivate var out: FloatBuffer?

  /// Nil where nothing is rectified.
  init?(_ rectifier: Rectifier?, _ out: FloatBuffer) {
    guard let rectifier else { return nil }
    (self.rectifier, self.out) = (rectifier, out)
  }
}
