public import GroveGraphs
public import GroveKernels
public import GroveTensors

/// GraphSAGE convolution.
///
///     h'[i] = (mean or max over j in N(i) of x[j]) · W_neighbor + b + x[i] · W_own,   then optionally h' / |h'|
///
/// - Shape: x [S, in] → [T, out]; both W [in, out], b [1, out]. A node without neighbors gets b + its own part.
/// - Start: W uniform in ±1/√in, b likewise (PyTorch's linear layers).
/// - Complexity: O(E · min(in, out) + S · in · out) for the mean, O(E · in + …) for the maximum.
/// - Source: Hamilton, Ying, Leskovec 2017, algorithm 1. Differs: the maximum has no extra dense layer before it, as in
///   PyTorch Geometric.
public final class SAGEConvolution: GraphConvolution {
  /// W_neighbor and b, for the neighbors' mean or maximum. [in, out]
  public let neighbor: Linear
  /// W_own, for a node's own row; it has no bias. [in, out]
  public let own: Linear
  /// Whether neighbors' rows are averaged or their largest entries taken.
  public let aggregator: Aggregator
  /// Whether each row of the result is brought to length 1.
  public let isNormalized: Bool

  /// How the neighbors' rows become one.
  public enum Aggregator: String, Sendable, CaseIterable, Codable { case mean, max }

  /// A convolution from `inputWidth` to `outputWidth` columns with a random start.
  public init(
    _ inputWidth: Int, _ outputWidth: Int, aggregator: Aggregator = .mean, normalized: Bool = false,
    from initializer: Initializer
  ) {
    neighbor = Linear(inputWidth, outputWidth, from: initializer)
    own = Linear(inputWidth, outputWidth, bias: false, from: initializer)
    self.aggregator = aggregator
    isNormalized = normalized
  }

  /// h' of each target. [S, in] → [T, out]
  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    rows(source, target, block, rectifier: nil)
  }

  /// h' of each target, rectified. [S, in] → [T, out]
  public func rectified(_ x: Tensor, over block: Block, by rectifier: Rectifier) -> Tensor {
    rows(x, nil, block, rectifier: rectifier)
  }

  private func rows(_ source: Tensor, _ target: Tensor?, _ block: Block, rectifier: Rectifier?) -> Tensor {
    let rows = block.targetRows(of: source, given: target)
    if aggregator == .mean && (source.isSparse || neighbor.weight.shape.rows > neighbor.weight.shape.columns) {
      // The mean of projected rows is the projected mean; a bias is added after it.
      let mixed = source.matmul(neighbor.weight.value).aggregatedMean(
        over: block.aggregation, bias: neighbor.bias?.value)
      return finished(mixed + own(rows), rectifier)
    }
    let mixed =
      aggregator == .max
      ? source.densified().aggregatedMaximum(over: block.aggregation)
      : source.aggregatedMean(over: block.aggregation)
    let terms = [(mixed, neighbor.weight.value), (rows, own.weight.value)]
    let bias = neighbor.bias?.value
    if isNormalized { return finished(.sumOfProducts(terms, bias: bias), rectifier) }
    return .sumOfProducts(terms, bias: bias, rectifier: rectifier)
  }

  private func finished(_ rows: Tensor, _ rectifier: Rectifier?) -> Tensor {
    let rows = isNormalized ? rows.normalizedRows() : rows
    return rectifier.map { rows.rectified(by: $0) } ?? rows
  }
}
