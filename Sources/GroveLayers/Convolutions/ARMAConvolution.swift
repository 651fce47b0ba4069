public import GroveGraphs
public import GroveKernels
public import GroveTensors

/// Convolution with an auto-regressive moving-average filter: K stacks of recursions that always see the input again.
///
///     h[k]⁰ = σ(Â · x · W₀[k] + x · V₀[k] + b₀[k])
///     h[k]ᵗ = σ(Â · h[k]ᵗ⁻¹ · Wₜ[k] + x · Vₜ[k] + bₜ[k]),   h' = mean over k of the last h[k]
///
/// Â is D^-1/2 A D^-1/2 with the loops that the graph has; σ is ReLU unless told otherwise.
///
/// - Shape: x [N, in] → [N, out]; of all stacks side by side W₀ and Vₜ [in, K · out], bₜ [1, K · out]; Wₜ[k] [out, out].
///   The block must hold the same nodes on both sides.
/// - Start: W and V Glorot, b zeros.
/// - Complexity: O(T · (E · K · out + N · in · K · out)).
/// - Source: Bianchi, Grattarola, Livi, Alippi 2021. Differs: Â in place of their rescaled Laplacian, as
///   in PyTorch Geometric.
public final class ARMAConvolution: GraphConvolution {
  /// W₀ of all stacks. [in, K · out]
  public let initial: Parameter
  /// Wₜ[k] of the later steps, step after step, one a stack. Each [out, out]
  public let recursions: [[Parameter]]
  /// Vₜ of all stacks, one a step. Each [in, K · out]
  public let roots: [Parameter]
  /// bₜ of all stacks, one a step. Each [1, K · out]
  public let biases: [Parameter]
  /// K, the number of stacks that are averaged.
  public let stacks: Int
  /// σ; nil: none.
  public let activation: ElementwiseFunction?
  /// Share of the input of V that is zeroed in training, in 0..<1.
  public let dropout: Float

  /// - Parameter steps: T, how often each stack walks the graph, at least once.
  public init(
    _ inputWidth: Int, _ outputWidth: Int, stacks: Int = 1, steps: Int = 1, activation: ElementwiseFunction? = .relu,
    dropout: Float = 0, from initializer: Initializer
  ) {
    precondition(stacks >= 1 && steps >= 1, "ARMAConvolution: \(stacks) stacks of \(steps) steps")
    func side(_ rows: Int) -> Parameter {
      initializer.glorot(rows, stacks * outputWidth, fanIn: rows, fanOut: outputWidth)
    }
    initial = side(inputWidth)
    recursions = (1..<steps).map { _ in (0..<stacks).map { _ in initializer.glorot(outputWidth, outputWidth) } }
    roots = (0..<steps).map { _ in side(inputWidth) }
    biases = (0..<steps).map { _ in initializer.constant(0, 1, stacks * outputWidth) }
    self.stacks = stacks
    self.activation = activation
    self.dropout = dropout
  }

  /// False: each step walks the block again.
  public var walksOnce: Bool { false }

  /// h' of each node. [N, in] → [N, out]
  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    let normalized = block.normalized(loops: .own)
    let width = initial.shape.columns / stacks
    var h = source.matmul(initial.value)
    for step in roots.indices {
      if step > 0 {
        let parts = recursions[step - 1].enumerated().map { stack, weight in
          h.columns(stack * width..<(stack + 1) * width).matmul(weight.value)
        }
        h = parts.count == 1 ? parts[0] : Tensor.concatenatingColumns(parts)
      }
      let root = source.droppedOut(dropout, rowIDs: block.sourceIDs).matmul(roots[step].value)
      let mixed = h.aggregated(over: normalized.aggregation, weights: normalized.weights) + root
      h = mixed.addingRow(biases[step].value)
      if let activation { h = h.applying(activation) }
    }
    return h.mergingHeads(stacks, .mean)
  }
}
