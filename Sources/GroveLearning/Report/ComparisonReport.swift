import GroveGraphs

/// The page about several trainings side by side.
public struct ComparisonReport {
  private let comparison: RunComparison
  private let graphName: String

  /// - Parameter graphName: name of the graph that all were trained on.
  public init(_ comparison: RunComparison, graphName: String) {
    self.comparison = comparison
    self.graphName = graphName
  }

  /// The file; equal runs give equal bytes.
  public var html: String {
    let count = comparison.runCount
    let best = comparison.entries[comparison.ranking[0]]
    var page = ReportPage(
      title: "\(comparison.entries.count) trainings on \(graphName)",
      subtitle:
        "\(count == 1 ? "One run each" : "\(count) runs each"), on the same test \(comparison.noun); compared by \(comparison.metric.name). Best: \(best.name)."
    )
    page.add("metrics", "Metrics", metrics + [differences].compactMap(\.self) + [ReportPage.panels([figure])])
    page.add("tests", "Differences", [tests, ReportPage.paragraph(explanation)])
    return page.html
  }

  /// A table for each group of scores.
  private var metrics: [Markup] {
    let entries = comparison.entries
    let summaries = entries.map(\.summary)
    let metric = comparison.metric
    let isSeveral = comparison.runCount > 1
    return comparison.groups.enumerated().map { place, shown in
      let group = shown[0].group
      // The difference stands first of the numbers, where a narrow page shows it without scrolling.
      let isCompared = group == metric.group
      let isCounted = place == 0 && comparison.isOpenWorld
      let rows = entries.indices.map { index -> [String] in
        let summary = summaries[index]
        let difference = summary.mean[metric.key].flatMap { value in
          summaries[0].mean[metric.key].map { metric.difference(value - $0) }
        }
        return [entries[index].name, entries[index].title]
          + (isCompared ? [difference ?? "–"] : []) + (isCounted ? [entries[index].classCountText] : [])
          + shown.map { score in
            let (mean, deviation) = (summary.mean[score.key], summary.deviation[score.key])
            return isSeveral ? score.text(mean, deviation: deviation) : score.text(mean)
          }
      }
      return ReportPage.table(
        caption(of: shown) + (isSeveral ? ", mean ± standard deviation over runs" : "")
          + (isCompared ? "; difference: that of \(metric.name) to the first row" : ""),
        ["training", comparison.isOpenWorld ? "method" : "model"] + (isCompared ? ["difference"] : [])
          + (isCounted ? ["classes"] : []) + shown.map(\.heading),
        rows, wordColumns: 2)
    }
  }

  private func caption(of scores: [RunScore]) -> String {
    let group = scores[0].group
    if group.isEmpty { return "Metrics on test \(comparison.noun)" }
    return scores[0].unit == .share
      ? "Accuracy on test nodes, \(group)" : "\(group.prefix(1).uppercased())\(group.dropFirst())"
  }

  /// How the means of every score differ from those of the first row, where several tables hold them.
  private var differences: Markup? {
    let groups = comparison.groups
    guard groups.count > 1 else { return nil }
    let scores = groups.flatMap(\.self)
    let first = comparison.entries[0].summary.mean
    let rows = comparison.entries.dropFirst().map { entry in
      let mean = entry.summary.mean
      return [entry.name, entry.title]
        + scores.map { score in
          score.difference(mean[score.key].flatMap { value in first[score.key].map { value - $0 } })
        }
    }
    return ReportPage.table(
      "Means less those of \(comparison.entries[0].name)", ["training", "method"] + scores.map(\.pageHeading), rows,
      wordColumns: 2)
  }

  private var figure: Markup {
    let metric = comparison.metric
    let all = comparison.entries.flatMap { $0.values.compactMap { $0[metric.key] } }.filter(\.isFinite)
    let (low, high) = (all.min() ?? 0, all.max() ?? 1)
    let room = max(0.002, (high - low) * 0.12)
    let order = comparison.ranking
    let rowHeight = 40.0
    let axes = Axes(
      x: (low - room)...(high + room), y: 0...1, left: 6, right: 394, top: 22,
      bottom: 22 + rowHeight * Double(order.count))
    var drawing = Drawing(height: axes.bottom + 38)
    let ticks = ReportNumbers.ticks(in: axes.x.lowerBound * scale...axes.x.upperBound * scale, about: 5)
    for value in ticks.values {
      let at = axes.place(value / scale, 0).x
      drawing.line(at, axes.top, at, axes.bottom, "grid")
      drawing.text(ReportNumbers.fixed(value, ticks.digits), at, axes.bottom + 16, "middle")
    }
    drawing.text(
      metric.name + (metric.unit == .share ? ", percent" : ""), 200, axes.bottom + 34, "middle")
    var words: [String] = []
    for (row, index) in order.enumerated() {
      let entry = comparison.entries[index]
      let middle = axes.top + rowHeight * (Double(row) + 0.68)
      drawing.text(
        ReportNumbers.shortened(entry.name, to: 56), axes.left, middle - 11, "strong halo", title: entry.name)
      let values = entry.values.compactMap { $0[metric.key] }.filter(\.isFinite)
      let marks = values.map { value in Glyph.circle.path(at: axes.place(value, 0).x, middle, size: 3.2) }
      drawing.path(marks.joined(), "hollow s0")
      guard !values.isEmpty else { continue }
      let mean = values.reduce(0, +) / Double(values.count)
      let at = axes.place(mean, 0).x
      drawing.line(at, middle - 8, at, middle + 8, "curve s1")
      words.append("\(entry.name) \(metric.text(mean))")
    }
    return ReportPage.figure(
      "\(metric.name) of each run", "Circles are runs, the upright line their mean; best first.",
      [drawing.markup(label: "\(metric.name), best first: \(words.joined(separator: "; ")).")])
  }

  private var scale: Double { comparison.metric.unit == .share ? 100 : 1 }

  private var tests: Markup {
    let metric = comparison.metric
    let kinds = comparison.kinds
    let isAdjusted = comparison.pairs.count > 1
    var header = ["first", "second", "difference"]
    if kinds.contains(.student) { header.append("95 % interval") }
    if kinds.contains(.mcnemar) { header += ["only first right", "only second right"] }
    for kind in kinds {
      header.append("p, \(ComparisonReport.name(of: kind))")
      if isAdjusted { header.append("after Holm") }
    }
    let rows = comparison.pairs.map { pair -> [String] in
      var row = [
        comparison.entries[pair.first].name, comparison.entries[pair.second].name,
        metric.difference(pair.difference),
      ]
      if kinds.contains(.student) {
        row.append(
          pair.halfWidth.flatMap { half in
            pair.difference.map {
              "\(metric.difference($0 - half)) to \(metric.difference($0 + half))"
            }
          } ?? "–")
      }
      if kinds.contains(.mcnemar) {
        row += [pair.discordant?.firstOnly, pair.discordant?.secondOnly].map { $0.map(ReportNumbers.count) ?? "–" }
      }
      for kind in kinds {
        let made = pair.tests.first { $0.test.kind == kind }
        row.append(ReportNumbers.probability(made?.test.pValue))
        if isAdjusted { row.append(ReportNumbers.probability(made?.adjusted)) }
      }
      return row
    }
    return ReportPage.table(
      "\(metric.name), second less first\(metric.unit == .share ? ", in points of percent" : "")"
        + (kinds.isEmpty ? "" : ", and how likely a difference so large is by chance"),
      header, rows, wordColumns: 2)
  }

  private var explanation: String {
    let holm =
      comparison.pairs.count > 1
      ? " With several pairs some come out small by chance; probabilities after Holm allow for that." : ""
    if comparison.kinds.isEmpty {
      return
        "Single runs of links are not tested: whether another seed would turn the difference round, several tell (--runs)."
    }
    if comparison.runCount == 1 {
      let right =
        comparison.isOpenWorld
        ? "A test node is right where its predicted class is matched with its true one, under one matching over all test nodes. "
        : ""
      return
        "\(right)One run each: McNemar's test looks at the test nodes that exactly one of the two has \(comparison.isOpenWorld ? "" : "all ")right. It knows nothing of how other seeds would have turned out; several runs (--runs) do.\(holm)"
    }
    return
      "Runs of one number have the same test \(comparison.noun) and belong together. Student's paired t-test takes their differences as normal; Wilcoxon's signed-rank test only as symmetric. A dash stands where all differences are equal, which tells nothing.\(holm)"
  }

  private static func name(of kind: PairedTest.Kind) -> String {
    switch kind {
    case .student: "t-test"
    case .wilcoxon: "Wilcoxon"
    case .mcnemar: "McNemar"
    }
  }
}

extension RunComparison.Entry {
  /// Its model, or its method with the encoder.
  public var title: String { TrainingConfiguration.name(method: method, model: model) }

  /// Number of classes that its runs were trained with, the mean where they differ; a dash where none is known.
  public var classCountText: String {
    let counts = results.compactMap { $0.classes?.used }
    guard let first = counts.first else { return "–" }
    if counts.allSatisfy({ $0 == first }) { return "\(first)" }
    return ReportNumbers.fixed(Double(counts.reduce(0, +)) / Double(counts.count), 1)
  }
}
