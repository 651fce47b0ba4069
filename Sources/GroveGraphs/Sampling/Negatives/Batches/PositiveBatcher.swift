public import GroveKernels

/// Decides which positives share a batch: with in-batch negatives, who is whose negative.
///
/// A batcher gives every pair exactly once an epoch. What it gives depends on its arguments alone, never on threads.
///
/// Letters: P pairs, B pairs of a batch.
public protocol PositiveBatcher: Sendable {
  /// Places of the pairs in each batch of an epoch.
  ///
  /// - Parameters:
  ///   - anchors: the first node of each pair. [P]
  ///   - positives: the second. [P]
  ///   - batchSize: B, the most pairs of a batch.
  ///   - epoch: counted from 0; another epoch is another order.
  ///   - random: one stream for all epochs.
  /// - Precondition: as many positives as anchors, no negative ids, and a batch size of at least 1.
  func batches(
    anchors: [Int32], positives: [Int32], batchSize: Int, epoch: Int, using random: RandomStream
  ) -> [[Int]]
}

/// What all batchers share.
enum Batches {
  /// Traps on arguments that no batcher takes.
  static func check(anchors: [Int32], positives: [Int32], batchSize: Int, epoch: Int, _ what: String) {
    precondition(
      anchors.count == positives.count, "\(what): \(anchors.count) anchors and \(positives.count) positives")
    precondition(batchSize >= 1, "\(what): batches of \(batchSize) pairs")
    precondition(epoch >= 0, "\(what): epoch \(epoch)")
    for id in anchors { precondition(id >= 0, "\(what): anchor \(id)") }
    for id in positives { precondition(id >= 0, "\(what): positive \(id)") }
  }

  /// Runs of `size` places, the last with what is left.
  static func cut(_ places: [Int], size: Int) -> [[Int]] {
    stride(from: 0, to: places.count, by: size).map { Array(places[$0..<min($0 + size, places.count)]) }
  }
}
