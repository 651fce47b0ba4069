/// What became of the links of a published split.
public struct PublishedLinkCounts: Sendable, Equatable {
  /// Training links as listed.
  public var train = 0
  /// Validation positives as listed.
  public var validationPositives = 0
  /// Validation negatives as listed.
  public var validationNegatives = 0
  /// Test positives as listed.
  public var testPositives = 0
  /// Test negatives as listed.
  public var testNegatives = 0
  /// Training links that were listed before, in either direction where they are undirected.
  public var repeatedTrain = 0
  /// Training links from a node to itself: messages, and nothing to learn.
  public var loops = 0
  /// Validation positives that were left out because training holds them or their reverse.
  public var leakedValidation = 0
  /// Test positives that were left out because training or validation holds them or their reverse.
  public var leakedTest = 0

  /// No links.
  public init() {}
}

extension LinkSplit {
  /// A split from published lists, which may repeat links and may list one in two parts.
  ///
  /// Training links are kept whatever the other parts hold, each once; a validation positive that training holds, or whose
  /// reverse it holds, is left out, and so is a test positive that training or validation holds. So nothing that is
  /// learned depends on what is measured. Measured links may repeat within their part, as published.
  ///
  /// - Parameters:
  ///   - training: every link is a message too; weights go to the messages.
  ///   - test: negatives that are lists lose those of links that are left out.
  /// - Complexity: O(E log E).
  public static func published(
    name: String, kind: String, ends: LinkEnds, training: EdgeList, validation: LinkEvaluation, test: LinkEvaluation
  ) -> (split: LinkSplit, counts: PublishedLinkCounts) {
    var counts = PublishedLinkCounts()
    counts.train = training.count
    (counts.validationPositives, counts.validationNegatives) = (validation.positives.count, validation.negativeCount)
    (counts.testPositives, counts.testNegatives) = (test.positives.count, test.negativeCount)

    var seen = Set<UInt64>(minimumCapacity: training.count)
    let isNew = zip(training.sources, training.targets).map {
      seen.insert(PairSet.key($0, $1, ordered: ends.hasOrderedLinks)).inserted
    }
    let messages = training.filtered(by: isNew)
    let isTarget = zip(messages.sources, messages.targets).map { !ends.isSquare || $0 != $1 }
    let targets = messages.filtered(by: isTarget)
    counts.repeatedTrain = training.count - messages.count
    counts.loops = messages.count - targets.count

    let trained = PairSet([messages], ordered: ends.hasOrderedLeaks)
    let validated = validation.keeping { !trained.contains($0, $1) }
    counts.leakedValidation = validation.positives.count - validated.positives.count
    let chosen = PairSet([validated.positives], ordered: ends.hasOrderedLinks)
    let tested = test.keeping { !trained.contains($0, $1) && !chosen.contains($0, $1) }
    counts.leakedTest = test.positives.count - tested.positives.count
    let split = LinkSplit(
      name: name, kind: kind, ends: ends, messages: messages,
      training: EdgeList(sources: targets.sources, targets: targets.targets, isDirected: targets.isDirected),
      validation: validated, test: tested)
    return (split, counts)
  }
}

extension LinkEvaluation {
  /// How many negatives are kept.
  fileprivate var negativeCount: Int {
    switch negatives {
    case .all: 0
    case .lists(let lists): lists.nodes.count
    case .pairs(let pairs): pairs.count
    }
  }

  /// The positives that are to be kept, with their own negatives.
  fileprivate func keeping(_ isKept: (Int32, Int32) -> Bool) -> LinkEvaluation {
    let kept = zip(positives.sources, positives.targets).map { isKept($0, $1) }
    guard kept.contains(false) else { return self }
    var left = negatives
    if case .lists(let lists) = negatives {
      let nodes = lists.nodes.enumerated().filter { kept[$0.offset / lists.perPositive] }.map(\.element)
      left = .lists(
        NegativeLists(
          nodes: nodes, perPositive: lists.perPositive, replacingTarget: lists.replacingTarget, filled: lists.filled))
    }
    return LinkEvaluation(positives: positives.filtered(by: kept), negatives: left)
  }
}
