/// Accuracy where some classes are novel, so that predictions of them are clusters without a name.
///
/// Two protocols are in use, and their numbers cannot be compared:
///
/// | | overall | seen classes | novel classes |
/// | --- | --- | --- | --- |
/// | `singleMatching` | matched over all nodes | of that matching | of that matching |
/// | `separateMatching` | matched over all nodes | predicted as themselves | matched over nodes of novel classes |
public struct OpenWorldAccuracy: Sendable, Equatable {
  /// Share of all nodes; 0 without any.
  public let overall: Double
  /// Share of the nodes of seen classes; 0 without any.
  public let seen: Double
  /// Share of the nodes of novel classes; 0 without any.
  public let novel: Double
  /// Nodes of seen classes.
  public let seenCount: Int
  /// Nodes of novel classes.
  public let novelCount: Int

  /// All numbers from one matching of clusters and classes over all nodes.
  ///
  /// - Parameter seenClasses: classes that were trained on.
  /// - Precondition: as many predicted as true ones, all 0 or more.
  /// - Complexity: O(n + D³) for n nodes and D classes or clusters.
  /// - Source: Vaze, Han, Vedaldi, Zisserman 2022, section 4.1.
  public static func singleMatching(
    truth: [Int32], predicted: [Int32], seenClasses: Set<Int32>
  ) -> OpenWorldAccuracy {
    let matching = ClusterMatching(truth: truth, predicted: predicted)
    let isRight = matching.isMatched(truth: truth, predicted: predicted)
    let parts = Parts(truth, seenClasses)
    return OpenWorldAccuracy(
      overall: matching.accuracy, seen: share(isRight, of: parts.seen), novel: share(isRight, of: parts.novel),
      seenCount: parts.seen.count, novelCount: parts.novel.count)
  }

  /// Seen classes by their own numbers, novel ones by a matching of their nodes alone.
  ///
  /// - Parameter seenClasses: classes that were trained on.
  /// - Precondition: as many predicted as true ones, all 0 or more.
  /// - Complexity: O(n + D³) for n nodes and D classes or clusters.
  /// - Source: Cao, Brbić, Leskovec 2022, section 4.1.
  public static func separateMatching(
    truth: [Int32], predicted: [Int32], seenClasses: Set<Int32>
  ) -> OpenWorldAccuracy {
    let all = ClusterMatching(truth: truth, predicted: predicted)
    let parts = Parts(truth, seenClasses)
    let isRight = zip(truth, predicted).map { $0 == $1 }
    let novel = ClusterMatching(truth: parts.novel.map { truth[$0] }, predicted: parts.novel.map { predicted[$0] })
    return OpenWorldAccuracy(
      overall: all.accuracy, seen: share(isRight, of: parts.seen), novel: novel.accuracy,
      seenCount: parts.seen.count, novelCount: parts.novel.count)
  }

  private static func share(_ isRight: [Bool], of nodes: [Int]) -> Double {
    nodes.isEmpty ? 0 : Double(nodes.count { isRight[$0] }) / Double(nodes.count)
  }

  /// Places of the nodes of seen and of novel classes.
  private struct Parts {
    let seen: [Int]
    let novel: [Int]

    init(_ truth: [Int32], _ seenClasses: Set<Int32>) {
      seen = truth.indices.filter { seenClasses.contains(truth[$0]) }
      novel = truth.indices.filter { !seenClasses.contains(truth[$0]) }
    }
  }
}
