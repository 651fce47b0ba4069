public import GroveKernels

/// How to divide the labeled nodes of a graph, as `grove split --kind` says it.
public enum SplitKind: Sendable, Equatable, CustomStringConvertible {
  /// So many nodes of each class to learn from and to choose by; the rest to test. A small class gives what it has.
  case perClass(train: Int, validation: Int)
  /// 20 nodes of each class to learn from, then 500 to choose by and 1000 to test, drawn from the rest.
  case planetoid
  /// Shares of the labeled nodes, kept in each class where a node has one class; the rest to test.
  case fraction(train: Double, validation: Double)
  /// Labeled nodes by calendar year: up to the first to learn from, up to the second to choose by, later ones to test.
  /// Nodes of unknown year are in no part.
  case time(train: Int, validation: Int)
  /// Half of the classes, drawn at random, are seen: so many nodes of each to learn from and as many to choose by. The
  /// rest of them and all nodes of the other classes, the novel ones, to test. Half of an odd number is rounded to the
  /// even one: 2 of 5 classes, 4 of 7.
  case openWorld(perClass: Int)

  /// The forms that `init(parsing:)` takes, for messages.
  public static let acceptedForms = "per-class:20,30, planetoid, fraction:.6,.2, time:2015,2017, open-world:50"

  /// Reads `per-class:20,30`, `planetoid`, `fraction:.6,.2`, `time:2015,2017` or `open-world:50`.
  /// - Throws: `SplitFailure.unknownKind`.
  public init(parsing text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let numbers =
      parts.count == 2 ? parts[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init) : []
    switch (parts[0], parts.count, numbers.count) {
    case ("planetoid", 1, _): self = .planetoid
    case ("per-class", 2, 2):
      guard let train = Int(numbers[0]), let validation = Int(numbers[1]), train > 0, validation >= 0 else {
        throw SplitFailure.unknownKind(text)
      }
      self = .perClass(train: train, validation: validation)
    case ("fraction", 2, 2):
      guard let train = Double(numbers[0]), let validation = Double(numbers[1]), train > 0, validation >= 0,
        train + validation < 1
      else { throw SplitFailure.unknownKind(text) }
      self = .fraction(train: train, validation: validation)
    case ("time", 2, 2):
      guard let train = Int(numbers[0]), let validation = Int(numbers[1]),
        TimeBounds(train: train, validation: validation) != nil
      else { throw SplitFailure.unknownKind(text) }
      self = .time(train: train, validation: validation)
    case ("open-world", 2, 1):
      guard let count = Int(numbers[0]), count > 0 else { throw SplitFailure.unknownKind(text) }
      self = .openWorld(perClass: count)
    default: throw SplitFailure.unknownKind(text)
    }
  }

  /// In the form that `init(parsing:)` takes.
  public var description: String {
    switch self {
    case .perClass(let train, let validation): "per-class:\(train),\(validation)"
    case .planetoid: "planetoid"
    case .fraction(let train, let validation): "fraction:\(train),\(validation)"
    case .time(let train, let validation): "time:\(train),\(validation)"
    case .openWorld(let count): "open-world:\(count)"
    }
  }

  /// Whether `make` has to be given years.
  public var needsYears: Bool {
    if case .time = self { true } else { false }
  }

  /// A split of the labeled nodes; equal streams give equal splits.
  ///
  /// - Parameters:
  ///   - name: the split's name.
  ///   - years: calendar year of each node, 0 where it is unknown; only a split by time reads them.
  /// - Returns: parts in rising order of nodes.
  /// - Throws: `SplitFailure.nothingLeft` where a part that must hold nodes would be empty; `.needsSingleLabels`;
  ///   `.needsYears`; `.smallClass` and `.fewClasses` of open-world splits.
  /// - Precondition: one year a node where they are given.
  /// - Complexity: O(N log N).
  public func make(labels: Labels, name: String, random: RandomStream, years: [Int32]? = nil) throws -> Split {
    precondition(
      years == nil || years!.count == labels.nodeCount,
      "split: \(years?.count ?? 0) years for \(labels.nodeCount) nodes")
    var bounds: TimeBounds?
    var division: ClassDivision?
    var generator = random.generator
    var train: [Int32] = []
    var validation: [Int32] = []
    var test: [Int32] = []
    switch self {
    case .perClass(let trainCount, let validationCount):
      for nodes in try classes(of: labels) {
        let order = generator.shuffled(nodes)
        train += order.prefix(trainCount)
        validation += order.dropFirst(trainCount).prefix(validationCount)
        test += order.dropFirst(trainCount).dropFirst(validationCount)
      }
    case .planetoid:
      var rest: [Int32] = []
      for nodes in try classes(of: labels) {
        let order = generator.shuffled(nodes)
        train += order.prefix(20)
        rest += order.dropFirst(20)
      }
      let order = generator.shuffled(rest.sorted())
      validation = Array(order.prefix(500))
      test = Array(order.dropFirst(500).prefix(1000))
      // A small graph keeps something to test on.
      if test.isEmpty && order.count > 1 {
        validation = Array(order.prefix(order.count / 2))
        test = Array(order.dropFirst(order.count / 2))
      }
    case .fraction(let trainShare, let validationShare):
      for nodes in SplitKind.strata(of: labels) {
        let order = generator.shuffled(nodes)
        let first = Int((trainShare * Double(order.count)).rounded())
        let second = max(first, Int(((trainShare + validationShare) * Double(order.count)).rounded()))
        train += order[..<first]
        validation += order[first..<second]
        test += order[second...]
      }
    case .time(let trainYear, let validationYear):
      guard let years else { throw SplitFailure.needsYears(kind: description) }
      bounds = TimeBounds(train: trainYear, validation: validationYear)
      guard bounds != nil else { throw SplitFailure.unknownKind(description) }
      for (node, year) in years.enumerated() where year > 0 && labels.isLabeled(node) {
        if year <= trainYear {
          train.append(Int32(node))
        } else if year <= validationYear {
          validation.append(Int32(node))
        } else {
          test.append(Int32(node))
        }
      }
    case .openWorld(let count):
      let groups = try classes(of: labels)
      let order = generator.shuffled(groups.indices.filter { !groups[$0].isEmpty })
      guard order.count >= 2 else { throw SplitFailure.fewClasses(kind: description, classes: order.count) }
      let seen = order.prefix(Int((Double(order.count) / 2).rounded(.toNearestOrEven)))
      for label in seen {
        guard groups[label].count >= 2 * count else {
          throw SplitFailure.smallClass(
            kind: description, name: labels.classNames[label], nodes: groups[label].count, needed: 2 * count)
        }
        let nodes = generator.shuffled(groups[label])
        train += nodes.prefix(count)
        validation += nodes.dropFirst(count).prefix(count)
        test += nodes.dropFirst(2 * count)
      }
      let novel = order.dropFirst(seen.count)
      test += novel.flatMap { groups[$0] }
      division = ClassDivision(seen: seen.map { Int32($0) }, novel: novel.map { Int32($0) })
    }
    for (part, nodes) in [("training", train), ("test", test)] where nodes.isEmpty {
      throw SplitFailure.nothingLeft(kind: description, part: part)
    }
    return Split(
      name: name, kind: "generated here: \(self)", train: train.sorted(), validation: validation.sorted(),
      test: test.sorted(), years: bounds, classes: division)
  }

  /// Number of labeled nodes of unknown year, which are in no part of a split by time.
  ///
  /// - Precondition: one year a node.
  /// - Complexity: O(N).
  public static func withoutYear(_ years: [Int32], labels: Labels) -> Int {
    precondition(years.count == labels.nodeCount, "split: \(years.count) years for \(labels.nodeCount) nodes")
    return years.indices.count { years[$0] <= 0 && labels.isLabeled($0) }
  }

  private func classes(of labels: Labels) throws -> [[Int32]] {
    guard case .single = labels else { throw SplitFailure.needsSingleLabels(kind: description) }
    return SplitKind.strata(of: labels)
  }

  /// Labeled nodes by class, or all in one group where nodes have several classes.
  private static func strata(of labels: Labels) -> [[Int32]] {
    switch labels {
    case .single(let classes, let names):
      var groups = [[Int32]](repeating: [], count: names.count)
      for (node, label) in classes.enumerated() where label >= 0 { groups[Int(label)].append(Int32(node)) }
      return groups
    case .multiple:
      return [(0..<labels.nodeCount).filter { labels.isLabeled($0) }.map { Int32($0) }]
    }
  }
}

/// Why a split cannot be made.
public enum SplitFailure: Failure, Equatable {
  case unknownKind(String)
  case nothingLeft(kind: String, part: String)
  case needsSingleLabels(kind: String)
  case needsYears(kind: String)
  case smallClass(kind: String, name: String, nodes: Int, needed: Int)
  case fewClasses(kind: String, classes: Int)

  /// As the exit code tells it.
  public var kind: FailureKind {
    switch self {
    case .unknownKind, .needsSingleLabels, .needsYears: .usage
    case .nothingLeft, .smallClass, .fewClasses: .badData
    }
  }

  /// One line that ends with what to do.
  public var description: String {
    switch self {
    case .unknownKind(let text): "split kind '\(shown(text))' is not known; give one of: \(SplitKind.acceptedForms)"
    case .nothingLeft(let kind, let part):
      kind.hasPrefix("time:")
        ? "split \(kind) leaves no \(part) node; no labeled node is of those years, choose others"
        : "split \(kind) leaves no \(part) node; there are too few labeled nodes, choose smaller parts"
    case .needsSingleLabels(let kind):
      "split \(kind) needs one class a node; use fraction:.6,.2 for several classes a node"
    case .needsYears(let kind):
      "split \(kind) needs the year of each node, and none is known; add years.npy (one year a node, 0 for unknown) or choose another kind"
    case .smallClass(let kind, let name, let nodes, let needed):
      "split \(kind) needs \(needed) nodes of each seen class, and class '\(shown(name))' has \(nodes); ask for fewer"
    case .fewClasses(let kind, let classes):
      "split \(kind) needs two classes or more, and \(classes == 1 ? "one has" : "none has") nodes; choose another kind"
    }
  }

  private func shown(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.prefix(60).map { $0.value < 32 ? "?" : $0 }))
  }
}
