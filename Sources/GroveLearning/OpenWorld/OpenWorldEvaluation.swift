import GroveGraphs
import GroveKernels

/// Open-world predictions of some nodes, scored by both protocols.
public struct OpenWorldEvaluation: Sendable, Equatable {
  /// One matching of clusters and classes over all nodes.
  public let single: OpenWorldAccuracy
  /// Seen classes as themselves, novel ones matched apart.
  public let separate: OpenWorldAccuracy
  /// Names of the true classes, the seen ones first.
  public let classNames: [String]
  /// Number of seen classes.
  public let seenCount: Int
  /// Nodes of each true class and predicted class, where predicted classes have the number of the true class that the
  /// single matching gives them.
  public let confusion: ConfusionMatrix
  /// Number of nodes that were scored: those with a label.
  public let count: Int
  /// The single matching: the true class of each predicted one.
  let matching: ClusterMatching

  /// - Parameter predicted: the predicted class of every node.
  init(of nodes: [Int32], predicted: [Int32], truth: OpenWorldTruth) {
    let labeled = nodes.filter { truth.classes[Int($0)] >= 0 }
    let classes = labeled.map { truth.classes[Int($0)] }
    let given = labeled.map { predicted[Int($0)] }
    single = .singleMatching(truth: classes, predicted: given, seenClasses: truth.seenClasses)
    separate = .separateMatching(truth: classes, predicted: given, seenClasses: truth.seenClasses)
    let matching = ClusterMatching(truth: classes, predicted: given)
    let matched = given.map { matching.classOfCluster[Int($0)] }
    let extra = max(truth.classCount, Int((matched.max() ?? -1) + 1)) - truth.classCount
    classNames = truth.names + (0..<extra).map { "unmatched-\($0 + 1)" }
    seenCount = truth.seenCount
    confusion = ConfusionMatrix(truth: classes, predicted: matched, classCount: classNames.count)
    count = labeled.count
    self.matching = matching
  }

  /// By the keys of the command line's contract.
  public var byName: [String: Double] {
    guard count > 0 else { return [:] }
    return [
      "overall": single.overall, "seen": single.seen, "novel": single.novel, "overallSeparate": separate.overall,
      "seenSeparate": separate.seen, "novelSeparate": separate.novel,
    ]
  }

  /// The keys of test scores, in the order in which tables show them.
  public static let keys = [
    "overall", "seen", "novel", "overallSeparate", "seenSeparate", "novelSeparate", "imbalanceRate", "separationRate",
  ]
}
