/// The metrics of node classification, by the keys that JSON uses.
public enum Metric: String, Sendable, CaseIterable, Codable {
  /// Share of nodes whose class (all classes, where there are many) is right.
  case accuracy
  /// Mean F1 over classes.
  case macroF1
  /// F1 over all decisions.
  case microF1
  /// Area under the ROC curve; mean over classes against the rest where there are more than two.
  case rocAUC
  /// Area under the precision-recall curve by steps; mean over classes likewise.
  case averagePrecision
  /// Mean cross-entropy.
  case loss

  /// Whether a larger value is the better one.
  public var isLargerBetter: Bool { self != .loss }
}

/// Values by metric, in the fixed order of `Metric`.
///
/// A metric that cannot be computed (one class only) is absent.
public struct MetricValues: Sendable, Equatable {
  private var values: [Metric: Double] = [:]

  /// No values yet.
  public init() {}

  /// From JSON keys; other keys are left out.
  public init(_ byName: [String: Double]) {
    for metric in Metric.allCases { values[metric] = byName[metric.rawValue] }
  }

  /// The value of a metric, nil where it is absent.
  public subscript(metric: Metric) -> Double? {
    get { values[metric] }
    set { values[metric] = newValue }
  }

  /// The metrics that have a value, in their fixed order.
  public var ordered: [(metric: Metric, value: Double)] {
    Metric.allCases.compactMap { metric in values[metric].map { (metric, $0) } }
  }

  /// By JSON key.
  public var byName: [String: Double] {
    Dictionary(uniqueKeysWithValues: ordered.map { ($0.metric.rawValue, $0.value) })
  }
}
