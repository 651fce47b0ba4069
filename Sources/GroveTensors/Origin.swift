import Synchronization

/// A tensor's place in the history of operations, without its numbers.
final class Origin {
  /// Rows × columns of the tensor.
  let shape: Shape
  /// Whether `backward` carries a gradient to or through the tensor.
  var requiresGradient: Bool
  /// Creation number: an operation's inputs were made before its result.
  let order: Int
  var record: Record?
  /// Whether a backward pass has dropped the record: another one cannot go through here.
  var isSpent = false

  /// The step that made a tensor; dropped as soon as its pullback has run.
  struct Record {
    let inputs: [Origin]
    let pullback: Pullback
  }

  private static let counter = Atomic<Int>(0)

  init(_ shape: Shape, requiresGradient: Bool) {
    self.shape = shape
    self.requiresGradient = requiresGradient
    order = Origin.counter.wrappingAdd(1, ordering: .relaxed).oldValue
  }

  /// Lets go of the steps behind this one one by one: each releasing the next, a long history would overflow the stack.
  deinit {
    var waiting = record.map { [$0] } ?? []
    record = nil
    /// Drops the last record, and with it what its pullback holds.
    func inputsOfLast() -> [Origin] { waiting.removeLast().inputs }
    while !waiting.isEmpty {
      var inputs = inputsOfLast()
      while var input = inputs.popLast() {
        guard isKnownUniquelyReferenced(&input), let next = input.record else { continue }
        input.record = nil
        waiting.append(next)
      }
    }
  }
}
