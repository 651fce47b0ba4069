public import GroveKernels

/// Samples, for some seed nodes, the neighbors that a model of several layers needs.
///
///     let sampler = NeighborSampler(graph, fanouts: [15, 10])
///     let blocks = sampler.sample(from: seeds, using: RandomStream(seed: 0, step: epoch))
///     let logits = model(features.gathering(rows: blocks[0].sourceIDs!), over: blocks).logits      // rows of the seeds
///
/// Up to `fanouts[0]` edges into each seed are drawn, then up to `fanouts[1]` into each of the nodes reached, and so on:
/// the numbers count hops from the seeds outward, as in PyTorch Geometric. Blocks come in the order of the model's
/// layers, the seeds' own block last.
///
/// In each block the targets come first among the sources; nodes follow in the order in which they are met. Edges keep
/// the graph's order, so a block of all edges gives the full graph's numbers. The parent of each block is the whole
/// graph: GCN's normalisation and dropout masks are those of the whole graph, while GraphSAGE's mean and the softmax of
/// attention run over the edges drawn.
///
/// *Repeated seeds* give one target row each, all of the same source row and the same neighbors.
///
/// *Randomness.* What is drawn for a node depends on (stream, hop, node, its time, number of the draw) and on nothing
/// else: not on threads, not on the other seeds or their order. With one stream for an epoch a seed has the same
/// neighborhood in whatever batch it comes; a node reached from two batches at the same hop has the same neighbors in
/// both.
///
/// *Time.* With `edgeYears`, each seed has a year of its own. It and the nodes reached from it hear only of edges whose
/// year is known and not later; a node reached from seeds of two years has a row for each.
///
/// Letters: N nodes, E edges, T targets, S sources.
/// - Source: Hamilton, Ying, Leskovec 2017, algorithm 2. Differs: without replacement unless asked for.
public struct NeighborSampler: Sendable {
  /// The whole graph: the parent of every block.
  public let graph: Graph
  /// Largest number of edges into a node at each hop from the seeds; -1: all.
  public let fanouts: [Int]

  private let draw: EdgeDraw
  private let pool = ScratchPool()

  /// A sampler of a graph.
  ///
  /// - Parameters:
  ///   - fanouts: at least one; each above 0, or -1 for all edges.
  ///   - isReplacing: whether an edge may be drawn again; then a node with any edge has exactly as many as the fanout.
  ///   - isWeighted: whether edges are drawn in proportion to the graph's weights; those of weight 0 never are. Without
  ///     weights in the graph all edges are alike.
  ///   - edgeYears: calendar year since which each edge is there, in the order of the graph's, 0 where it is unknown.
  /// - Precondition: as said; with `isWeighted`, weights are finite and not negative.
  /// - Complexity: O(1); O(E) with `isWeighted`.
  public init(
    _ graph: Graph, fanouts: [Int], isReplacing: Bool = false, isWeighted: Bool = false, edgeYears: [Int32]? = nil
  ) {
    precondition(!fanouts.isEmpty, "NeighborSampler: no fanouts; give one for each layer")
    for fanout in fanouts {
      precondition(fanout == -1 || fanout >= 1, "NeighborSampler: a fanout of \(fanout); it must be 1 or more, or -1")
    }
    precondition(
      edgeYears == nil || edgeYears!.count == graph.edgeCount,
      "NeighborSampler: \(edgeYears?.count ?? 0) years for \(graph.edgeCount) edges")
    let weights = isWeighted ? graph.weights : nil
    if let weights {
      for weight in weights {
        precondition(weight >= 0 && weight.isFinite, "NeighborSampler: an edge weighs \(weight); it must be 0 or more")
      }
    }
    self.graph = graph
    self.fanouts = fanouts
    draw = EdgeDraw(incoming: graph.incoming, weights: weights, years: edgeYears, isReplacing: isReplacing)
  }

  /// The blocks that give each seed its row, in the order of a model's layers.
  ///
  /// - Parameters:
  ///   - times: the year of each seed, with a sampler of `edgeYears` only.
  ///   - hidden: positions of edges that no block may have, such as those that tell what is to be predicted. They are taken
  ///     out of what was drawn, so that a node for which one was drawn hears of one neighbor fewer; degrees count them.
  /// - Precondition: there is at least one seed; seeds are in 0..<N; times are given where edges have years, one a seed.
  /// - Complexity: O(edges drawn), at most O(d) for a node with d edges where edges have weights or years; O(N) memory
  ///   once for each thread that samples at the same time.
  public func sample(
    from seeds: [Int32], asOf times: [Int32]? = nil, hiding hidden: [Int] = [], using random: RandomStream
  ) -> [Block] {
    precondition(!seeds.isEmpty, "sample: no seeds")
    for seed in seeds {
      precondition(seed >= 0 && Int(seed) < graph.nodeCount, "sample: seed \(seed) of \(graph.nodeCount) nodes")
    }
    precondition(
      (times == nil) == (draw.years == nil),
      "sample: \(times == nil ? "no times" : "times") with a sampler \(draw.years == nil ? "without" : "of") edge years"
    )
    precondition(
      times == nil || times!.count == seeds.count, "sample: \(times?.count ?? 0) times, \(seeds.count) seeds")
    let hidden = Set(hidden.map(Int64.init))
    return pool.withScratch(nodeCount: graph.nodeCount) { scratch in
      var blocks: [Block] = []
      var (targets, targetTimes) = (seeds, times)
      for (hop, fanout) in fanouts.enumerated() {
        var drawn = draw.edges(
          into: targets, asOf: targetTimes, fanout: fanout, using: random.substream(hop), &scratch.draw)
        if !hidden.isEmpty { drawn = NeighborSampler.removing(hidden, from: drawn) }
        let (block, sourceTimes) = block(of: targets, targetTimes, drawn.offsets, drawn.edges, &scratch.numbering)
        blocks.append(block)
        targets = block.sourceIDs ?? []
        targetTimes = targetTimes == nil ? nil : sourceTimes
      }
      return blocks.reversed()
    }
  }

  private static func removing(
    _ hidden: Set<Int64>, from drawn: (offsets: [Int64], edges: [Int64])
  ) -> (offsets: [Int64], edges: [Int64]) {
    var result: (offsets: [Int64], edges: [Int64]) = ([0], [])
    result.offsets.reserveCapacity(drawn.offsets.count)
    result.edges.reserveCapacity(drawn.edges.count)
    for (start, end) in zip(drawn.offsets, drawn.offsets.dropFirst()) {
      result.edges += drawn.edges[Int(start)..<Int(end)].filter { !hidden.contains($0) }
      result.offsets.append(Int64(result.edges.count))
    }
    return result
  }

  /// A block of drawn edges, and the time of each of its sources.
  private func block(
    of targets: [Int32], _ times: [Int32]?, _ offsets: [Int64], _ edges: [Int64], _ numbering: inout SourceNumbering
  ) -> (Block, times: [Int32]) {
    let rows = numbering.rows(of: targets, at: times)
    let columns = numbering.rows(
      of: Kernels.picked(graph.incoming.columns, at: edges), at: times?.repeated(by: offsets))
    let sources = numbering.finish()
    let block = Block(
      incoming: SparseRows(offsets: offsets, columns: columns, columnCount: sources.nodes.count),
      sourceIDs: sources.nodes, targetIDs: targets, edgeIDs: edges, placement: .rows(rows),
      weights: graph.weights.map { all in edges.map { all[Int($0)] } }, parent: graph)
    return (block, sources.times)
  }

  /// Memory of N numbers for each thread that samples, used again and again.
  private final class ScratchPool: Sendable {
    struct Scratch {
      var numbering: SourceNumbering
      var draw = EdgeDraw.Scratch()
    }
    private let free = Guarded<[Scratch]>([])

    func withScratch<Result>(nodeCount: Int, _ body: (inout Scratch) -> Result) -> Result {
      var scratch = free.withLock { $0.popLast() } ?? Scratch(numbering: SourceNumbering(nodeCount: nodeCount))
      let result = body(&scratch)
      free.withLock { $0.append(scratch) }
      return result
    }
  }
}
