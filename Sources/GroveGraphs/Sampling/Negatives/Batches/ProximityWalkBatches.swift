public import GroveKernels

/// Batches of pairs whose anchors are near each other: walks with restart on a proximity graph (BatchSampler).
///
/// A walk starts at the anchor of a random pair that has not been taken, and goes on at each step to a random neighbor, or
/// with the restart probability back to its start, as it does where a node has no neighbors. Each node that it meets gives
/// one of its pairs that are left, until there are B of different anchors. A walk that finds nothing new for `patience`
/// steps is given up, and its pairs are left over; what is left over in the end forms random batches. Positives may stand
/// in a batch twice.
///
///     restart probability of epoch e = max(.05, .2 − .1 · ⌊e / 5⌋)
///
/// The larger it is, the nearer are the members of a batch, and the harder and the more often false are negatives.
///
/// Letters: P pairs, B pairs of a batch, n nodes.
///
/// - Source: Yang et al. 2023 (BatchSampler). Differs: a node's pairs are many, where its instances are one each; walks
///   are given up.
public struct ProximityWalkBatches: PositiveBatcher, Equatable {
  /// The neighbors of each anchor: a graph's own rows, or those of a `ProximityGraph`.
  public let proximity: SparseRows
  /// The restart probability of the first epochs.
  public var restart: Double
  /// By how much it falls every five epochs.
  public var restartFall: Double
  /// How low it may become.
  public var restartFloor: Double
  /// Steps without a new node after which a walk is given up; nil for 20 B.
  public var patience: Int?

  /// Walks on a proximity graph, with the paper's restart probabilities.
  ///
  /// - Precondition: the graph is square, probabilities are in 0...1.
  public init(
    over proximity: SparseRows, restart: Double = 0.2, restartFall: Double = 0.1, restartFloor: Double = 0.05,
    patience: Int? = nil
  ) {
    precondition(
      proximity.rowCount == proximity.columnCount,
      "ProximityWalkBatches: \(proximity.rowCount) rows of \(proximity.columnCount) columns")
    precondition(
      (0...1).contains(restart) && (0...1).contains(restartFloor) && restartFall >= 0,
      "ProximityWalkBatches: restart \(restart), falling by \(restartFall) to \(restartFloor)")
    precondition(patience == nil || patience! >= 1, "ProximityWalkBatches: a patience of \(patience ?? 0) steps")
    self.proximity = proximity
    (self.restart, self.restartFall, self.restartFloor) = (restart, restartFall, restartFloor)
    self.patience = patience
  }

  /// The restart probability of an epoch, counted from 0.
  public func restartProbability(epoch: Int) -> Double { max(restartFloor, restart - restartFall * Double(epoch / 5)) }

  /// Places of the pairs in each batch of an epoch: full ones of walks, then random ones of what is left.
  ///
  /// - Precondition: every anchor is a row of the proximity graph.
  /// - Complexity: O(P + n + steps), at most `patience` steps for each pair.
  public func batches(
    anchors: [Int32], positives: [Int32], batchSize: Int, epoch: Int, using random: RandomStream
  ) -> [[Int]] {
    Batches.check(
      anchors: anchors, positives: positives, batchSize: batchSize, epoch: epoch, "ProximityWalkBatches")
    for id in anchors {
      precondition(
        Int(id) < proximity.rowCount, "ProximityWalkBatches: anchor \(id) of \(proximity.rowCount) nodes")
    }
    var generator = random.substream(epoch).generator
    let order = generator.shuffled(Array(0..<anchors.count))
    var walk = EpochWalk(
      proximity: proximity, anchors: anchors, order: order, restart: restartProbability(epoch: epoch),
      patience: patience ?? 20 * batchSize, generator: generator)
    var batches: [[Int]] = []
    var left: [Int] = []
    for pair in order where !walk.isTaken[pair] {
      let members = walk.members(from: pair, count: batchSize)
      if members.count == batchSize { batches.append(members) } else { left += members }
    }
    return batches + Batches.cut(walk.generator.shuffled(left), size: batchSize)
  }
}

/// The walks of one epoch, and what they have taken.
private struct EpochWalk {
  let proximity: SparseRows
  let anchors: [Int32]
  let restart: Double
  let patience: Int
  var generator: RandomGenerator
  /// By pair.
  private(set) var isTaken: [Bool]
  /// Pairs of each anchor, in the order of the epoch: those before `next` are taken.
  private let pairs: SparseRows
  private var next: [Int]
  /// The walk that last met each node.
  private var met: [Int]
  private var number = 0

  init(
    proximity: SparseRows, anchors: [Int32], order: [Int], restart: Double, patience: Int, generator: RandomGenerator
  ) {
    (self.proximity, self.anchors, self.restart) = (proximity, anchors, restart)
    (self.patience, self.generator) = (patience, generator)
    isTaken = [Bool](repeating: false, count: anchors.count)
    let pairs = SparseRows.grouping(
      rows: order.map { anchors[$0] }, columns: order.map(Int32.init), rowCount: proximity.rowCount,
      columnCount: anchors.count
    ).rows
    self.pairs = pairs
    next = (0..<proximity.rowCount).map { pairs.range(of: $0).lowerBound }
    met = [Int](repeating: 0, count: proximity.rowCount)
  }

  /// Pairs of different anchors near that of a pair, which is the first; fewer than `count` where the walk is given up.
  mutating func members(from pair: Int, count: Int) -> [Int] {
    number += 1
    let start = Int(anchors[pair])
    var members: [Int] = []
    var (node, idle) = (start, 0)
    take(at: start, into: &members)
    while members.count < count && idle < patience {
      let range = proximity.range(of: node)
      if range.isEmpty || Double.random(in: 0..<1, using: &generator) < restart {
        // Where the start itself leads nowhere, no step does.
        if node == start && range.isEmpty { break }
        node = start
      } else {
        node = Int(proximity.columns[range.lowerBound + generator.next(below: range.count)])
      }
      let before = members.count
      take(at: node, into: &members)
      idle = members.count == before ? idle + 1 : 0
    }
    return members
  }

  /// Takes the next pair of a node that this walk meets for the first time, if it has one left.
  private mutating func take(at node: Int, into members: inout [Int]) {
    guard met[node] != number else { return }
    met[node] = number
    guard next[node] < pairs.range(of: node).upperBound else { return }
    let pair = Int(pairs.columns[next[node]])
    next[node] += 1
    isTaken[pair] = true
    members.append(pair)
  }
}
