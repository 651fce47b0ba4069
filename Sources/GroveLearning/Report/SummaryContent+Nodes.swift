import GroveGraphs

extension SummaryContent {
  /// Node classification: every metric of every part.
  ///
  /// - Parameter metric: the one that chose the best epochs.
  static func nodes(_ results: [RunResult], _ logs: [[MetricsLog.Line]], metric: Metric) -> SummaryContent {
    let parts: [(name: String, scores: (RunResult) -> [String: Double])] = [
      ("training", { $0.train }), ("validation", { $0.validation }), ("test", { $0.test }),
    ]
    let summaries = parts.map { part in ScoreSummary(results.map(part.scores)) }
    let all = RunScore.all(isOpenWorld: false)
    // The part that is looked at: the first of test, validation and training that was scored.
    let scored = parts.indices.last { place in all.contains { summaries[place].mean[$0.key] != nil } } ?? 2
    let shown = all.filter { summaries[scored].mean[$0.key] != nil }
    let hidden = [Metric.loss, .averagePrecision].map(\.rawValue)
    let cards = shown.filter { !hidden.contains($0.key) }.prefix(4).map { score in
      (
        name: score.name, value: score.text(summaries[scored].mean[score.key]) + " %",
        remark: "± \(score.text(summaries[scored].deviation[score.key])) on \(parts[scored].name) nodes"
      )
    }
    let rows = all.filter { score in summaries.contains { $0.mean[score.key] != nil } }.map { score in
      [score.heading] + summaries.map { score.text($0.mean[score.key], deviation: $0.deviation[score.key]) }
    }
    func curve(_ score: RunScore) -> Curve {
      let isValidated = logs.contains { $0.contains { $0.validation[score.key] != nil } }
      return Curve(
        title: "\(score.name), \(isValidated ? "validation" : "training")", isShare: score.unit == .share,
        value: { $0.validation[score.key] ?? $0.train[score.key] })
    }
    return SummaryContent(
      cards: Array(cards),
      result: [
        ReportPage.table(
          "Mean ± standard deviation over \(results.count) runs, with the kept weights", [""] + parts.map(\.name), rows)
      ],
      part: parts[scored].name, columns: shown.map { column($0, heading: $0.heading, of: parts[scored].scores) },
      curves: (metric == .loss ? [.loss] : [metric, .loss]).map { curve(RunScore($0)) })
  }
}
