public import GroveTensors

/// Merges what several relations or meta-paths give for the same nodes, by one weight for each of them.
///
///     w[r] = q · mean over nodes of tanh(z[r] · K + b),   result = Σ softmax(w)[r] · z[r]
///
/// The mean is over the rows that are given: a sampled batch weighs relations by its own nodes.
///
/// - Shape: R tensors [N, F] → [N, F]; K [F, A], q [1, A].
/// - Start: K PyTorch's linear layer, q Glorot.
/// - Complexity: O(R · N · F · A).
/// - Source: Wang 2019, eq. 7–9.
public final class SemanticAttention: Module {
  /// K and b. [F, A]
  public let key: Linear
  /// q. [1, A]
  public let query: Parameter

  /// - Parameter width: F.
  public init(_ width: Int, attention: Int? = nil, from initializer: Initializer) {
    key = Linear(width, attention ?? width, from: initializer)
    query = initializer.glorot(1, attention ?? width)
  }

  /// The weighted sum. R tensors [N, F] → [N, F]
  public func callAsFunction(_ parts: [Tensor]) -> Tensor {
    let weights = parts.map { key($0).tanh().columnMean().rowDot(query.value) }
    let shares = Tensor.concatenatingColumns(weights).softmax()
    let weighed = parts.enumerated().map { $1.scaled(by: shares.columns($0..<$0 + 1)) }
    return weighed.dropFirst().reduce(weighed[0], +)
  }
}
