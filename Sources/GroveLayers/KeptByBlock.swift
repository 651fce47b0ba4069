import GroveGraphs
import GroveKernels

/// What a model computes once for each graph that it is shown, such as encodings of its nodes.
///
/// The latest few graphs are kept: under a split by time, training, validation and test see different ones.
final class KeptByBlock<Value> {
  private var kept: [(aggregation: Aggregation, value: Value)] = []
  private let limit = 4

  /// The value for a block's edges, made where it is not at hand.
  func value(for block: Block, _ make: () -> Value) -> Value {
    if let found = kept.first(where: { $0.aggregation === block.aggregation }) { return found.value }
    let made = make()
    if kept.count == limit { kept.removeFirst() }
    kept.append((block.aggregation, made))
    return made
  }
}
