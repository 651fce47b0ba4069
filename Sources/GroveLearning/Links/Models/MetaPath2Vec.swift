import GroveGraphs
import GroveKernels

/// Rows of nodes of several types that meet on walks along meta-paths.
enum MetaPath2Vec {
  static let recipe = LinkRecipe(
    name: "metapath2vec", title: "metapath2vec: skip-gram over walks along meta-paths",
    source: "Dong, Chawla, Swami 2017; several paths are walked in turn, negatives are of any type",
    options: ["hidden", "metapaths"], parameters: DeepWalk.walking, walksMetaPaths: true, loss: "skip-gram",
    negatives: "unigram", defaults: DeepWalk.defaults,
    makeEncoder: { shape, start in
      TableEncoder(
        nodeCount: shape.data.ranges.last?.nodes.upperBound ?? 0, width: shape.configuration.hidden, hasContexts: true,
        from: start)
    }, makePositives: positives)

  private static func positives(_ shape: LinkShape) throws -> LinkRecipe.Positives {
    guard let (whole, paths) = shape.data.walkable else { preconditionFailure("MetaPath2Vec: no graph to walk on") }
    let graph = withoutMeasured(whole, shape)
    let ranges = shape.data.ranges
    let offsets = graph.types.map { type in ranges.first { $0.type == type }?.nodes.lowerBound ?? 0 }
    let options = shape.options
    let sources = try paths.map { path in
      try MetaPathPositives(
        on: graph, along: path, offsets: offsets, steps: options.count("steps"), perNode: options.count("walks"),
        window: options.count("window"))
    }
    return LinkRecipe.Positives(
      source: AllPositives(sources: sources), ends: .undirected(nodes: ranges.last?.nodes.upperBound ?? 0),
      known: edges(of: graph, offsets))
  }

  /// The graph without edges that tell a link of validation or test: none between the types of the links is such a link
  /// or its reverse, whatever its relation.
  private static func withoutMeasured(_ graph: HeteroGraph, _ shape: LinkShape) -> HeteroGraph {
    let (source, target) = shape.data.types
    let measured = [shape.split.validation.positives, shape.split.test.positives]
    func key(_ a: Int32, _ b: Int32) -> UInt64 { UInt64(UInt32(bitPattern: a)) << 32 | UInt64(UInt32(bitPattern: b)) }
    var hidden: Set<UInt64> = []
    for list in measured { for (a, b) in zip(list.sources, list.targets) { hidden.insert(key(a, b)) } }
    let adjacencies = zip(graph.relations, graph.adjacencies).map { relation, adjacency -> Adjacency in
      let (along, back) = (
        relation.source == source && relation.target == target, relation.source == target && relation.target == source
      )
      guard along || back else { return adjacency }
      let incoming = adjacency.incoming
      var kept = EdgeList(sources: [], targets: [], isDirected: true)
      for node in 0..<incoming.rowCount {
        for other in incoming[node] {
          let (from, to) = (other, Int32(node))
          if along && hidden.contains(key(from, to)) || back && hidden.contains(key(to, from)) { continue }
          kept.sources.append(from)
          kept.targets.append(to)
        }
      }
      let rows = SparseRows.grouping(
        rows: kept.targets, columns: kept.sources, rowCount: incoming.rowCount, columnCount: incoming.columnCount
      ).rows
      return relation.source == relation.target
        ? .within(Graph(incoming: rows)) : .between(BipartiteGraph(incoming: rows))
    }
    return HeteroGraph(
      types: graph.types, nodeCounts: graph.nodeCounts, relations: graph.relations, adjacencies: adjacencies)
  }

  /// The edges of all relations, all nodes numbered together.
  private static func edges(of graph: HeteroGraph, _ offsets: [Int]) -> EdgeList {
    var all = EdgeList(sources: [], targets: [], isDirected: true)
    for (relation, adjacency) in zip(graph.relations, graph.adjacencies) {
      let (from, to) = (
        Int32(offsets[graph.index(of: relation.source)]), Int32(offsets[graph.index(of: relation.target)])
      )
      for node in 0..<adjacency.incoming.rowCount {
        for other in adjacency.incoming[node] {
          all.sources.append(other + from)
          all.targets.append(Int32(node) + to)
        }
      }
    }
    return all
  }
}

/// The pairs of several sources, one after the other.
private struct AllPositives: PositiveSource {
  let sources: [any PositiveSource]

  func pairs(epoch: Int, using random: RandomStream) -> (anchors: [Int32], positives: [Int32]) {
    var (anchors, positives): ([Int32], [Int32]) = ([], [])
    for (place, source) in sources.enumerated() {
      let pairs = source.pairs(epoch: epoch, using: random.substream(place))
      anchors += pairs.anchors
      positives += pairs.positives
    }
    return (anchors, positives)
  }
}
