public import GroveGraphs
import GroveKernels
public import GroveTensors

/// Signed attention: neighbors may be added or taken away.
///
///     h'[i] = Σ over edges j → i, j ≠ i, of dropout(tanh(a · x[j] + b · x[i])) · w[i, j] / √(d[i] · d[j]) · x[j]
///
/// d counts the weighted edges into a node without loops.
///
/// - Shape: x [S, F] → [T, F]; a and b [1, F].
/// - Complexity: O(E · F + S · F).
/// - Source: Bo 2021, "Beyond Low-frequency Information in Graph Convolutional Networks". Differs from PyTorch
///   Geometric's default: no self-loops, as in the paper; the share of the first rows is added by `FAGCN`.
public final class FAConvolution: GraphConvolution {
  /// a, the gate's weights of the source. [1, F]
  public let sourceGate: Parameter
  /// b, the gate's weights of the target. [1, F]
  public let targetGate: Parameter
  /// Share of the gates that is zeroed in training, in 0..<1.
  public let gateDropout: Float

  /// A layer for rows of `width` columns, with a random start.
  public init(_ width: Int, gateDropout: Float = 0, from initializer: Initializer) {
    sourceGate = initializer.glorot(1, width, fanIn: width, fanOut: 1)
    targetGate = initializer.glorot(1, width, fanIn: width, fanOut: 1)
    self.gateDropout = gateDropout
  }

  /// h'. [S, F] → [T, F]
  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    let x = source.densified()
    let normalized = block.normalized(loops: .none)
    let index = normalized.aggregation.incoming
    let owners = (0..<index.rowCount).flatMap {
      [Int32](repeating: Int32($0), count: Int(index.offsets[$0 + 1] - index.offsets[$0]))
    }
    let scores =
      x.rowDot(sourceGate.value).gathering(rows: index.columns)
      + block.targetRows(of: x, given: target).rowDot(targetGate.value).gathering(rows: owners)
    let gates = scores.tanh().droppedOut(
      gateDropout, rowIDs: index.identities?.map { Int32(truncatingIfNeeded: $0) })
    let factors = Tensor(normalized.weights.values, rows: normalized.weights.values.count, columns: 1)
    return x.aggregated(over: normalized.aggregation, weights: gates * factors)
  }
}
