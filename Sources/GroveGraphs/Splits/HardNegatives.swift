import GroveKernels

/// How `HardNegatives` are chosen.
public struct HardNegativeOptions: Sendable, Equatable {
  /// K: half of them take the place of a positive's target, half that of its source.
  public var perPositive: Int
  /// The chance that the PageRank's walker goes back.
  public var restart: Double
  /// How much of a node's PageRank may be missing, times the node's degree.
  public var tolerance: Double

  /// - Precondition: an even number of negatives; restart in 0..<1 and not 0; tolerance above 0.
  public init(perPositive: Int = 100, restart: Double = 0.15, tolerance: Double = 1e-5) {
    precondition(
      perPositive > 0 && perPositive.isMultiple(of: 2),
      "HardNegativeOptions: \(perPositive) negatives a positive; give an even number, half for each end")
    precondition(restart > 0 && restart < 1, "HardNegativeOptions: restart \(restart) is not between 0 and 1")
    precondition(tolerance > 0, "HardNegativeOptions: tolerance \(tolerance) is not above 0")
    self.perPositive = perPositive
    self.restart = restart
    self.tolerance = tolerance
  }
}

/// Negatives that are near one end of a positive: what a good method must tell from the positive.
///
/// For the link (a, b) these are K/2 pairs (a, x) and K/2 pairs (x, b). The x of an end are taken in turn from the nodes
/// that share most with it by resource allocation and from those of its highest personalised PageRank, each x once;
/// scores are those of the training links, unweighted and both ways. Positives of any part are left out. Of equal
/// scores the smaller node comes first. Where both lists end early the rest is drawn at random, and counted. Between
/// nodes of two types no node shares a neighbor with its candidates, so that PageRank alone decides.
///
/// Letters: P positives, K negatives a positive, N nodes.
///
/// - Source: HeaRT (Li et al. 2023, arXiv 2306.10453). Differs: no feature similarity; the two lists are merged in turn,
///   resource allocation first.
struct HardNegatives: Sendable {
  private let ends: LinkEnds
  private let options: HardNegativeOptions
  private let near: NearNodes
  /// What is no negative of a node at each end.
  private let partners: (ofSource: SparseRows, ofTarget: SparseRows)

  /// - Throws: `AlgebraFailure` when memory runs out.
  /// - Complexity: O(N + E log E).
  init(of split: LinkSplit, options: HardNegativeOptions) throws {
    ends = split.ends
    self.options = options
    let offset = Int32(ends.targetOffset)
    let learned = EdgeList(
      sources: split.messages.sources + split.training.sources,
      targets: (split.messages.targets + split.training.targets).map { $0 + offset }, isDirected: false)
    near = try NearNodes(learned, nodeCount: ends.nodeCount)
    let ofSource = try ends.partners(in: split.knownLinks, of: .source, withSelf: true)
    partners = (
      ofSource,
      ends.isUndirected ? ofSource : try ends.partners(in: split.knownLinks, of: .target, withSelf: true)
    )
  }

  /// The negatives of some positives; those of a node are the same wherever it occurs.
  ///
  /// - Throws: `LinkSplitFailure.saturated` where a node has fewer than K/2 candidates.
  /// - Complexity: O(nodes of the positives · (1 / (restart · tolerance) + nodes within two hops · log K) + P · K).
  func lists(for positives: EdgeList, random: RandomStream) throws -> NegativeLists {
    let half = options.perPositive / 2
    let ofSources: Table
    let ofTargets: Table
    if ends.isUndirected {
      ofSources = try table(of: positives.sources + positives.targets, at: .source, random)
      ofTargets = ofSources
    } else {
      ofSources = try table(of: positives.sources, at: .source, random.substream(0))
      ofTargets = try table(of: positives.targets, at: .target, random.substream(1))
    }
    var nodes: [Int32] = []
    nodes.reserveCapacity(positives.count * options.perPositive)
    var filled = 0
    for (source, target) in zip(positives.sources, positives.targets) {
      for (table, node) in [(ofSources, source), (ofTargets, target)] {
        let row = Int(table.rowOfNode[Int(node)]) * (half + 1)
        nodes += table.rows[row..<row + half]
        filled += Int(table.rows[row + half])
      }
    }
    return NegativeLists(
      nodes: nodes, perPositive: options.perPositive, replacingTarget: half, filled: filled)
  }

  private struct Table {
    /// Place of a node's row, −1 where it has none.
    var rowOfNode: [Int32]
    /// K/2 nodes, then how many of them were drawn at random.
    var rows: [Int32]
  }

  private func table(of nodes: [Int32], at end: LinkEnd, _ random: RandomStream) throws -> Table {
    let half = options.perPositive / 2
    let rows = end == .source ? partners.ofSource : partners.ofTarget
    let candidateCount = ends.count(of: end == .source ? .target : .source)
    var table = Table(rowOfNode: [Int32](repeating: -1, count: ends.count(of: end)), rows: [])
    var distinct: [Int32] = []
    for node in nodes where table.rowOfNode[Int(node)] < 0 {
      table.rowOfNode[Int(node)] = Int32(distinct.count)
      distinct.append(node)
      let left = candidateCount - rows.range(of: Int(node)).count
      if left < half {
        throw LinkSplitFailure.saturated(
          end: ends.isSquare ? "node" : end == .source ? "source" : "target", node: node, candidates: left,
          needed: half)
      }
    }
    // Nodes are numbered together in `near`: where the asked node stands, and where its candidates begin.
    let offsets = (node: end == .source ? 0 : ends.targetOffset, other: end == .source ? ends.targetOffset : 0)
    let asked = distinct
    table.rows = ChunkedRows.gather(asked.count, atLeast: 32, scratch: Scratch(nodeCount: ends.nodeCount)) {
      place, scratch in
      let node = Int(asked[place])
      let excluded = rows[node]
      var chosen = nearest(to: node + offsets.node, &scratch) { other in
        let candidate = Int(other) - offsets.other
        return candidate >= 0 && candidate < candidateCount && !Kernels.holds(Int32(candidate), in: excluded)
          ? Int32(candidate) : nil
      }
      let missing = half - chosen.count
      if missing > 0 {
        var generator = random.substream(node).generator
        let taken = (excluded + chosen).sorted()
        chosen += ComplementDraw(count: candidateCount, excluding: taken[...]).draw(missing, using: &generator)
      }
      return chosen + [Int32(missing)]
    }
    return table
  }

  private struct Scratch: Sendable {
    var scores: LocalScores
    var residuals: LocalScores

    init(nodeCount: Int) {
      scores = LocalScores(nodeCount: nodeCount)
      residuals = LocalScores(nodeCount: nodeCount)
    }
  }

  /// At most K/2 candidates near a node, in turn from both lists.
  private func nearest(to node: Int, _ scratch: inout Scratch, _ candidate: (Int32) -> Int32?) -> [Int32] {
    let half = options.perPositive / 2
    near.addResourceAllocation(of: node, to: &scratch.scores)
    let sharing = scratch.scores.best(half, candidate)
    scratch.scores.clear()
    near.addPageRank(
      of: node, restart: options.restart, tolerance: options.tolerance, to: &scratch.scores,
      residuals: &scratch.residuals)
    let visited = scratch.scores.best(half, candidate)
    scratch.scores.clear()
    return HardNegatives.merged(sharing, visited, limit: half)
  }

  /// The first list's best, the second list's best that is not taken, and so on.
  static func merged(_ first: [Int32], _ second: [Int32], limit: Int) -> [Int32] {
    var merged: [Int32] = []
    var taken = Set<Int32>(minimumCapacity: limit)
    var lists = [first[...], second[...]]
    var turn = 0
    while merged.count < limit, !(lists[0].isEmpty && lists[1].isEmpty) {
      while let node = lists[turn].popFirst() {
        if taken.insert(node).inserted {
          merged.append(node)
          break
        }
      }
      turn = 1 - turn
    }
    return merged
  }
}
