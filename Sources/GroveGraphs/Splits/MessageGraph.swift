/// The graph that encoders pass messages over in a split of links, and which of its edges a batch must not see.
///
/// Nodes of two types are numbered together, sources first: target t is node t + `LinkEnds.targetOffset`.
///
/// Letters: N nodes, E edges, B links of a batch.
public struct MessageGraph: Sendable {
  /// All messages; edge ids are positions in `graph.incoming`.
  public let graph: Graph
  private let ends: LinkEnds

  /// The messages of a split.
  ///
  /// - Parameter undirected: whether messages run both ways over every edge; undirected links always do.
  /// - Throws: `AlgebraFailure` when memory runs out.
  /// - Complexity: O(N + E log E).
  public init(of split: LinkSplit, undirected: Bool = true) throws {
    ends = split.ends
    let offset = Int32(ends.targetOffset)
    var edges = split.messages
    if offset > 0 { edges.targets = edges.targets.map { $0 + offset } }
    graph = try Graph(edges, nodeCount: ends.nodeCount, undirected: undirected || ends.isUndirected)
  }

  /// Edges that tell whether some links are there: the links themselves and their reverses.
  ///
  /// - Parameter links: with ends as the split has them.
  /// - Returns: edge ids in rising order, each once.
  /// - Precondition: their nodes exist.
  /// - Complexity: O(B · log E).
  public func edges(telling links: EdgeList) -> [Int] {
    let offset = Int32(ends.targetOffset)
    var found: [Int] = []
    for (source, target) in zip(links.sources, links.targets) {
      precondition(
        source >= 0 && target >= 0 && Int(source) < ends.sourceCount && Int(target) < ends.targetCount,
        "MessageGraph: link (\(source), \(target)) among \(ends.sourceCount) sources and \(ends.targetCount) targets")
      if let edge = edge(from: source, to: target + offset) { found.append(edge) }
      if let edge = edge(from: target + offset, to: source) { found.append(edge) }
    }
    found.sort()
    return found.enumerated().filter { $0 == 0 || found[$0 - 1] != $1 }.map(\.element)
  }

  /// The graph without the edges that tell whether the links of a batch are there.
  ///
  /// An encoder that sees the link it is to predict learns to copy it, and finds nothing to copy when it is tested.
  ///
  /// - Precondition: the links' nodes exist.
  /// - Complexity: O(N + E + B · log E).
  public func removing(_ links: EdgeList) -> Graph {
    let removed = edges(telling: links)
    if removed.isEmpty { return graph }
    let incoming = graph.incoming
    var isKept = [Bool](repeating: true, count: incoming.entryCount)
    for edge in removed { isKept[edge] = false }
    var offsets: [Int64] = [0]
    offsets.reserveCapacity(incoming.offsets.count)
    var next = 0
    for end in incoming.offsets.dropFirst() {
      while next < removed.count, removed[next] < Int(end) { next += 1 }
      offsets.append(end - Int64(next))
    }
    return Graph(
      incoming: SparseRows(
        offsets: offsets, columns: incoming.columns.filtered(by: isKept), columnCount: incoming.columnCount),
      weights: graph.weights?.filtered(by: isKept))
  }

  private func edge(from source: Int32, to target: Int32) -> Int? {
    let range = graph.incoming.range(of: Int(target))
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if graph.incoming.columns[middle] < source { low = middle + 1 } else { high = middle }
    }
    return low < range.upperBound && graph.incoming.columns[low] == source ? low : nil
  }
}
