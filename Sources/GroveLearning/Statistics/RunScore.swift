/// A number that finished runs are scored by, as tables and pages write it.
///
/// Node classification has those of `Metric`. Open-world classification has accuracies by two protocols, whose numbers must
/// not be compared with each other, and two numbers about embeddings.
public struct RunScore: Sendable, Equatable {
  /// How a value is written.
  public enum Unit: Sendable, Equatable {
    /// 0 … 1, written as percent.
    case share
    /// A number with so many digits after the point.
    case number(digits: Int)
  }

  /// Its key in `RunResult.test`.
  public let key: String
  /// How people call it.
  public let name: String
  /// How its values are written.
  public let unit: Unit
  /// Whether a larger value is the better one.
  public let isLargerBetter: Bool
  /// What it has in common with the others of its table; empty where one table holds all.
  public let group: String
  /// Its column in the table of its group.
  let column: String

  /// A metric of node classification.
  public init(_ metric: Metric) {
    (key, name) = (metric.rawValue, ReportWords.name(of: metric))
    (unit, isLargerBetter) = (metric == .loss ? .number(digits: 4) : .share, metric.isLargerBetter)
    (group, column) = ("", name)
  }

  init(_ key: String, _ name: String, _ column: String, in group: String, unit: Unit, isLargerBetter: Bool) {
    (self.key, self.name, self.column, self.group) = (key, name, column, group)
    (self.unit, self.isLargerBetter) = (unit, isLargerBetter)
  }

  /// The scores of a task, in the order of tables; the first is what is compared unless another is named.
  public static func all(isOpenWorld: Bool) -> [RunScore] {
    isOpenWorld ? openWorld : Metric.allCases.map(RunScore.init)
  }

  private static let openWorld: [RunScore] = {
    let protocols = [
      ("one matching over all nodes", "", ""), ("novel classes matched apart", "Separate", ", novel apart"),
    ]
    let accuracies = protocols.flatMap { group, suffix, words in
      [("overall", "Overall accuracy"), ("seen", "Accuracy on seen classes"), ("novel", "Accuracy on novel classes")]
        .map { key, name in
          RunScore(key + suffix, name + words, key, in: group, unit: .share, isLargerBetter: true)
        }
    }
    let rates = [("imbalanceRate", "Imbalance rate", false), ("separationRate", "Separation rate", true)]
    return accuracies
      + rates.map { key, name, isLargerBetter in
        RunScore(
          key, name, name, in: "embeddings of labeled nodes", unit: .number(digits: 3), isLargerBetter: isLargerBetter)
      }
  }()

  /// The heading of its column in the table of its group, with its unit.
  public var heading: String { column + (unit == .share ? ", %" : "") }

  /// Its column in a table of all scores of a task.
  var pageHeading: String {
    key.hasSuffix("Separate") ? "\(column) apart, %" : heading
  }

  /// A value of it; a dash for none.
  public func text(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "–" }
    switch unit {
    case .share: return ReportNumbers.percent(value)
    case .number(let digits): return ReportNumbers.fixed(value, digits)
    }
  }

  /// A mean with its deviation; a dash for none.
  public func text(_ mean: Double?, deviation: Double?) -> String {
    mean == nil ? "–" : "\(text(mean)) ± \(text(deviation))"
  }

  /// A difference of two values, with its sign; a dash for none.
  func difference(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "–" }
    let text = text(abs(value))
    if text.allSatisfy({ $0 == "0" || $0 == "." }) { return text }
    return (value < 0 ? "−" : "+") + text
  }
}
