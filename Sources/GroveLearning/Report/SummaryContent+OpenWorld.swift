extension SummaryContent {
  /// Open-world classification: both protocols on test nodes, what is known about embeddings, and the numbers of classes.
  static func openWorld(_ results: [RunResult]) -> SummaryContent {
    let summary = ScoreSummary(results.map(\.test))
    let all = RunScore.all(isOpenWorld: true)
    func text(_ score: RunScore) -> String {
      score.text(summary.mean[score.key], deviation: summary.deviation[score.key])
    }
    var cards = all.prefix(3).filter { summary.mean[$0.key] != nil }.map { score in
      (
        name: score.name, value: score.text(summary.mean[score.key]) + " %",
        remark: "± \(score.text(summary.deviation[score.key])) on test nodes, one matching"
      )
    }
    let counts = results.compactMap(\.classes)
    let used = counts.map(\.used)
    if let least = used.min(), let most = used.max() {
      cards.append(
        (
          name: "Classes", value: least == most ? "\(least)" : "\(least)–\(most)",
          remark: remark(counts)
        ))
    }
    // Overall accuracy is the same by both protocols.
    let shown = all.filter { $0.key != "overallSeparate" && summary.mean[$0.key] != nil }
    let columns =
      [
        Column(heading: counts.contains { $0.error != nil } ? "classes (error)" : "classes") { result in
          result.classes.map { "\($0.used)" + ($0.signedError.map { " (\($0))" } ?? "") } ?? "–"
        }
      ]
      + shown.map { column($0, heading: $0.pageHeading) { $0.test } }
    return SummaryContent(
      cards: cards,
      result: [
        OpenWorldWords.accuracies(
          "Mean ± standard deviation over \(results.count) runs of the accuracy on test nodes, with the kept weights",
          text)
      ] + OpenWorldWords.spread { summary.mean[$0.key] == nil ? nil : text($0) } + sentence(counts),
      part: "test", columns: columns,
      curves: [
        Curve(title: "Accuracy, validation", isShare: true) { $0.validation["accuracy"] },
        Curve(title: "Silhouette, validation and test", isShare: false) { $0.validation["silhouette"] },
        Curve(title: "Loss, training", isShare: false) { $0.loss },
      ])
  }

  /// Where the numbers of classes are from.
  private static func remark(_ counts: [RunResult.ClassCounts]) -> String {
    if counts.contains(where: \.isEstimated) {
      return "estimated" + (meanError(counts).map { "; off by \(ReportNumbers.fixed($0, 1)) on average" } ?? "")
    }
    return counts.allSatisfy { $0.used == $0.split } ? "as the splits have" : "as given"
  }

  private static func sentence(_ counts: [RunResult.ClassCounts]) -> [Markup] {
    guard counts.contains(where: \.isEstimated) else {
      return Set(counts.map(\.sentence)).count == 1 ? [ReportPage.paragraph(counts[0].sentence)] : []
    }
    let error = meanError(counts).map {
      "off by \(ReportNumbers.fixed($0, 1)) on average, either way; each run's error stands beside it below"
    }
    return [
      ReportPage.paragraph(
        "K, the number of classes, was estimated before each training: \(error ?? "the splits name no novel class, so the errors are not known")."
      )
    ]
  }

  /// The mean size of the errors of estimates; nil where none is known.
  private static func meanError(_ counts: [RunResult.ClassCounts]) -> Double? {
    let errors = counts.compactMap(\.error)
    return errors.isEmpty ? nil : Double(errors.reduce(0) { $0 + abs($1) }) / Double(errors.count)
  }
}
