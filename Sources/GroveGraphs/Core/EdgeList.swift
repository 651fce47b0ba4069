/// Edges as read: position e runs from `sources[e]` to `targets[e]`.
public struct EdgeList: Sendable, Equatable {
  public var sources: [Int32]
  public var targets: [Int32]
  /// One weight an edge, or nil where every edge weighs 1.
  public var weights: [Float]?
  /// Whether each listed edge stands for one direction only.
  public var isDirected: Bool

  /// - Precondition: equally many sources, targets and (where given) weights.
  public init(sources: [Int32], targets: [Int32], weights: [Float]? = nil, isDirected: Bool) {
    precondition(
      sources.count == targets.count && (weights == nil || weights!.count == sources.count),
      "EdgeList: \(sources.count) sources, \(targets.count) targets, \(weights?.count ?? sources.count) weights")
    self.sources = sources
    self.targets = targets
    self.weights = weights
    self.isDirected = isDirected
  }

  public var count: Int { sources.count }
}
