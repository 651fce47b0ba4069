/// The page about one encoder under several samplers.
public struct SamplerComparisonReport {
  private let entries: [SamplerComparison.Entry]
  private let metric: LinkMetric
  private let graphName: String
  private let command: String

  /// - Parameter command: the line that makes the page again.
  public init(_ entries: [SamplerComparison.Entry], metric: LinkMetric, graphName: String, command: String) {
    (self.entries, self.metric, self.graphName, self.command) = (entries, metric, graphName, command)
  }

  /// Entries, the best mean of the metric first.
  private var ranked: [SamplerComparison.Entry] {
    entries.sorted { ($0.mean(metric.key) ?? -1) > ($1.mean(metric.key) ?? -1) }
  }

  /// The file.
  public var html: String {
    let best = ranked[0]
    var page = ReportPage(
      title: "\(entries.count) samplers on \(graphName)",
      subtitle:
        "One encoder under each, \(entries[0].test.count) runs, on the same links; compared by \(metric.key). Best: \(best.name)."
    )
    page.add("metrics", "Metrics", [metrics, ReportPage.panels([figure, curves].compactMap(\.self))])
    page.add("sampling", "Sampling", [sampling])
    page.add("command", "Command", [ReportPage.commands([command])])
    return page.html
  }

  private var metrics: Markup {
    let keys = entries[0].test[0].keys.sorted { ($0 == metric.key ? "" : $0) < ($1 == metric.key ? "" : $1) }
    return ReportPage.table(
      "Metrics on test links in percent, mean ± standard deviation over runs", ["sampler"] + keys,
      ranked.map { entry in
        [entry.name]
          + keys.map { key in
            "\(ReportNumbers.percent(entry.mean(key))) ± \(ReportNumbers.percent(entry.deviation(key)))"
          }
      })
  }

  private var sampling: Markup {
    ReportPage.table(
      "Seconds until the best epoch; negatives a second while sampling; share of negatives that are positives of validation or test; mean size of a negative's gradient",
      ["sampler", "seconds", "negatives a second", "false, %", "gradient"],
      ranked.map { entry in
        [
          entry.name, ReportNumbers.fixed(entry.secondsToBest, 2), ReportNumbers.count(Int(entry.negativesPerSecond)),
          ReportNumbers.percent(entry.falseNegativeRate), ReportNumbers.fixed(entry.meanGradient, 3),
        ]
      })
  }

  private var figure: Markup {
    var rows = BarRows(
      rows: ranked.map { entry in
        let (mean, deviation) = (entry.mean(metric.key) ?? 0, entry.deviation(metric.key) ?? 0)
        return BarRows.Row(
          entry.name, value: mean, interval: max(0, mean - deviation)...max(0, mean + deviation),
          remark: ReportNumbers.percent(mean))
      })
    rows.headings = ("sampler", "\(metric.key), percent", "mean")
    return ReportPage.figure(
      "\(metric.key) on test links", "Lines are a standard deviation over runs to either side.",
      [rows.markup(label: "\(metric.key) of each sampler, best first: \(ranked.map(\.name).joined(separator: ", ")).")])
  }

  /// The validation metric of each sampler's first run.
  private var curves: Markup? {
    let shown = ranked.prefix(8)
    return CurvesFigure(
      title: "\(metric.key) on validation links",
      text: "First run of each sampler\(entries.count > 8 ? ", the best eight" : ""), after each epoch.",
      curves: shown.enumerated().map { place, entry in
        CurvesFigure.Curve(
          name: entry.name, color: place, isDashed: false,
          points: entry.curves[0].enumerated().map { (epoch: $0.offset + 1, value: $0.element.value) })
      }, isShare: true, lastEpoch: entries[0].curves[0].count
    ).markup
  }
}
