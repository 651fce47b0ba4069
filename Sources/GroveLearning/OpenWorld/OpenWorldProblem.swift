public import GroveGraphs

/// Open-world classification as a method sees it: some classes have labels, the others have none.
///
/// Classes have numbers of their own here: the seen ones are 0..<seenCount, in the order of their first training node, and
/// the novel ones seenCount..<classCount, which stand for clusters that nobody has named. So nothing that a method does can
/// depend on how classes are called, and the class of a test node is nowhere in here.
///
/// Letters: N nodes, K classes.
public struct OpenWorldProblem: Sendable {
  /// All nodes with the edges between them.
  public let graph: Graph
  /// Number of seen classes.
  public let seenCount: Int
  /// K, the number of classes, seen and novel together.
  public let classCount: Int
  /// Nodes whose class is used in training, in rising order.
  public let training: [Int32]
  /// Nodes of seen classes that choose the best epoch, in rising order.
  public let validation: [Int32]
  /// Nodes whose class is not known, of seen and of novel classes, in rising order.
  public let test: [Int32]
  /// The class of training and validation nodes, −1 of all others. [N]
  public let classes: [Int32]
  /// Whether a node is one of `training`. [N]
  public let isTraining: [Bool]
  /// Nodes that are learned from: those of the three parts, in rising order.
  ///
  /// Others only pass on what they hear.
  public let nodes: [Int32]
  /// Validation and test nodes, in rising order.
  public let unlabeled: [Int32]

  /// N.
  public var nodeCount: Int { graph.nodeCount }

  /// - Precondition: `classes` holds −1 or a seen class of the nodes of `training` and `validation`, none of others.
  init(
    graph: Graph, seenCount: Int, classCount: Int, training: [Int32], validation: [Int32], test: [Int32],
    classes: [Int32]
  ) {
    (self.graph, self.seenCount, self.classCount) = (graph, seenCount, classCount)
    (self.training, self.validation, self.test) = (training.sorted(), validation.sorted(), test.sorted())
    nodes = (training + validation + test).sorted()
    unlabeled = (validation + test).sorted()
    self.classes = classes
    var isTraining = [Bool](repeating: false, count: graph.nodeCount)
    for node in training { isTraining[Int(node)] = true }
    self.isTraining = isTraining
  }

  /// The classes of some training or validation nodes.
  public func classes(of nodes: [Int32]) -> [Int32] { nodes.map { classes[Int($0)] } }

  /// The same with another number of classes.
  func with(classCount: Int) -> OpenWorldProblem {
    OpenWorldProblem(
      graph: graph, seenCount: seenCount, classCount: classCount, training: training, validation: validation,
      test: test, classes: classes)
  }
}

/// The true classes of an open-world problem, for scoring alone.
///
/// Seen classes have their numbers of the problem, novel ones follow.
struct OpenWorldTruth: Sendable {
  /// The class of each node, −1 where none is known. [N]
  let classes: [Int32]
  /// Names of the classes, seen ones first.
  let names: [String]
  /// Number of seen classes.
  let seenCount: Int

  /// The numbers of the seen classes.
  var seenClasses: Set<Int32> { Set(0..<Int32(seenCount)) }
  /// Number of true classes, seen and novel.
  var classCount: Int { names.count }

  /// What classes are called where only the seen ones have a name: `novel-1` and so on for the others.
  func predictedNames(_ count: Int) -> [String] {
    names.prefix(seenCount) + (0..<max(0, count - seenCount)).map { "novel-\($0 + 1)" }
  }
}

extension OpenWorldProblem {
  /// The problem that a split makes of a graph's labels, its number of classes that of the split, and the truth.
  ///
  /// - Throws: `TrainingFailure` where labels or split cannot serve it.
  static func make(_ data: NodeData, split: Split) throws -> (problem: OpenWorldProblem, truth: OpenWorldTruth) {
    guard case .single(let labels, let names) = data.labels else {
      throw TrainingFailure.data(
        "\(data.name): nodes have several classes each; open-world training needs one class a node")
    }
    guard let division = split.classes else {
      throw TrainingFailure.data(
        "\(data.name): split '\(split.name)' does not say which classes are seen; make one that does with: grove split STORE --kind open-world:50"
      )
    }
    if let problem = split.problem(nodeCount: data.nodeCount)
      ?? division.problem(of: split, classes: labels, names: names)
    {
      throw TrainingFailure.data("\(data.name): \(problem); correct the split")
    }
    guard !split.validation.isEmpty else {
      throw TrainingFailure.data(
        "\(data.name): split '\(split.name)' has no validation node, and open-world training needs them to choose its epoch; give it some"
      )
    }
    let training = split.train.sorted()
    // By first training node: the numbers of the graph's classes, and their order in the split, mean nothing.
    var first: [Int32: Int32] = [:]
    for node in training where first[labels[Int(node)]] == nil { first[labels[Int(node)]] = node }
    let seen = division.seen.sorted { first[$0] ?? 0 < first[$1] ?? 0 }
    var number = [Int32](repeating: -1, count: names.count)
    for (place, label) in (seen + division.novel).enumerated() { number[Int(label)] = Int32(place) }
    var known = [Int32](repeating: -1, count: data.nodeCount)
    for node in training + split.validation { known[Int(node)] = number[Int(labels[Int(node)])] }
    let problem = OpenWorldProblem(
      graph: data.graph, seenCount: seen.count, classCount: seen.count + division.novel.count, training: training,
      validation: split.validation, test: split.test, classes: known)
    let truth = OpenWorldTruth(
      classes: labels.map { $0 < 0 ? -1 : number[Int($0)] }, names: (seen + division.novel).map { names[Int($0)] },
      seenCount: seen.count)
    return (problem, truth)
  }
}
