import GroveGraphs

/// The page about several runs of one command: `report.html` above their folders.
public struct SummaryReport {
  private let configuration: TrainingConfiguration
  private let results: [RunResult]
  private let logs: [[MetricsLog.Line]]
  private let graphName: String
  private let metric: Metric

  /// Reads the logs of finished runs.
  ///
  /// - Parameters:
  ///   - trainer: that of any of the runs.
  ///   - folder: the folder above those of the runs.
  /// - Throws: `TrainingFailure.checkpoint` where a log cannot be read.
  public init(_ trainer: NodeTrainer, _ results: [RunResult], in folder: RunFolder) throws {
    configuration = trainer.configuration
    self.results = results
    logs = try folder.parts(count: results.count).map { try MetricsLog.lines(of: $0.metricsPath) }
    graphName = trainer.data.name
    metric = trainer.metric
  }

  /// The file; equal runs give equal bytes.
  ///
  /// - Throws: `TrainingFailure.configuration` where the configuration cannot be written out.
  public var html: String {
    get throws {
      var splits: [String] = []
      for result in results where !splits.contains(result.split) { splits.append(result.split) }
      var page = ReportPage(
        title: "\(configuration.model) on \(graphName), \(results.count) runs",
        subtitle:
          "Seeds \(configuration.seed) to \(configuration.seed + results.count - 1); \(splits.count == 1 ? "split" : "splits") \(ReportWords.list(splits, most: 10))."
      )
      page.facts = cards
      page.add("result", "Result", result)
      page.add("runs", "Runs", runs)
      page.add("curves", "Learning curves", curves)
      page.add("configuration", "Configuration", try ConfigurationSection(configuration).markup)
      page.add(
        "reproduce", "Repeat it", try ConfigurationSection.commands(configuration, run: nil))
      return page.html
    }
  }

  /// The part that is looked at: the first of test, validation and training that was scored.
  private var scored: (name: String, values: [MetricValues]) {
    for (name, values) in parts where values.contains(where: { !$0.ordered.isEmpty }) { return (name, values) }
    return ("test", results.map { MetricValues($0.test) })
  }

  private var parts: [(name: String, values: [MetricValues])] {
    [
      ("test", results.map { MetricValues($0.test) }), ("validation", results.map { MetricValues($0.validation) }),
      ("training", results.map { MetricValues($0.train) }),
    ]
  }

  private var cards: [(name: String, value: String, remark: String)] {
    let (name, values) = scored
    let (mean, deviation) = MetricValues.summary(values)
    let cards = mean.ordered.filter { $0.metric != .loss && $0.metric != .averagePrecision }.prefix(4).map { entry in
      (
        name: ReportWords.name(of: entry.metric), value: ReportNumbers.percent(entry.value) + " %",
        remark: "± \(ReportNumbers.percent(deviation[entry.metric])) on \(name) nodes"
      )
    }
    return Array(cards)
  }

  private var result: [Markup] {
    let summaries = parts.reversed().map { MetricValues.summary($0.values) }
    let rows = Metric.allCases.filter { metric in summaries.contains { $0.mean[metric] != nil } }.map { metric in
      [ReportWords.name(of: metric) + (metric == .loss ? "" : ", %")]
        + summaries.map { mean, deviation in
          mean[metric] == nil
            ? "–" : "\(ReportNumbers.metric(metric, mean[metric])) ± \(ReportNumbers.metric(metric, deviation[metric]))"
        }
    }
    return [
      ReportPage.table(
        "Mean ± standard deviation over \(results.count) runs, with the kept weights",
        [""] + parts.reversed().map(\.name), rows)
    ]
  }

  private var runs: [Markup] {
    let (name, values) = scored
    let shown = Metric.allCases.filter { metric in values.contains { $0[metric] != nil } }
    let rows = results.indices.map { index -> [Markup] in
      let result = results[index]
      return [
        .element("a", ["href": "run-\(index)/report.html"], "run \(result.run)"), Markup(result.split),
        Markup("\(configuration.seed + result.run)"),
        Markup("\(ReportNumbers.count(result.bestEpoch)) of \(ReportNumbers.count(result.epochs))"),
      ] + shown.map { Markup(ReportNumbers.metric($0, values[index][$0])) }
    }
    return [
      ReportPage.table(
        "Each run on its \(name) nodes; its name leads to its own report",
        ["run", "split", "seed", "kept epoch"] + shown.map { ReportWords.name(of: $0) + ($0 == .loss ? "" : ", %") },
        rows)
    ]
  }

  private var curves: [Markup] {
    let last = logs.compactMap { $0.last?.epoch }.max() ?? 0
    guard last > 0 else {
      return [
        ReportPage.paragraph("\(configuration.model) has no parameters: nothing is trained, so nothing is drawn.")
      ]
    }
    func figure(_ key: String, _ title: String, isShare: Bool) -> CurvesFigure {
      func value(_ line: MetricsLog.Line) -> Double? { line.validation[key] ?? line.train[key] }
      // At most forty thin lines, evenly chosen; the mean is over all runs.
      let step = max(1, (logs.count + 39) / 40)
      let each = stride(from: 0, to: logs.count, by: step).map { index in
        CurvesFigure.Curve(
          name: "", color: 7, isDashed: false, isThin: true,
          points: logs[index].compactMap { line in value(line).map { (line.epoch, $0) } })
      }
      let sums = (1...last).map { epoch -> (sum: Double, count: Int) in
        logs.reduce((0, 0)) { all, log in
          guard epoch <= log.count, log[epoch - 1].epoch == epoch, let number = value(log[epoch - 1]) else {
            return all
          }
          return (all.0 + number, all.1 + 1)
        }
      }
      let mean = CurvesFigure.Curve(
        name: "mean", color: 0, isDashed: false,
        points: sums.enumerated().filter { $1.count > 0 }.map { ($0 + 1, $1.sum / Double($1.count)) })
      let isValidated = logs.contains { $0.contains { $0.validation[key] != nil } }
      return CurvesFigure(
        title: "\(title), \(isValidated ? "validation" : "training")",
        text: "One thin line a run, and their mean over the runs that reached the epoch.", curves: each + [mean],
        isShare: isShare, bestEpoch: nil, lastEpoch: last)
    }
    var figures: [CurvesFigure] = []
    if metric != .loss { figures.append(figure(metric.rawValue, ReportWords.name(of: metric), isShare: true)) }
    figures.append(figure("loss", "Loss", isShare: false))
    return [ReportPage.panels(figures.compactMap(\.markup))]
  }
}
