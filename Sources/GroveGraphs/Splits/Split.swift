/// A part of a split, by the name that the command line gives it.
public enum SplitPart: String, CaseIterable, Sendable {
  /// Nodes that are learned from.
  case train
  /// Nodes that choose the best epoch.
  case validation
  /// Nodes that are only measured.
  case test
}

/// The last calendar years of the training and validation parts of a split by time.
public struct TimeBounds: Sendable, Equatable {
  /// Training nodes are of this year or earlier.
  public let train: Int
  /// Validation nodes are of this year or earlier, test nodes later.
  public let validation: Int

  /// Bounds of two years after 0, the first being the earlier; nil for others.
  public init?(train: Int, validation: Int) {
    guard train > 0, train < validation, validation <= Int(Int32.max) else { return nil }
    self.train = train
    self.validation = validation
  }

  /// The year as of which a part is shown the graph; nil: the whole graph.
  public func lastYear(of part: SplitPart) -> Int? {
    switch part {
    case .train: train
    case .validation: validation
    case .test: nil
    }
  }
}

/// Which classes training knows and which it does not, in an open-world split.
public struct ClassDivision: Sendable, Equatable {
  /// Classes that training and validation nodes are of, in the order that a model numbers them.
  public let seen: [Int32]
  /// Classes that no training or validation node is of.
  public let novel: [Int32]

  /// A division from its two parts; `problem` tells whether they fit a split.
  public init(seen: [Int32], novel: [Int32]) { (self.seen, self.novel) = (seen, novel) }

  /// What is wrong with this division of the classes of some nodes, or nil: a class that does not exist or is listed
  /// twice, no seen class, a training or validation node that is not of a seen class, a seen class without training nodes.
  ///
  /// - Parameter classes: the class of each node, −1 where it has none.
  /// - Complexity: O(training + validation + classCount).
  public func problem(of split: Split, classes: [Int32], names: [String]) -> String? {
    if seen.isEmpty { return "split '\(split.name)' has no seen class" }
    var isSeen = [Bool?](repeating: nil, count: names.count)
    for (list, mark) in [(seen, true), (novel, false)] {
      for label in list {
        guard label >= 0, Int(label) < names.count else {
          return "split '\(split.name)': class \(label) does not exist (there are \(names.count) classes)"
        }
        if isSeen[Int(label)] != nil { return "split '\(split.name)': class \(label) is listed twice" }
        isSeen[Int(label)] = mark
      }
    }
    var isTrained = [Bool](repeating: false, count: names.count)
    for (part, nodes) in [("train", split.train), ("validation", split.validation)] {
      for node in nodes {
        let label = classes[Int(node)]
        guard label >= 0 else { return "split '\(split.name)', \(part): node \(node) has no label" }
        guard isSeen[Int(label)] == true else {
          return
            "split '\(split.name)', \(part): node \(node) is of class \(names[Int(label)]), which is not a seen one"
        }
        if part == "train" { isTrained[Int(label)] = true }
      }
    }
    return seen.first { !isTrained[Int($0)] }.map {
      "split '\(split.name)': no training node is of the seen class \(names[Int($0)])"
    }
  }
}

/// Which nodes are learned from, which choose the best epoch, and which are only measured.
public struct Split: Sendable, Equatable {
  /// Name by which configurations and results speak of it.
  public let name: String
  /// In words: published or generated, and how.
  public let kind: String
  /// Nodes that are learned from.
  public let train: [Int32]
  /// Nodes that choose the best epoch; may be empty.
  public let validation: [Int32]
  /// Nodes that are only measured, at the end; may be empty.
  public let test: [Int32]
  /// Nil unless the parts follow each other in time; then each part is shown the graph as of its last year.
  public let years: TimeBounds?
  /// Nil unless the split is for open-world tasks.
  public let classes: ClassDivision?

  /// A split from its parts; `problem` tells whether they fit a graph.
  public init(
    name: String, kind: String, train: [Int32], validation: [Int32], test: [Int32], years: TimeBounds? = nil,
    classes: ClassDivision? = nil
  ) {
    self.name = name
    self.kind = kind
    self.train = train
    self.validation = validation
    self.test = test
    self.years = years
    self.classes = classes
  }

  /// The nodes of a part.
  public func nodes(of part: SplitPart) -> [Int32] {
    switch part {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }

  /// What is wrong with this split over `nodeCount` nodes, or nil: a node that does not exist, a node twice in a part
  /// or in two parts, an empty training part.
  ///
  /// - Complexity: O(nodeCount).
  public func problem(nodeCount: Int) -> String? {
    if train.isEmpty { return "split '\(name)' has no training node" }
    var owner = [String?](repeating: nil, count: nodeCount)
    for (part, nodes) in [("train", train), ("validation", validation), ("test", test)] {
      for node in nodes {
        guard node >= 0, Int(node) < nodeCount else {
          return "split '\(name)', \(part): node \(node) does not exist (there are \(nodeCount) nodes)"
        }
        if let other = owner[Int(node)] {
          return other == part
            ? "split '\(name)', \(part): node \(node) is listed twice"
            : "split '\(name)': node \(node) is in both \(other) and \(part)"
        }
        owner[Int(node)] = part
      }
    }
    return nil
  }
}
