public import GroveGraphs
public import GroveKernels
public import GroveTensors

/// Graph convolution.
///
///     h'[i] = Σ over j in N(i) and i itself of Â[i, j] · (x[j] · W) + b,   Â from `Block.normalized`
///
/// - Shape: x [S, in] → [T, out]; W [in, out], b [1, out].
/// - Start: W Glorot, b zeros.
/// - Complexity: O(E · min(in, out) + S · in · out): edges are walked at the smaller of the two widths.
/// - Source: Kipf, Welling 2017, eq. 2.
public final class GCNConvolution: GraphConvolution {
  /// W, shared by all nodes. [in, out]
  public let weight: Parameter
  /// One number a column, added after aggregation; nil where the layer has none. [1, out]
  public let bias: Parameter?

  /// A convolution from `inputWidth` to `outputWidth` columns with a random start.
  public init(_ inputWidth: Int, _ outputWidth: Int, bias hasBias: Bool = true, from initializer: Initializer) {
    weight = initializer.glorot(inputWidth, outputWidth)
    bias = hasBias ? initializer.constant(0, 1, outputWidth) : nil
  }

  /// h' of each target. [S, in] → [T, out]
  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    rows(source, block, rectifier: nil)
  }

  /// h' of each target, rectified. [S, in] → [T, out]
  public func rectified(_ x: Tensor, over block: Block, by rectifier: Rectifier) -> Tensor {
    rows(x, block, rectifier: rectifier)
  }

  private func rows(_ source: Tensor, _ block: Block, rectifier: Rectifier?) -> Tensor {
    let normalized = block.normalized
    if !source.isSparse && weight.shape.rows < weight.shape.columns {
      let mixed = source.aggregated(over: normalized.aggregation, weights: normalized.weights)
      return .sumOfProducts([(mixed, weight.value)], bias: bias?.value, rectifier: rectifier)
    }
    let projected = source.matmul(weight.value)
    return projected.aggregated(
      over: normalized.aggregation, weights: normalized.weights, bias: bias?.value, rectifier: rectifier)
  }
}
