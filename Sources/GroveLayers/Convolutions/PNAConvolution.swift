import Foundation
public import GroveGraphs
import GroveKernels
public import GroveTensors

/// Principal neighborhood aggregation: four summaries of the messages, each at three scales of the degree.
///
///     m[j, i] = x[i] · W_target + x[j] · W_source + b
///     a[i] = mean, min, max and standard deviation over N(i) of m[j, i], side by side
///     s[i] = [a, a · log(d + 1) / δ, a · δ / log(max(d, 1) + 1)],   d = edges into i, δ = mean of log(d + 1)
///     h'[i] = ([x[i], s[i]] · W_after + b_after) · W_out + b_out
///
/// - Shape: x [S, in] → [T, out]; W_source and W_target [in, M], W_after [in + 12 · M, out], W_out [out, out].
/// - Start: PyTorch's linear layers. A node without neighbors has zeros for a.
/// - Complexity: O(E · M + S · in · (M + out) + T · 12 · M · out), no edge × feature buffer.
/// - Source: Corso 2020. Differs: one tower, as PyTorch Geometric's default; there M is the input width.
public final class PNAConvolution: GraphConvolution {
  /// W_source and b: what sources send. [in, M]
  public let source: Linear
  /// W_target, a node's own part of the messages it gets; it has no bias. [in, M]
  public let target: Linear
  /// The rows of W_after for a node's own row; it has no bias. [in, out]
  public let own: Linear
  /// The rows of W_after for the summaries, and b_after. [12 · M, out]
  public let summaries: Linear
  /// W_out and b_out. [out, out]
  public let output: Linear
  /// δ of the graph that the layer was made for.
  public let averageLogDegree: Buffer

  /// A convolution with a random start.
  ///
  /// - Parameters:
  ///   - messageWidth: M; nil: `outputWidth`.
  ///   - averageLogDegree: δ, the mean over the nodes to train on of log(d + 1); above 0.
  public init(
    _ inputWidth: Int, _ outputWidth: Int, messageWidth: Int? = nil, averageLogDegree: Float,
    from initializer: Initializer
  ) {
    precondition(averageLogDegree > 0, "PNAConvolution: an average log degree of \(averageLogDegree)")
    let messages = messageWidth ?? outputWidth
    source = Linear(inputWidth, messages, from: initializer)
    target = Linear(inputWidth, messages, bias: false, from: initializer)
    own = Linear(inputWidth, outputWidth, bias: false, from: initializer)
    summaries = Linear(12 * messages, outputWidth, from: initializer)
    output = Linear(outputWidth, outputWidth, from: initializer)
    self.averageLogDegree = Buffer([averageLogDegree])
  }

  /// h' of each target. [S, in] → [T, out]
  public func callAsFunction(_ x: Tensor, target given: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    let aggregation = block.aggregation
    let sent = source(x)
    let targetRows = block.targetRows(of: x, given: given)
    // A target's own part is the same in all its messages: it shifts mean, minimum and maximum and leaves the rest.
    let shift = target(targetRows).scalingRows(by: block.hasNeighbors)
    let mean = sent.aggregatedMean(over: aggregation)
    let all = Tensor.concatenatingColumns([
      mean + shift, shift - (-1 * sent).aggregatedMaximum(over: aggregation),
      sent.aggregatedMaximum(over: aggregation) + shift, PNAConvolution.deviation(sent, mean, over: block),
    ])
    let (up, down) = scales(block)
    let summary = Tensor.concatenatingColumns([all, all.scalingRows(by: up), all.scalingRows(by: down)])
    return output(own(targetRows) + summaries(summary))
  }

  /// √(mean of squares − square of the mean), 0 where the variance is at most 10⁻⁵.
  private static func deviation(_ sent: Tensor, _ mean: Tensor, over block: Block) -> Tensor {
    let variance = sent.applying(.square).aggregatedMean(over: block.aggregation) - mean.applying(.square)
    let least: Float = 1e-5
    let kept = variance.adding(-least).relu()
    let mask = Tensor(kept.values.map { $0 > 0 ? 1 : 0 }, rows: kept.rows, columns: kept.columns)
    let safe = kept.adding(least)
    return safe * safe.applying(.reciprocalSquareRoot) * mask
  }

  /// Amplification and attenuation of each target. Each [T, 1]
  private func scales(_ block: Block) -> (up: Tensor, down: Tensor) {
    let average = averageLogDegree.value[0]
    let offsets = block.aggregation.incoming.offsets
    let logs = (0..<block.targetCount).map { log(Float(offsets[$0 + 1] - offsets[$0]) + 1) }
    let up = logs.map { $0 / average }
    let down = logs.map { average / ($0 > 0 ? $0 : log(Float(2))) }
    return (Tensor(up, rows: logs.count, columns: 1), Tensor(down, rows: logs.count, columns: 1))
  }
}

extension Block {
  /// 1 for each target with an edge into it, else 0. [T, 1]
  fileprivate var hasNeighbors: Tensor {
    let offsets = aggregation.incoming.offsets
    return Tensor(
      (0..<targetCount).map { offsets[$0 + 1] > offsets[$0] ? 1 : 0 }, rows: targetCount, columns: 1)
  }
}

extension Graph {
  /// Mean over the nodes of log(d + 1), d the number of edges into a node; log 2 for a graph without edges.
  ///
  /// - Complexity: O(N).
  public var averageLogDegree: Float {
    let sum = inDegrees.reduce(0.0) { $0 + log(Double($1) + 1) }
    return sum > 0 ? Float(sum / Double(nodeCount)) : Float(log(2.0))
  }
}
