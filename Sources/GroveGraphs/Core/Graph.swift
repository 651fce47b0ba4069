import GroveKernels

/// A graph with one kind of node and one kind of edge, ready for training: the incoming edges of every node.
///
/// Edge ids are positions in `incoming`. Values derived from the whole graph (degrees, the full block) are computed
/// when first asked for and kept; a `Graph` is a cheap value that shares them.
///
/// Letters: N nodes, E edges.
public struct Graph: Sendable {
  private let storage: Storage

  /// A graph from incoming edges: row i lists the sources of the edges into i.
  /// - Precondition: as many rows as columns; one weight an entry where given.
  public init(incoming: SparseRows, weights: [Float]? = nil) {
    precondition(
      incoming.rowCount == incoming.columnCount, "Graph: \(incoming.rowCount) rows and \(incoming.columnCount) columns")
    precondition(
      weights == nil || weights!.count == incoming.entryCount,
      "Graph: \(weights?.count ?? 0) weights for \(incoming.entryCount) edges")
    storage = Storage(incoming, weights)
  }

  /// A graph from a list of edges, in which repeated edges become one (their weights are added where there are any).
  ///
  /// - Parameter undirected: every edge also runs back, as an undirected list asks for and as homogeneous
  ///   convolutions expect; a pair listed in both directions is one edge each way.
  /// - Throws: `AlgebraFailure` when memory runs out.
  /// - Precondition: node numbers are in 0..<nodeCount.
  /// - Complexity: O(N + E log E).
  public init(_ edges: EdgeList, nodeCount: Int, undirected: Bool) throws {
    let all = undirected ? edges.bothWays() : edges
    let matrix = try SparseMatrix(
      rows: all.targets, columns: all.sources, values: all.weights, rowCount: nodeCount, columnCount: nodeCount,
      duplicates: all.weights == nil ? .max : .sum)
    let (rows, values) = try matrix.sparseRows()
    self.init(incoming: rows, weights: all.weights == nil ? nil : values)
  }

  /// N, the number of nodes, isolated ones included.
  public var nodeCount: Int { storage.incoming.rowCount }
  /// E, the number of edges; one that runs both ways counts twice.
  public var edgeCount: Int { storage.incoming.entryCount }
  /// Row i lists the sources of the edges into i.
  public var incoming: SparseRows { storage.incoming }
  /// One number an edge, or nil where all are 1.
  public var weights: [Float]? { storage.weights }

  /// The whole graph as a block: every node is a source and a target.
  public var block: Block {
    storage.block.withLock { kept in
      if let kept { return kept }
      let made = Block(of: self)
      kept = made
      return made
    }
  }

  /// Weight of each node's self-loop once every node has exactly one: its own where the graph holds one, else 1.
  public var loopWeights: [Float] { storage.statistics().loops }

  /// Weighted in-degree of each node with the loops of `loopWeights` counted once.
  ///
  /// - Complexity: O(N + E), once.
  public var loopedDegrees: [Float] { storage.statistics().degrees }

  /// 1 / √d of each node's looped degree d, and 0 where that is not above 0: the factors of symmetric normalisation.
  ///
  /// - Complexity: O(N + E), once.
  public var normalizingScale: [Float] { storage.statistics().scale }

  /// Number of edges into each node.
  public var inDegrees: [Int] { (0..<nodeCount).map { incoming.range(of: $0).count } }

  private typealias Statistics = (loops: [Float], degrees: [Float], scale: [Float])

  private final class Storage: Sendable {
    let incoming: SparseRows
    let weights: [Float]?
    let block = Guarded<Block?>(nil)
    private let kept = Guarded<Statistics?>(nil)

    init(_ incoming: SparseRows, _ weights: [Float]?) {
      self.incoming = incoming
      self.weights = weights
    }

    func statistics() -> Statistics {
      kept.withLock { kept in
        if let kept { return kept }
        var loops = [Float](repeating: 1, count: incoming.rowCount)
        var degrees = [Float](repeating: 0, count: incoming.rowCount)
        for node in 0..<incoming.rowCount {
          var sum = 0.0
          for entry in incoming.range(of: node) {
            let weight = weights?[entry] ?? 1
            if Int(incoming.columns[entry]) == node { loops[node] = weight } else { sum += Double(weight) }
          }
          degrees[node] = Float(sum + Double(loops[node]))
        }
        let made = (loops, degrees, degrees.map { $0 > 0 ? 1 / $0.squareRoot() : 0 })
        kept = made
        return made
      }
    }
  }
}
