public import GroveKernels

/// Batches of pairs in random order, all of B pairs but the last.
///
/// An anchor or a positive may stand in a batch twice: mask what then is no negative.
public struct ShuffledBatches: PositiveBatcher, Equatable {
  /// A batcher without settings.
  public init() {}

  /// Places of the pairs in each batch of an epoch.
  ///
  /// - Complexity: O(P).
  public func batches(
    anchors: [Int32], positives: [Int32], batchSize: Int, epoch: Int, using random: RandomStream
  ) -> [[Int]] {
    Batches.check(
      anchors: anchors, positives: positives, batchSize: batchSize, epoch: epoch, "ShuffledBatches")
    var generator = random.substream(epoch).generator
    return Batches.cut(generator.shuffled(Array(0..<anchors.count)), size: batchSize)
  }
}
