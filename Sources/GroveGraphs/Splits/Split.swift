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

  /// A split from its parts; `problem` tells whether they fit a graph.
  public init(
    name: String, kind: String, train: [Int32], validation: [Int32], test: [Int32], years: TimeBounds? = nil
  ) {
    self.name = name
    self.kind = kind
    self.train = train
    self.validation = validation
    self.test = test
    self.years = years
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
