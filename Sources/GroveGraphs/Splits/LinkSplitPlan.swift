public import GroveKernels

/// How to divide the links of a graph.
public struct LinkSplitPlan: Sendable, Equatable {
  /// Share of the links to choose the best epoch by.
  public var validation: Double
  /// Share of the links that are only measured.
  public var test: Double
  /// Share of the training links that are learned from and no messages; the rest are messages and not learned from.
  ///
  /// 0: all are both.
  public var disjoint: Double
  /// What the measured links are compared with.
  public var negatives: NegativePlan

  /// - Precondition: shares are 0 or more; those of validation and test are less than 1 together, the disjoint one is less
  ///   than 1.
  public init(
    validation: Double = 0.1, test: Double = 0.2, disjoint: Double = 0,
    negatives: NegativePlan = .uniform(perPositive: 100)
  ) {
    precondition(
      validation >= 0 && test >= 0 && validation + test < 1,
      "LinkSplitPlan: shares \(validation) of validation and \(test) of test; together they must be below 1")
    precondition(disjoint >= 0 && disjoint < 1, "LinkSplitPlan: disjoint share \(disjoint) is not in 0..<1")
    self.validation = validation
    self.test = test
    self.disjoint = disjoint
    self.negatives = negatives
  }

  /// Which part a link goes to.
  fileprivate enum Role: UInt8 { case message, target, both, validation, test }

  /// The role of each of some links, in random order.
  ///
  /// - Throws: `LinkSplitFailure.nothingLeft`.
  fileprivate func roles(of count: Int, random: RandomStream) throws -> [Role] {
    let tested = Int((test * Double(count)).rounded())
    let validated = Int((validation * Double(count)).rounded())
    let trained = count - tested - validated
    let targets = Int((disjoint * Double(max(trained, 0))).rounded())
    for (part, share, size) in [
      ("test", test, tested), ("validation", validation, validated), ("training", 1, trained),
      ("training target", disjoint, targets), ("message", 1 - disjoint, trained - targets),
    ] where share > 0 && size <= 0 { throw LinkSplitFailure.nothingLeft(part: part, links: count) }
    var roles = [Role](repeating: disjoint > 0 ? .message : .both, count: count)
    var generator = random.generator
    let order = generator.shuffled(Array(0..<count))
    for place in order.prefix(tested) { roles[place] = .test }
    for place in order.dropFirst(tested).prefix(validated) { roles[place] = .validation }
    for place in order.suffix(trained).prefix(targets) { roles[place] = .target }
    return roles
  }

  /// Edges in rising order by their roles.
  ///
  /// - Parameter roles: one an edge; nil for a self-loop, which is a message and nothing to learn.
  fileprivate func split(_ edges: EdgeList, roles: [Role?], name: String, ends: LinkEnds) -> LinkSplit {
    func part(_ keep: (Role?) -> Bool, weights: Bool = false) -> EdgeList {
      let kept = edges.filtered(by: roles.map(keep))
      return EdgeList(
        sources: kept.sources, targets: kept.targets, weights: weights ? kept.weights : nil,
        isDirected: kept.isDirected)
    }
    return LinkSplit(
      name: name,
      kind: "generated here: validation \(validation), test \(test)" + (disjoint > 0 ? ", disjoint \(disjoint)" : ""),
      ends: ends, messages: part({ $0 == nil || $0 == .message || $0 == .both }, weights: true),
      training: part { $0 == .target || $0 == .both },
      validation: LinkEvaluation(positives: part { $0 == .validation }),
      test: LinkEvaluation(positives: part { $0 == .test }))
  }
}

extension LinkSplit {
  /// A split of the edges of a graph, drawn at random; equal streams give equal splits.
  ///
  /// The two directions of an edge go to one part, also where they are two links. Self-loops are messages only. Each
  /// measured link of an undirected graph is listed from one of its ends, as likely one as the other.
  ///
  /// - Parameter undirected: whether (a, b) and (b, a) are one link; an edge that the graph holds one way only is then a
  ///   link all the same.
  /// - Throws: `LinkSplitFailure` where a part would be empty, a node has too few negatives, or the two directions of an
  ///   undirected edge weigh differently; `AlgebraFailure` when memory runs out.
  /// - Complexity: O(E log E) beside the negatives.
  public static func drawn(
    from graph: Graph, undirected: Bool, plan: LinkSplitPlan = LinkSplitPlan(), name: String, random: RandomStream
  ) throws -> LinkSplit {
    let edges = try graph.listed(undirected: undirected)
    let keys = zip(edges.sources, edges.targets).map { PairSet.key($0, $1, ordered: false) }
    let links = PairSet.distinct(
      keys.indices.filter { edges.sources[$0] != edges.targets[$0] }.map { keys[$0] })
    let roles = try plan.roles(of: links.count, random: random.substream(0))
    let ends: LinkEnds = undirected ? .undirected(nodes: graph.nodeCount) : .directed(nodes: graph.nodeCount)
    let split = plan.split(
      edges, roles: keys.map { PairSet.position(of: $0, in: links).map { roles[$0] } }, name: name, ends: ends)
    let turning = random.substream(1)
    let turned =
      undirected
      ? split.with(
        validation: split.validation.turned(turning.substream(0)), test: split.test.turned(turning.substream(1)))
      : split
    return try turned.withNegatives(plan.negatives, random: random.substream(2))
  }

  /// A split of the edges of a relation between two types, drawn at random; equal streams give equal splits.
  ///
  /// An edge that is listed twice is one link.
  ///
  /// - Throws: `LinkSplitFailure` where a part would be empty or a node has too few negatives; `AlgebraFailure` when memory
  ///   runs out.
  /// - Complexity: O(E log E) beside the negatives.
  public static func drawn(
    from relation: BipartiteGraph, plan: LinkSplitPlan = LinkSplitPlan(), name: String, random: RandomStream
  ) throws -> LinkSplit {
    let edges = try relation.incoming.listed(weights: relation.weights)
    let roles = try plan.roles(of: edges.count, random: random.substream(0))
    let split = plan.split(
      edges, roles: roles, name: name,
      ends: .bipartite(sources: relation.sourceCount, targets: relation.targetCount))
    return try split.withNegatives(plan.negatives, random: random.substream(2))
  }
}

extension LinkEvaluation {
  /// Each positive from one of its ends.
  fileprivate func turned(_ random: RandomStream) -> LinkEvaluation {
    var turned = positives
    for link in 0..<positives.count where random.bits(row: link, column: 0) & 1 == 1 {
      (turned.sources[link], turned.targets[link]) = (positives.targets[link], positives.sources[link])
    }
    return LinkEvaluation(positives: turned, negatives: negatives)
  }
}

extension SparseRows {
  /// The edges of incoming rows, by source and then target, each once with the sum of its weights.
  fileprivate func listed(weights: [Float]?) throws -> EdgeList {
    let matrix = try SparseMatrix(self, values: weights, duplicates: weights == nil ? .max : .sum).transposed()
    let (rows, values) = try matrix.sparseRows()
    var sources: [Int32] = []
    sources.reserveCapacity(rows.entryCount)
    for source in 0..<rows.rowCount { sources += Array(repeating: Int32(source), count: rows.range(of: source).count) }
    return EdgeList(
      sources: sources, targets: rows.columns, weights: weights == nil ? nil : values, isDirected: true)
  }
}

extension Graph {
  /// The edges by source and then target; of undirected ones that with the smaller source, whichever way it is held.
  ///
  /// - Throws: `LinkSplitFailure.unequalWeights`.
  fileprivate func listed(undirected: Bool) throws -> EdgeList {
    let edges = try incoming.listed(weights: weights)
    guard undirected else { return edges }
    let ordered = zip(edges.sources, edges.targets).map { PairSet.key($0, $1, ordered: true) }
    let links = PairSet.distinct(zip(edges.sources, edges.targets).map { PairSet.key($0, $1, ordered: false) })
    var list = EdgeList(sources: [], targets: [], weights: weights == nil ? nil : [], isDirected: false)
    for link in links {
      let (first, second) = PairSet.nodes(of: link)
      list.sources.append(first)
      list.targets.append(second)
      guard let weights = edges.weights else { continue }
      let found = [(first, second), (second, first)].compactMap { source, target in
        PairSet.position(of: PairSet.key(source, target, ordered: true), in: ordered).map { weights[$0] }
      }
      guard found.first == found.last else { throw LinkSplitFailure.unequalWeights(first: first, second: second) }
      list.weights?.append(found[0])
    }
    return list
  }
}
