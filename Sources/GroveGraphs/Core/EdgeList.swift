/// Edges as read: position e runs from `sources[e]` to `targets[e]`.
public struct EdgeList: Sendable, Equatable {
  /// Node that each edge starts from.
  public var sources: [Int32]
  /// Node that each edge leads to.
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

  /// E, the number of listed edges.
  public var count: Int { sources.count }

  /// Every edge and its reverse; a loop is its own reverse and stays single.
  ///
  /// - Complexity: O(E).
  public func bothWays() -> EdgeList {
    let turned = sources.indices.filter { sources[$0] != targets[$0] }
    return EdgeList(
      sources: sources + turned.map { targets[$0] }, targets: targets + turned.map { sources[$0] },
      weights: weights.map { weights in weights + turned.map { weights[$0] } }, isDirected: true)
  }

  /// These edges and then those; where only one side has weights the other's are 1.
  public func appending(_ other: EdgeList) -> EdgeList {
    let weighted = weights != nil || other.weights != nil
    func filled(_ list: EdgeList) -> [Float] { list.weights ?? [Float](repeating: 1, count: list.count) }
    return EdgeList(
      sources: sources + other.sources, targets: targets + other.targets,
      weights: weighted ? filled(self) + filled(other) : nil, isDirected: isDirected || other.isDirected)
  }

  /// The edges whose positions are kept, in their order.
  ///
  /// - Precondition: `isKept.count == count`.
  /// - Complexity: O(E).
  public func filtered(by isKept: [Bool]) -> EdgeList {
    precondition(isKept.count == count, "EdgeList: \(isKept.count) choices for \(count) edges")
    return EdgeList(
      sources: sources.filtered(by: isKept), targets: targets.filtered(by: isKept),
      weights: weights?.filtered(by: isKept), isDirected: isDirected)
  }
}

extension EdgeList {
  /// A year that is not known, after all that are.
  private static let unknownYear: Float = 0x1p24

  /// These edges with their years in place of weights, so that years go where their edges go; `earliestYears` reads them.
  ///
  /// - Parameter years: the calendar year of each edge, 0 or less where it is unknown; nil: all were there always.
  public func dated(_ years: [Int32]?) -> EdgeList {
    let numbers = years?.map { $0 > 0 ? min(Float($0), Self.unknownYear - 1) : Self.unknownYear }
    return EdgeList(
      sources: sources, targets: targets, weights: numbers ?? [Float](repeating: 1, count: count),
      isDirected: isDirected)
  }

  /// The year since which each edge is there, of a graph or adjacency made of this dated list: of edges that became one,
  /// the earliest known.
  ///
  /// - Returns: one for each target and source, in the order of compressed rows of targets; 0 where no year is known.
  /// - Throws: `AlgebraFailure` when memory runs out.
  /// - Complexity: O(N + E log E).
  public func earliestYears(targetCount: Int, sourceCount: Int) throws(AlgebraFailure) -> [Int32] {
    let matrix = try SparseMatrix(
      rows: targets, columns: sources, values: weights, rowCount: targetCount, columnCount: sourceCount,
      duplicates: .min)
    return try matrix.sparseRows().values.map { $0 < Self.unknownYear ? Int32($0) : 0 }
  }
}

extension Array {
  /// The elements whose positions are kept.
  ///
  /// - Precondition: one choice an element.
  func filtered(by isKept: [Bool]) -> [Element] {
    var kept: [Element] = []
    kept.reserveCapacity(isKept.count { $0 })
    for position in indices where isKept[position] { kept.append(self[position]) }
    return kept
  }
}
