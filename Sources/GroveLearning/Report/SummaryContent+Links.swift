extension SummaryContent {
  /// Link training: every metric of validation and test links.
  ///
  /// - Parameter metric: the one that chose the best epochs.
  static func links(
    _ results: [RunResult], _ configuration: TrainingConfiguration, metric: LinkMetric
  ) -> SummaryContent {
    let all = RunScore.all(configuration, results)
    let (validation, test) = (ScoreSummary(results.map(\.validation)), ScoreSummary(results.map(\.test)))
    let cards = all.prefix(4).map { score in
      (
        name: score.name, value: score.text(test.mean[score.key]) + " %",
        remark: "± \(score.text(test.deviation[score.key])) on test links"
      )
    }
    let rows = all.map { score in
      [score.heading]
        + [validation, test].map { score.text($0.mean[score.key], deviation: $0.deviation[score.key]) }
    }
    return SummaryContent(
      cards: Array(cards),
      result: [
        ReportPage.table(
          "Mean ± standard deviation over \(results.count) runs, with the kept weights", ["", "validation", "test"],
          rows)
      ], part: "test", columns: all.map { column($0, heading: $0.heading) { $0.test } },
      curves: [
        Curve(title: "\(RunScore(metric).name), validation", isShare: true) { $0.validation[metric.key] },
        Curve(title: "Loss, training", isShare: false) { $0.loss },
      ])
  }
}
