import GroveKernels

/// A graph with one kind of node and one kind of edge, ready for training: the incoming edges of every node.
///
/// Edge ids are positions in `incoming`. Values derived from the whole graph (degrees, the full block) are computed
/// when first asked for and kept; a `Graph` is a cheap value that shares them.
///
/// Letters: N nodes, E edges.
public struct Graph: Sendable {
  let storage: Storage

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
  public var block: Block { Block(storage.whole, of: .within(self)) }

  /// Weight of each node's self-loop once every node has exactly one: its own where the graph holds one, else 1.
  public var loopWeights: [Float] { storage.statistics().loops }

  /// Which self-loops count.
  public enum Loops: Int, Sendable, CaseIterable {
    /// One a node: its own where the graph holds one, else one of weight 1.
    case one
    /// Those that the graph holds.
    case own
    /// None.
    case none
  }

  /// Weighted in-degree of each node, with a choice of loops.
  ///
  /// - Complexity: O(N + E), once for all three.
  public func degrees(loops: Loops) -> [Float] { storage.statistics().degrees[loops.rawValue] }

  /// 1 / √d of each node's degree d, and 0 where that is not above 0: the factors of symmetric normalisation.
  ///
  /// - Complexity: O(N + E), once for all three.
  public func normalizingScale(loops: Loops) -> [Float] { storage.statistics().scales[loops.rawValue] }

  /// Number of edges into each node.
  public var inDegrees: [Int] { (0..<nodeCount).map { incoming.range(of: $0).count } }

  struct Statistics {
    let loops: [Float]
    /// By `Loops`.
    let degrees: [[Float]]
    /// By `Loops`.
    let scales: [[Float]]
  }

  final class Storage: Sendable {
    let incoming: SparseRows
    let weights: [Float]?
    let whole: Block.Whole
    private let kept = Guarded<Statistics?>(nil)

    init(_ incoming: SparseRows, _ weights: [Float]?) {
      self.incoming = incoming
      self.weights = weights
      whole = Block.Whole(incoming)
    }

    func statistics() -> Statistics {
      kept.withLock { kept in
        if let kept { return kept }
        var loops = [Float](repeating: 1, count: incoming.rowCount)
        let zeros = [Float](repeating: 0, count: incoming.rowCount)
        var (one, own, none) = (zeros, zeros, zeros)
        for node in 0..<incoming.rowCount {
          var (others, ownLoops) = (0.0, 0.0)
          for entry in incoming.range(of: node) {
            let weight = weights?[entry] ?? 1
            if Int(incoming.columns[entry]) == node {
              loops[node] = weight
              ownLoops += Double(weight)
            } else {
              others += Double(weight)
            }
          }
          one[node] = Float(others + Double(loops[node]))
          own[node] = Float(others + ownLoops)
          none[node] = Float(others)
        }
        let degrees = [one, own, none]
        let scales = degrees.map { $0.map { $0 > 0 ? 1 / $0.squareRoot() : 0 } }
        let made = Statistics(loops: loops, degrees: degrees, scales: scales)
        kept = made
        return made
      }
    }
  }
}
