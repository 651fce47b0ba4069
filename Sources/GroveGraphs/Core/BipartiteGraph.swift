import GroveKernels

/// The edges of one relation from nodes of one type to nodes of another.
///
/// Edge ids are positions in `incoming`. A cheap value that shares what is derived from it.
///
/// Letters: S source nodes, T target nodes, E edges.
public struct BipartiteGraph: Sendable {
  let storage: Storage

  /// A relation from its incoming edges: row i lists the sources of the edges into target i.
  ///
  /// - Precondition: one weight an entry where given.
  public init(incoming: SparseRows, weights: [Float]? = nil) {
    precondition(
      weights == nil || weights!.count == incoming.entryCount,
      "BipartiteGraph: \(weights?.count ?? 0) weights for \(incoming.entryCount) edges")
    storage = Storage(incoming, weights)
  }

  /// S, the number of source nodes.
  public var sourceCount: Int { storage.incoming.columnCount }
  /// T, the number of target nodes.
  public var targetCount: Int { storage.incoming.rowCount }
  /// E, the number of edges.
  public var edgeCount: Int { storage.incoming.entryCount }
  /// Row i lists the sources of the edges into target i.
  public var incoming: SparseRows { storage.incoming }
  /// One number an edge, or nil where all are 1.
  public var weights: [Float]? { storage.weights }

  /// The whole relation as a block.
  public var block: Block { Block(storage.whole, of: .between(self)) }

  /// 1 / √d of each source and of each target, d the weighted number of edges out of it or into it; 0 where d is not
  /// above 0.
  ///
  /// - Complexity: O(S + T + E), once.
  var normalizingScales: (source: [Float], target: [Float]) { storage.scales() }

  final class Storage: Sendable {
    let incoming: SparseRows
    let weights: [Float]?
    let whole: Block.Whole
    private let kept = Guarded<(source: [Float], target: [Float])?>(nil)

    init(_ incoming: SparseRows, _ weights: [Float]?) {
      self.incoming = incoming
      self.weights = weights
      whole = Block.Whole(incoming)
    }

    func scales() -> (source: [Float], target: [Float]) {
      kept.withLock { kept in
        if let kept { return kept }
        var source = [Double](repeating: 0, count: incoming.columnCount)
        var target = [Double](repeating: 0, count: incoming.rowCount)
        for row in 0..<incoming.rowCount {
          for entry in incoming.range(of: row) {
            let weight = Double(weights?[entry] ?? 1)
            source[Int(incoming.columns[entry])] += weight
            target[row] += weight
          }
        }
        func scale(_ degrees: [Double]) -> [Float] { degrees.map { $0 > 0 ? 1 / Float($0).squareRoot() : 0 } }
        let made = (source: scale(source), target: scale(target))
        kept = made
        return made
      }
    }
  }
}

/// All edges of one relation: among the nodes of one type, or between two types.
public enum Adjacency: Sendable {
  case within(Graph)
  case between(BipartiteGraph)

  /// E, the number of edges.
  public var edgeCount: Int { incoming.entryCount }

  /// Row i lists the sources of the edges into target i.
  public var incoming: SparseRows {
    switch self {
    case .within(let graph): graph.incoming
    case .between(let relation): relation.incoming
    }
  }

  /// One number an edge, or nil where all are 1.
  public var weights: [Float]? {
    switch self {
    case .within(let graph): graph.weights
    case .between(let relation): relation.weights
    }
  }

  /// The whole as a block.
  public var block: Block {
    switch self {
    case .within(let graph): graph.block
    case .between(let relation): relation.block
    }
  }

  /// The factors of symmetric normalisation of sources and of targets; between two types there are no loops to choose.
  func normalizingScales(loops: Graph.Loops) -> (source: [Float], target: [Float]) {
    switch self {
    case .within(let graph):
      let scale = graph.normalizingScale(loops: loops)
      return (scale, scale)
    case .between(let relation): return relation.normalizingScales
    }
  }
}
