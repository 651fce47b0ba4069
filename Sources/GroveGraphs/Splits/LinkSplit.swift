/// Which links are learned from, which choose the best epoch, and which are only measured.
///
/// A link of validation or test is neither among the messages nor learned from, and neither is its reverse; no link is a
/// positive of two parts. `problem` checks that, and the negatives.
public struct LinkSplit: Sendable, Equatable {
  /// Name by which configurations and results speak of it.
  public let name: String
  /// In words: published or generated, and how.
  public let kind: String
  /// What links run between.
  public let ends: LinkEnds
  /// Edges that encoders may pass messages over, with the graph's weights; an undirected one is listed once.
  public let messages: EdgeList
  /// Links that are learned from, each listed once.
  ///
  /// Most are among the messages too: see `MessageGraph.removing`. In a disjoint split none is.
  public let training: EdgeList
  /// Links that choose the best epoch; may be empty.
  public let validation: LinkEvaluation
  /// Links that are only measured, at the end; may be empty.
  public let test: LinkEvaluation

  /// A split from its parts; `problem` tells whether they fit each other.
  public init(
    name: String, kind: String, ends: LinkEnds, messages: EdgeList, training: EdgeList, validation: LinkEvaluation,
    test: LinkEvaluation
  ) {
    self.name = name
    self.kind = kind
    self.ends = ends
    self.messages = messages
    self.training = training
    self.validation = validation
    self.test = test
  }

  /// The positives of a part.
  public func positives(of part: SplitPart) -> EdgeList {
    switch part {
    case .train: training
    case .validation: validation.positives
    case .test: test.positives
    }
  }

  /// The positives of all parts, and the messages that are no target.
  var knownLinks: [EdgeList] { [messages, training, validation.positives, test.positives] }

  /// The same split with other parts for measuring.
  func with(validation: LinkEvaluation? = nil, test: LinkEvaluation? = nil) -> LinkSplit {
    LinkSplit(
      name: name, kind: kind, ends: ends, messages: messages, training: training,
      validation: validation ?? self.validation, test: test ?? self.test)
  }
}
