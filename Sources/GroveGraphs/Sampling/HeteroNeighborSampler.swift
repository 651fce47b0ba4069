public import GroveKernels

/// Samples, for some seed nodes of one type, the neighbors of all types that a model of several layers needs.
///
///     let sampler = HeteroNeighborSampler(graph, fanouts: [[15, 5], [10, 5]])       // two hops, two relations
///     let blocks = sampler.sample(from: seeds, of: paper, using: RandomStream(seed: 0, step: epoch))
///
/// At hop h up to `fanouts[h][r]` edges of relation r are drawn into each node reached so far; hops count from the seeds
/// outward, and blocks come in the order of the model's layers, the seeds' own block last. Of each relation an edge is
/// drawn as `NeighborSampler` draws: what a node gets depends on (stream, hop, relation, node, its time) and on nothing
/// else. In each block the targets of a type come first among its sources, and edges keep the graph's order, so a block
/// of all edges gives the full graph's numbers.
///
/// *Time.* With `edgeYears`, each seed has a year of its own. It and the nodes reached from it hear only of edges whose
/// year is known and not later, but of all edges of relations without years.
///
/// Letters: R relations, N nodes of all types.
/// - Source: Hamilton, Ying, Leskovec 2017, algorithm 2, relation by relation as in PyTorch Geometric.
public struct HeteroNeighborSampler: Sendable {
  /// The whole graph, whose relations are the parents of the blocks' relations.
  public let graph: HeteroGraph
  /// For each hop from the seeds the largest number of edges into a node, relation by relation; -1: all.
  public let fanouts: [[Int]]

  private let draws: [EdgeDraw]
  private let isTimed: Bool
  private let ends: [(source: Int, target: Int)]
  private let free = Guarded<[Scratch]>([])

  /// A sampler of a graph.
  ///
  /// - Parameters:
  ///   - fanouts: at least one hop, one number a relation each: 0 or more, or -1 for all edges.
  ///   - isReplacing: whether an edge may be drawn again.
  ///   - isWeighted: whether edges are drawn in proportion to their relation's weights, where it has any.
  ///   - edgeYears: for each relation the calendar year since which each edge is there, 0 where it is unknown; nil for
  ///     relations without time.
  /// - Precondition: as said; with `isWeighted`, weights are finite and not negative.
  public init(
    _ graph: HeteroGraph, fanouts: [[Int]], isReplacing: Bool = false, isWeighted: Bool = false,
    edgeYears: [[Int32]?]? = nil
  ) {
    precondition(!fanouts.isEmpty, "HeteroNeighborSampler: no fanouts; give one for each layer")
    for hop in fanouts {
      precondition(
        hop.count == graph.relations.count && hop.allSatisfy { $0 >= -1 },
        "HeteroNeighborSampler: fanouts \(hop) for \(graph.relations.count) relations; each must be 0 or more, or -1")
    }
    precondition(
      edgeYears == nil || edgeYears!.count == graph.relations.count,
      "HeteroNeighborSampler: years of \(edgeYears?.count ?? 0) relations, not \(graph.relations.count)")
    self.graph = graph
    self.fanouts = fanouts
    isTimed = edgeYears != nil
    ends = graph.relations.map { (graph.index(of: $0.source), graph.index(of: $0.target)) }
    draws = graph.adjacencies.enumerated().map { relation, adjacency in
      let years = edgeYears?[relation]
      precondition(
        years == nil || years!.count == adjacency.edgeCount,
        "HeteroNeighborSampler: \(years?.count ?? 0) years for \(adjacency.edgeCount) edges of \(graph.relations[relation])"
      )
      let weights = isWeighted ? adjacency.weights : nil
      for weight in weights ?? [] {
        precondition(
          weight >= 0 && weight.isFinite, "HeteroNeighborSampler: an edge weighs \(weight); it must be 0 or more")
      }
      return EdgeDraw(incoming: adjacency.incoming, weights: weights, years: years, isReplacing: isReplacing)
    }
  }

  /// The blocks that give each seed its row, in the order of a model's layers.
  ///
  /// - Parameter times: the year of each seed, with a sampler of `edgeYears` only.
  /// - Precondition: there is at least one seed; seeds are nodes of the type; times are given where edges have years.
  /// - Complexity: O(edges drawn + R · T) for T targets; O(N) memory once for each thread that samples at the same time.
  public func sample(
    from seeds: [Int32], of type: NodeType, asOf times: [Int32]? = nil, using random: RandomStream
  ) -> [HeteroBlock] {
    precondition(!seeds.isEmpty, "sample: no seeds")
    let place = graph.index(of: type)
    for seed in seeds {
      precondition(
        seed >= 0 && Int(seed) < graph.nodeCounts[place], "sample: seed \(seed) of \(graph.nodeCounts[place]) nodes")
    }
    precondition(
      (times != nil) == isTimed && (times == nil || times!.count == seeds.count),
      "sample: \(times.map { "\($0.count)" } ?? "no") times, \(seeds.count) seeds, a sampler \(isTimed ? "of" : "without") years"
    )
    var scratch = free.withLock { $0.popLast() } ?? Scratch(graph)
    var targets = [[Int32]](repeating: [], count: graph.types.count)
    var targetTimes = targets
    targets[place] = seeds
    targetTimes[place] = times ?? []
    var blocks: [HeteroBlock] = []
    for hop in fanouts.indices {
      let block = block(of: &targets, &targetTimes, fanouts[hop], random.substream(hop), &scratch)
      blocks.append(block)
    }
    free.withLock { $0.append(scratch) }
    return blocks.reversed()
  }

  /// One block; its sources become the next hop's targets.
  private func block(
    of targets: inout [[Int32]], _ times: inout [[Int32]], _ fanouts: [Int], _ random: RandomStream,
    _ scratch: inout Scratch
  ) -> HeteroBlock {
    let rows = targets.indices.map {
      scratch.numberings[$0].rows(of: targets[$0], at: isTimed ? times[$0] : nil)
    }
    var parts: [(offsets: [Int64], columns: [Int32], edges: [Int64])] = []
    for (relation, (source, target)) in ends.enumerated() {
      let draw = draws[relation]
      let (offsets, edges) = draw.edges(
        into: targets[target], asOf: draw.years == nil ? nil : times[target], fanout: fanouts[relation],
        using: random.substream(relation), &scratch.draw)
      let columns = scratch.numberings[source].rows(
        of: Kernels.picked(draw.incoming.columns, at: edges), at: isTimed ? times[target].repeated(by: offsets) : nil)
      parts.append((offsets, columns, edges))
    }
    let sources = scratch.numberings.indices.map { scratch.numberings[$0].finish() }
    let blocks = parts.enumerated().map { relation, part in
      let (source, target) = ends[relation]
      let adjacency = graph.adjacencies[relation]
      return Block(
        incoming: SparseRows(offsets: part.offsets, columns: part.columns, columnCount: sources[source].nodes.count),
        sourceIDs: sources[source].nodes, targetIDs: targets[target], edgeIDs: part.edges,
        placement: source == target ? .rows(rows[target]) : .apart,
        weights: adjacency.weights.map { all in part.edges.map { all[Int($0)] } }, parent: adjacency)
    }
    let result = HeteroBlock(
      types: graph.types, relations: graph.relations, blocks: blocks,
      sources: sources.map { HeteroBlock.Rows(count: $0.nodes.count, ids: $0.nodes) },
      targets: targets.map { HeteroBlock.Rows(count: $0.count, ids: $0) }, placements: rows.map { .rows($0) })
    targets = sources.map(\.nodes)
    times = sources.map(\.times)
    return result
  }

  /// Memory that samples use again: N numbers for each thread that samples.
  private struct Scratch {
    var numberings: [SourceNumbering]
    var draw = EdgeDraw.Scratch()

    init(_ graph: HeteroGraph) { numberings = graph.nodeCounts.map { SourceNumbering(nodeCount: $0) } }
  }
}
