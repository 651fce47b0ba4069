public import GroveGraphs
public import GroveTensors

/// Three channels of a node, mixed by what it holds itself: the mean around it, what differs from that mean, and its own row.
///
///     low = ReLU(P x W₁),   high = ReLU(x W₂ − P x W₂),   own = ReLU(x W₃)
///     α[i] = softmax([σ(low · a₁) ‖ σ(high · a₂) ‖ σ(own · a₃)] · M / 3),   h' = α₁ low + α₂ high + α₃ own
///
/// P is the mean over a node's edges and one self-loop; edge weights are not used.
///
/// - Shape: x [S, in] → [T, out]; each W [in, out], each a [1, out], M [3, 3].
/// - Complexity: O(E · out + S · in · out).
/// - Source: Luan 2022, "Revisiting Heterophily For Graph Neural Networks": the ACM framework with P as its filter and
///   temperature 3.
public final class ACMConvolution: GraphConvolution {
  /// W₁, of the mean. [in, out]
  public let lowWeight: Parameter
  /// W₂, of the difference from the mean. [in, out]
  public let highWeight: Parameter
  /// W₃, of the own row. [in, out]
  public let ownWeight: Parameter
  /// a₁. [1, out]
  public let lowGate: Parameter
  /// a₂. [1, out]
  public let highGate: Parameter
  /// a₃. [1, out]
  public let ownGate: Parameter
  /// M, how the three gates speak to each other. [3, 3]
  public let mixing: Parameter

  /// A layer from `inputWidth` to `outputWidth` columns, with a random start.
  public init(_ inputWidth: Int, _ outputWidth: Int, from initializer: Initializer) {
    lowWeight = initializer.glorot(inputWidth, outputWidth)
    highWeight = initializer.glorot(inputWidth, outputWidth)
    ownWeight = initializer.glorot(inputWidth, outputWidth)
    lowGate = initializer.glorot(1, outputWidth, fanIn: outputWidth, fanOut: 1)
    highGate = initializer.glorot(1, outputWidth, fanIn: outputWidth, fanOut: 1)
    ownGate = initializer.glorot(1, outputWidth, fanIn: outputWidth, fanOut: 1)
    mixing = initializer.glorot(3, 3)
  }

  /// h'. [S, in] → [T, out]
  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    func own(_ weight: Parameter, _ projected: Tensor?) -> Tensor {
      if let target { return target.matmul(weight.value) }
      return block.targetRows(of: projected ?? source.matmul(weight.value), given: nil)
    }
    let low = source.matmul(lowWeight.value).aggregatedMean(over: block.looped).relu()
    let projected = source.matmul(highWeight.value)
    let high = (own(highWeight, projected) - projected.aggregatedMean(over: block.looped)).relu()
    let same = own(ownWeight, nil).relu()
    let channels = [(low, lowGate), (high, highGate), (same, ownGate)]
    let gates = Tensor.concatenatingColumns(channels.map { $0.rowDot($1.value).sigmoid() })
    let shares = ((1 / 3) * gates.matmul(mixing.value)).softmax()
    let parts = channels.enumerated().map { $1.0.scalingRows(by: shares.columns($0..<$0 + 1)) }
    return parts[0] + parts[1] + parts[2]
  }
}
