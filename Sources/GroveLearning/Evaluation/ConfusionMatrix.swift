/// Counts of (true class, predicted class), and what follows from them.
public struct ConfusionMatrix: Sendable, Equatable {
  /// C, the number of classes.
  public let classCount: Int
  /// Row-major: counts[true · C + predicted].
  public private(set) var counts: [Int]

  /// C × C zeros.
  public init(classCount: Int) {
    self.classCount = classCount
    counts = [Int](repeating: 0, count: classCount * classCount)
  }

  /// - Precondition: equally many, all in 0..<classCount.
  public init(truth: [Int32], predicted: [Int32], classCount: Int) {
    precondition(truth.count == predicted.count, "ConfusionMatrix: \(truth.count) and \(predicted.count) nodes")
    self.init(classCount: classCount)
    for (t, p) in zip(truth, predicted) { counts[Int(t) * classCount + Int(p)] += 1 }
  }

  /// Number of nodes of class `truth` that were given class `predicted`.
  public subscript(truth: Int, predicted: Int) -> Int { counts[truth * classCount + predicted] }

  /// Number of nodes counted.
  public var total: Int { counts.reduce(0, +) }

  /// Share on the diagonal; 0 for no nodes.
  public var accuracy: Double {
    total == 0 ? 0 : Double((0..<classCount).reduce(0) { $0 + self[$1, $1] }) / Double(total)
  }

  /// Precision, recall, F1 and number of true nodes of each class; 0 where undefined.
  public var perClass: [ClassScores] {
    (0..<classCount).map { c in
      let support = (0..<classCount).reduce(0) { $0 + self[c, $1] }
      let predicted = (0..<classCount).reduce(0) { $0 + self[$1, c] }
      return ClassScores(hits: self[c, c], support: support, predicted: predicted)
    }
  }

  /// Mean F1 over the classes that occur, truly or predicted.
  public var macroF1: Double { ClassScores.macroF1(perClass) }
}

/// Precision, recall and F1 of one class.
public struct ClassScores: Sendable, Equatable {
  /// Nodes that have the class and were given it.
  public let hits: Int
  /// Nodes that truly have the class.
  public let support: Int
  /// Nodes that were given it.
  public let predicted: Int

  /// Share of hits among the nodes that were given the class; 0 for none.
  public var precision: Double { predicted == 0 ? 0 : Double(hits) / Double(predicted) }
  /// Share of hits among the nodes that have the class; 0 for none.
  public var recall: Double { support == 0 ? 0 : Double(hits) / Double(support) }
  /// Harmonic mean of precision and recall; 0 where the class does not occur.
  public var f1: Double { support + predicted == 0 ? 0 : 2 * Double(hits) / Double(support + predicted) }

  static func macroF1(_ classes: [ClassScores]) -> Double {
    let present = classes.filter { $0.support + $0.predicted > 0 }
    return present.isEmpty ? 0 : present.reduce(0) { $0 + $1.f1 } / Double(present.count)
  }

  static func microF1(_ classes: [ClassScores]) -> Double {
    let sizes = classes.reduce(0) { $0 + $1.support + $1.predicted }
    return sizes == 0 ? 0 : 2 * Double(classes.reduce(0) { $0 + $1.hits }) / Double(sizes)
  }
}
