/// How to divide the links of a graph, in words: `links:.05,.1`, `links:.05,.1,hard` or `links:.05,.1,all`.
public struct LinkSplitKind: Sendable, Equatable, CustomStringConvertible {
  /// What measured links are compared with.
  public enum Negatives: String, Sendable, CaseIterable {
    /// A hundred nodes drawn for each link, or a quarter of all where there are fewer.
    case uniform
    /// A hundred near nodes for each link: see `HardNegatives`.
    case hard
    /// All nodes.
    case all
  }

  /// Share of the links to choose the best epoch by.
  public let validation: Double
  /// Share of the links that are only measured.
  public let test: Double
  /// What these are compared with.
  public let negatives: Negatives

  /// The kind that is drawn unless told otherwise.
  public static let usual = LinkSplitKind(validation: 0.05, test: 0.1, negatives: .uniform)

  /// A kind of its parts.
  ///
  /// - Precondition: shares are 0 or more and less than 1 together.
  public init(validation: Double, test: Double, negatives: Negatives) {
    precondition(
      validation >= 0 && test >= 0 && validation + test < 1,
      "LinkSplitKind: shares \(validation) of validation and \(test) of test; together they must be below 1")
    (self.validation, self.test, self.negatives) = (validation, test, negatives)
  }

  /// Whether a word is meant as a kind, rightly written or not.
  public static func isMeant(by text: String) -> Bool { text == "links" || text.hasPrefix("links:") }

  /// Reads `links:VALIDATION,TEST` with `,uniform`, `,hard` or `,all` after it.
  ///
  /// - Throws: `LinkSplitFailure.unknownKind`.
  public init(parsing text: String) throws(LinkSplitFailure) {
    let words = text.dropFirst("links:".count).split(separator: ",", omittingEmptySubsequences: false)
    guard text.hasPrefix("links:"), words.count == 2 || words.count == 3,
      let validation = Double(words[0]), let test = Double(words[1]), validation >= 0, test > 0, validation + test < 1,
      let negatives = words.count == 2 ? .uniform : Negatives(rawValue: String(words[2]))
    else { throw .unknownKind(text) }
    self.init(validation: validation, test: test, negatives: negatives)
  }

  /// In the form that `init(parsing:)` takes.
  public var description: String {
    "links:\(validation),\(test)" + (negatives == .uniform ? "" : ",\(negatives.rawValue)")
  }

  /// The plan for links to so many targets.
  public func plan(targetCount: Int) -> LinkSplitPlan {
    let count = max(1, min(100, targetCount / 4))
    let kept: NegativePlan =
      switch negatives {
      case .uniform: .uniform(perPositive: count)
      case .hard: .hard(HardNegativeOptions(perPositive: max(2, count - count % 2)))
      case .all: .none
      }
    return LinkSplitPlan(validation: validation, test: test, negatives: kept)
  }
}
