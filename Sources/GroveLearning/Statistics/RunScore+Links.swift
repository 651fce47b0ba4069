extension RunScore {
  /// A metric of links.
  public init(_ metric: LinkMetric) {
    let names: [LinkMetric: String] = [.auc: "ROC AUC", .ap: "Average precision", .mrr: "Mean reciprocal rank"]
    self.init(
      metric.key, names[metric] ?? metric.key, names[metric] ?? metric.key, in: "", unit: .share, isLargerBetter: true)
  }

  /// The scores of a configuration's task, in the order of tables; of links those that any part has.
  public static func all(_ configuration: TrainingConfiguration, in parts: [[String: Double]]) -> [RunScore] {
    guard configuration.isLinks else { return all(isOpenWorld: configuration.isOpenWorld) }
    let usual = LinkMetric.comparing + LinkMetric.ranking.filter { !LinkMetric.comparing.contains($0) }
    let added = configuration.linkMetric.map { usual.contains($0) ? [] : [$0] } ?? []
    return (usual + added).map(RunScore.init).filter { score in parts.contains { $0[score.key] != nil } }
  }

  /// The scores of a configuration's task that any of its runs has on validation or test links.
  public static func all(_ configuration: TrainingConfiguration, _ results: [RunResult]) -> [RunScore] {
    all(configuration, in: results.flatMap { [$0.validation, $0.test] })
  }
}
