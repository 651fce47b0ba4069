public import GroveGraphs
import GroveKernels
public import GroveTensors

/// How likely a random walk from each node is back after 1, 2, … steps.
///
///     p[i, k − 1] = (Pᵏ)[i, i],   P[i, j] = w(i → j) / Σ over edges out of i of w
///
/// - Parameters:
///   - block: a whole graph.
///   - steps: the number of columns.
///   - width: how many walks are followed at once.
/// - Shape: → [N, steps].
/// - Complexity: O(steps · N · E) time, once a graph; O(N · width) memory, never N · N.
/// - Source: Dwivedi 2022, "Graph Neural Networks with Learnable Structural and Positional Representations". Differs from
///   PyTorch Geometric's `AddRandomWalkPE` on weighted graphs, where that one ignores each edge's own weight.
public func randomWalkEncoding(of block: Block, steps: Int, width: Int = 64) -> Tensor {
  precondition(
    block.placement == .same, "randomWalkEncoding: a whole graph is needed, \(block.targetCount) targets given")
  precondition(steps >= 1 && width >= 1, "randomWalkEncoding: \(steps) steps, \(width) at once")
  let index = block.aggregation.incoming
  let count = block.sourceCount
  var outgoing = [Double](repeating: 0, count: count)
  for (entry, source) in index.columns.enumerated() { outgoing[Int(source)] += Double(block.weights?[entry] ?? 1) }
  let weights = index.columns.enumerated().map { entry, source -> Float in
    let sum = outgoing[Int(source)]
    return sum > 0 ? Float(Double(block.weights?[entry] ?? 1) / sum) : 0
  }
  return Pass.evaluation {
    let result = FloatBuffer(count: count * steps)
    for first in stride(from: 0, to: count, by: width) {
      let range = first..<min(first + width, count)
      // Column c follows the walks from node first + c: x[j, c] is how likely they are at j.
      let start = FloatBuffer(count: count * range.count, zeroed: true)
      for node in range { start[node * range.count + node - first] = 1 }
      var x = Tensor(start, rows: count, columns: range.count)
      for step in 0..<steps {
        x = x.aggregated(over: block.aggregation, weights: weights)
        for node in range { result[node * steps + step] = x[node, node - first] }
      }
    }
    return Tensor(result, rows: count, columns: steps)
  }
}

/// The random-walk encoding of a graph's nodes, brought to mean 0 and variance 1 and to the width of their rows.
///
/// - Shape: → [N, width].
final class WalkEncoding: Module {
  let norm: BatchNorm
  let linear: Linear
  let steps: Int
  private let kept = KeptByBlock<Tensor>()

  init(steps: Int, _ width: Int, from initializer: Initializer) {
    norm = BatchNorm(steps, from: initializer)
    linear = Linear(steps, width, from: initializer)
    self.steps = steps
  }

  func callAsFunction(_ block: Block) -> Tensor {
    linear(norm(kept.value(for: block) { randomWalkEncoding(of: block, steps: steps) }))
  }
}
