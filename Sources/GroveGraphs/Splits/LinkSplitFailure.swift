public import GroveKernels

/// Why a split of links cannot be made.
public enum LinkSplitFailure: Failure, Equatable {
  /// A part that must hold links would be empty.
  case nothingLeft(part: String, links: Int)
  /// A node has fewer candidates that are no positive than negatives are asked for.
  case saturated(end: String, node: Int32, candidates: Int, needed: Int)
  /// The two directions of an edge that is to be undirected have two weights.
  case unequalWeights(first: Int32, second: Int32)
  /// Words name no kind of split.
  case unknownKind(String)

  /// `usage` for words; else `badData`: other data, or other numbers, would do.
  public var kind: FailureKind {
    if case .unknownKind = self { .usage } else { .badData }
  }

  /// One line that ends with what to do.
  public var description: String {
    switch self {
    case .nothingLeft(let part, let links):
      "a split of \(links) links leaves no \(part) link; choose other shares or a larger graph"
    case .saturated(let end, let node, let candidates, let needed):
      "\(end) \(node) has \(candidates) nodes that it is not linked to, and \(needed) negatives are asked for; "
        + "ask for fewer"
    case .unequalWeights(let first, let second):
      "the edges \(first) → \(second) and \(second) → \(first) have two weights; split the graph as a directed one"
    case .unknownKind(let text):
      "'\(text)' is no kind of link split; write links:VALIDATION,TEST in shares, such as links:.05,.1, with ,hard or ,all "
        + "after it for other negatives"
    }
  }
}
