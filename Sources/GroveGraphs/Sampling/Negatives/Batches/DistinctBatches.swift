public import GroveKernels

/// Batches in which no anchor and no positive stands twice, so that no row's negative is its own positive.
///
/// Pairs come in random order; one that does not fit into the current batch waits for the next into which it fits. Where a
/// node is in many pairs the last batches are short: there must be as many batches as the node has pairs.
///
/// - Source: the `no_duplicates` sampler of sentence-transformers. Differs: each pair is placed once, without searching
///   those that wait anew for every batch.
public struct DistinctBatches: PositiveBatcher, Equatable {
  /// Whether anchors and positives are nodes of one kind: an id may then not stand as an anchor and as the positive of
  /// another pair either.
  public var sharesNodes: Bool

  /// A batcher of pairs of nodes of two kinds, or of one.
  public init(sharesNodes: Bool = false) { self.sharesNodes = sharesNodes }

  /// Places of the pairs in each batch of an epoch.
  ///
  /// - Complexity: O(P log P) at worst and about O(P), and memory for the largest ids.
  public func batches(
    anchors: [Int32], positives: [Int32], batchSize: Int, epoch: Int, using random: RandomStream
  ) -> [[Int]] {
    Batches.check(
      anchors: anchors, positives: positives, batchSize: batchSize, epoch: epoch, "DistinctBatches")
    var generator = random.substream(epoch).generator
    let anchorCount = Int(anchors.max() ?? -1) + 1
    let positiveCount = Int(positives.max() ?? -1) + 1
    // The first batch that is after all those a node is in.
    var free = [Int](repeating: 0, count: sharesNodes ? max(anchorCount, positiveCount) : anchorCount + positiveCount)
    var open = OpenBatches()
    for pair in generator.shuffled(Array(0..<anchors.count)) {
      let anchor = Int(anchors[pair])
      let positive = Int(positives[pair]) + (sharesNodes ? 0 : anchorCount)
      let batch = open.first(from: max(free[anchor], free[positive]))
      open.add(pair, to: batch, size: batchSize)
      free[anchor] = batch + 1
      free[positive] = batch + 1
    }
    return open.batches
  }
}

/// Batches that fill up, and for each the first that is not full from there on (disjoint sets with paths halved).
private struct OpenBatches {
  private(set) var batches: [[Int]] = []
  private var next: [Int] = []

  /// The first batch from `start` on that has room.
  mutating func first(from start: Int) -> Int {
    var batch = start
    while batch < next.count && next[batch] != batch {
      if next[batch] < next.count { next[batch] = next[next[batch]] }
      batch = next[batch]
    }
    return batch
  }

  /// Puts a pair there; the batch is at most one beyond the last.
  mutating func add(_ pair: Int, to batch: Int, size: Int) {
    if batch == batches.count {
      batches.append([])
      next.append(batch)
    }
    batches[batch].append(pair)
    if batches[batch].count == size { next[batch] = batch + 1 }
  }
}
