public import GroveTensors

/// A normalisation of node rows.
public protocol Norm: Module {
  /// - Shape: [N, F] → [N, F].
  func callAsFunction(_ x: Tensor) -> Tensor
}

/// The norms by name, as `--norm` takes them.
public enum NormKind: String, Sendable, CaseIterable, Codable {
  case none, layer, batch, pair, graph

  /// A norm for rows of the given width, or nil for `none`.
  public func make(_ width: Int, from initializer: Initializer) -> (any Norm)? {
    switch self {
    case .none: nil
    case .layer: LayerNorm(width, from: initializer)
    case .batch: BatchNorm(width, from: initializer)
    case .pair: PairNorm()
    case .graph: GraphNorm(width, from: initializer)
    }
  }
}
