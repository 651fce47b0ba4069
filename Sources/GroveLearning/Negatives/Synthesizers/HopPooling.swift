public import GroveTensors

/// How the embeddings of a node after each hop become one.
public enum HopPooling: Sendable, Equatable {
  case mean
  case sum
  /// The hops side by side.
  case concatenation
  /// The last hop alone.
  case last

  /// One tensor of all hops.
  ///
  /// - Shape: H of [N, D] → [N, D], or [N, H · D] of a concatenation.
  /// - Precondition: there is a hop, and all have one shape.
  public func callAsFunction(_ hops: [Tensor]) -> Tensor {
    precondition(!hops.isEmpty, "HopPooling: no hops")
    switch self {
    case .mean: return (1 / Float(hops.count)) * hops.dropFirst().reduce(hops[0], +)
    case .sum: return hops.dropFirst().reduce(hops[0], +)
    case .concatenation: return .concatenatingColumns(hops)
    case .last: return hops[hops.count - 1]
    }
  }
}
