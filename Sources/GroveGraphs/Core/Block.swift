public import GroveKernels

/// The only adjacency a layer sees: edges from rows of sources into rows of targets.
///
/// The full graph, a mini-batch and one relation between two node types have this one form. Degrees and normalisation
/// come from the parent graph by edge and node id, so a block that holds all neighbours of its targets gives the
/// full graph's numbers exactly.
///
/// Letters: S sources, T targets, E edges of the block.
public struct Block: Sendable {
  /// Incoming edges of each target, and their transpose when a gradient asks for it.
  public let aggregation: Aggregation
  /// Node of each source row in the parent graph; nil where row r is node r.
  public let sourceIDs: [Int32]?
  /// Node of each target row in the parent graph; nil where row r is node r.
  public let targetIDs: [Int32]?
  /// Position of each edge in the parent graph; nil where they agree.
  public let edgeIDs: [Int64]?
  /// Where targets stand among the sources.
  public let placement: TargetPlacement
  /// One number an edge, or nil where all are 1.
  public let weights: [Float]?
  /// The graph or relation whose degrees normalise messages.
  public let parent: Adjacency

  private let derived: Derived

  /// Where the targets of a block stand among its sources.
  public enum TargetPlacement: Sendable, Equatable {
    /// Target row i is source row i.
    case same
    /// Target row i is source row rows[i].
    case rows([Int32])
    /// Sources and targets are nodes of two types.
    case apart
  }

  /// A block from its parts.
  /// - Precondition: ids match their rows; edge ids and weights match the entries of `incoming`.
  public init(
    incoming: SparseRows, sourceIDs: [Int32]?, targetIDs: [Int32]?, edgeIDs: [Int64]?, placement: TargetPlacement,
    weights: [Float]?, parent: Adjacency
  ) {
    precondition(
      edgeIDs == nil || edgeIDs!.count == incoming.entryCount,
      "Block: \(edgeIDs?.count ?? 0) edge ids for \(incoming.entryCount) edges")
    aggregation = Aggregation(
      incoming: EdgeIndex(offsets: incoming.offsets, columns: incoming.columns, identities: edgeIDs),
      sourceCount: incoming.columnCount)
    derived = Derived()
    self.sourceIDs = sourceIDs
    self.targetIDs = targetIDs
    self.edgeIDs = edgeIDs
    self.placement = placement
    self.weights = weights
    self.parent = parent
  }

  /// The same over nodes of one type.
  public init(
    incoming: SparseRows, sourceIDs: [Int32]?, targetIDs: [Int32]?, edgeIDs: [Int64]?, placement: TargetPlacement,
    weights: [Float]?, parent: Graph
  ) {
    self.init(
      incoming: incoming, sourceIDs: sourceIDs, targetIDs: targetIDs, edgeIDs: edgeIDs, placement: placement,
      weights: weights, parent: .within(parent))
  }

  /// What the block of a whole adjacency has beside the adjacency, which keeps it: were it a block, it would keep the
  /// adjacency in turn, and neither would ever be freed.
  struct Whole: Sendable {
    fileprivate let aggregation: Aggregation
    fileprivate let derived = Derived()

    /// - Complexity: O(1).
    init(_ incoming: SparseRows) {
      aggregation = Aggregation(
        incoming: EdgeIndex(offsets: incoming.offsets, columns: incoming.columns), sourceCount: incoming.columnCount)
    }
  }

  /// The whole of an adjacency.
  init(_ whole: Whole, of parent: Adjacency) {
    (aggregation, derived, self.parent, weights) = (whole.aggregation, whole.derived, parent, parent.weights)
    (sourceIDs, targetIDs, edgeIDs) = (nil, nil, nil)
    placement = if case .within = parent { .same } else { .apart }
  }

  /// S, the number of source rows.
  public var sourceCount: Int { aggregation.sourceCount }
  /// T, the number of target rows.
  public var targetCount: Int { aggregation.targetCount }
  /// E, the number of edges from sources to targets.
  public var edgeCount: Int { aggregation.edgeCount }

  /// Node of a target row in the parent graph.
  public func targetNode(_ row: Int) -> Int { targetIDs.map { Int($0[row]) } ?? row }
  /// Node of a source row in the parent graph.
  public func sourceNode(_ row: Int) -> Int { sourceIDs.map { Int($0[row]) } ?? row }

  /// The source row of a target row.
  ///
  /// - Precondition: sources and targets are of one type.
  public func sourceRow(ofTarget row: Int) -> Int {
    switch placement {
    case .same: row
    case .rows(let rows): Int(rows[row])
    case .apart: preconditionFailure("Block: a target of another type than the sources has no source row")
    }
  }

  /// Incoming edges with exactly one self-loop a target: loops of the graph are taken out, one is put last.
  ///
  /// Between two types no node has a loop, and edges are as they are. Attention layers use these.
  /// - Complexity: O(T + E), once.
  public var looped: Aggregation { loopedRows.aggregation }

  private var loopedRows: WeightedRows { derived.value(\.looped) { rows(.one) } }

  /// The symmetric normalisation of graph convolutions, over `looped` edges.
  ///
  ///     Â[i, j] = w[i, j] / √(d[i] · d[j]),  d = weighted in-degree with one self-loop a node
  ///
  /// A loop of the graph keeps its weight, another loop weighs 1; a node of degree 0 gets zeros. Between two types there
  /// are no loops, and a source has the weighted number of edges out of it for its degree.
  /// - Source: Kipf, Welling 2017, eq. 2. Differs: directed graphs normalise by in-degree at both ends, as PyTorch
  ///   Geometric does.
  public var normalized: NormalizedEdges { normalized(loops: .one) }

  /// The symmetric normalisation with a choice of loops: D^-1/2 A D^-1/2 with d the weighted in-degree over the edges
  /// that are kept.
  ///
  /// - Complexity: O(T + E), once for each choice.
  public func normalized(loops: Graph.Loops) -> NormalizedEdges {
    let looped = loops == .one ? loopedRows : nil
    return derived.value(Derived.path(loops)) {
      let (aggregation, weights) = looped ?? rows(loops)
      let (sourceScale, targetScale) = parent.normalizingScales(loops: loops)
      var values = [Float](repeating: 0, count: aggregation.edgeCount)
      let index = aggregation.incoming
      for target in 0..<targetCount {
        let own = targetScale[targetNode(target)]
        for entry in Int(index.offsets[target])..<Int(index.offsets[target + 1]) {
          values[entry] = own * sourceScale[sourceNode(Int(index.columns[entry]))] * (weights?[entry] ?? 1)
        }
      }
      return NormalizedEdges(aggregation: aggregation, weights: EdgeWeights(values))
    }
  }

  fileprivate typealias WeightedRows = (aggregation: Aggregation, weights: [Float]?)

  /// The edges with a choice of loops, a new one as the last edge of its target, and their weights.
  private func rows(_ choice: Graph.Loops) -> WeightedRows {
    guard choice != .own, case .within(let graph) = parent else { return (aggregation, weights) }
    let index = aggregation.incoming
    let loops = graph.loopWeights
    var offsets: [Int64] = [0]
    var columns: [Int32] = []
    var identities: [Int64] = []
    var values: [Float] = []
    columns.reserveCapacity(edgeCount + targetCount)
    for target in 0..<targetCount {
      let own = sourceRow(ofTarget: target)
      for entry in Int(index.offsets[target])..<Int(index.offsets[target + 1]) where Int(index.columns[entry]) != own {
        columns.append(index.columns[entry])
        identities.append(edgeIDs?[entry] ?? Int64(entry))
        values.append(weights?[entry] ?? 1)
      }
      if choice == .one {
        let node = targetNode(target)
        columns.append(Int32(own))
        identities.append(Int64(parent.edgeCount + node))
        values.append(loops[node])
      }
      offsets.append(Int64(columns.count))
    }
    let rows = EdgeIndex(offsets: offsets, columns: columns, identities: identities)
    return (Aggregation(incoming: rows, sourceCount: sourceCount), values)
  }

  /// What is computed from a block once and kept with it, shared by its copies.
  fileprivate final class Derived: Sendable {
    struct Values {
      var looped: WeightedRows?
      var normalized: NormalizedEdges?
      var ownNormalized: NormalizedEdges?
      var looplessNormalized: NormalizedEdges?
    }
    private let values = Guarded(Values())

    static func path(_ loops: Graph.Loops) -> any WritableKeyPath<Values, NormalizedEdges?> & Sendable {
      switch loops {
      case .one: \.normalized
      case .own: \.ownNormalized
      case .none: \.looplessNormalized
      }
    }

    func value<Value: Sendable>(
      _ path: any WritableKeyPath<Values, Value?> & Sendable, _ make: () -> Value
    ) -> Value {
      values.withLock { values in
        if let kept = values[keyPath: path] { return kept }
        let made = make()
        values[keyPath: path] = made
        return made
      }
    }
  }
}

/// Edges with constant weights.
public struct NormalizedEdges: Sendable {
  /// The edges that the weights belong to.
  public let aggregation: Aggregation
  /// One an entry of `aggregation.incoming`.
  public let weights: EdgeWeights
}
