/// Names as reports write them.
enum ReportWords {
  /// A metric for people.
  static func name(of metric: Metric) -> String {
    switch metric {
    case .accuracy: "Accuracy"
    case .macroF1: "Macro F1"
    case .microF1: "Micro F1"
    case .rocAUC: "ROC AUC"
    case .averagePrecision: "Average precision"
    case .loss: "Loss"
    }
  }

  /// Names in a row, the last ones counted where there are many.
  static func list(_ names: [String], most: Int) -> String {
    if names.count <= most { return names.joined(separator: ", ") }
    return names.prefix(most).joined(separator: ", ") + " and \(names.count - most) others"
  }
}
