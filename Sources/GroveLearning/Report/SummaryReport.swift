import GroveGraphs

/// The page about several runs of one command: `report.html` above their folders.
public struct SummaryReport {
  private let configuration: TrainingConfiguration
  private let results: [RunResult]
  private let logs: [[MetricsLog.Line]]
  private let graphName: String
  private let content: SummaryContent

  /// Reads the logs of finished runs.
  ///
  /// - Parameters:
  ///   - trainer: that of any of the runs.
  ///   - folder: the folder above those of the runs.
  /// - Throws: `TrainingFailure.checkpoint` where a log cannot be read.
  public init(_ trainer: NodeTrainer, _ results: [RunResult], in folder: RunFolder) throws {
    try self.init(trainer.configuration, trainer.data.name, results, folder) { logs in
      .nodes(results, logs, metric: trainer.metric)
    }
  }

  /// The same for open-world runs.
  ///
  /// - Throws: `TrainingFailure.checkpoint` where a log cannot be read.
  public init(_ trainer: OpenWorldTrainer, _ results: [RunResult], in folder: RunFolder) throws {
    try self.init(trainer.configuration, trainer.data.name, results, folder) { _ in .openWorld(results) }
  }

  /// The same for link training.
  ///
  /// - Throws: `TrainingFailure.checkpoint` where a log cannot be read.
  public init(_ trainer: LinkTrainer, _ results: [RunResult], in folder: RunFolder) throws {
    try self.init(trainer.configuration, trainer.data.name, results, folder) { _ in
      .links(results, trainer.configuration, metric: trainer.metric)
    }
  }

  private init(
    _ configuration: TrainingConfiguration, _ graphName: String, _ results: [RunResult], _ folder: RunFolder,
    content: ([[MetricsLog.Line]]) -> SummaryContent
  ) throws {
    (self.configuration, self.graphName, self.results) = (configuration, graphName, results)
    logs = try folder.parts(count: results.count).map { try MetricsLog.lines(of: $0.metricsPath) }
    self.content = content(logs)
  }

  /// The file; equal runs give equal bytes.
  ///
  /// - Throws: `TrainingFailure.configuration` where the configuration cannot be written out.
  public var html: String {
    get throws {
      var splits: [String] = []
      for result in results where !splits.contains(result.split) { splits.append(result.split) }
      var page = ReportPage(
        title: "\(configuration.method ?? configuration.model) on \(graphName), \(results.count) runs",
        subtitle:
          "Seeds \(configuration.seed) to \(configuration.seed + results.count - 1); \(splits.count == 1 ? "split" : "splits") \(ReportWords.list(splits, most: 10))."
      )
      page.facts = content.cards
      page.add("result", "Result", content.result)
      page.add("runs", "Runs", runs)
      page.add("curves", "Learning curves", curves)
      page.add("configuration", "Configuration", try ConfigurationSection(configuration).markup)
      page.add(
        "reproduce", "Repeat it", try ConfigurationSection.commands(configuration, run: nil))
      return page.html
    }
  }

  private var runs: [Markup] {
    let columns = content.columns
    let rows = results.enumerated().map { index, result -> [Markup] in
      [
        .element("a", ["href": "run-\(index)/report.html"], "run \(result.run)"), Markup(result.split),
        Markup("\(configuration.seed + result.run)"),
        Markup("\(ReportNumbers.count(result.bestEpoch)) of \(ReportNumbers.count(result.epochs))"),
      ] + columns.map { Markup($0.text(result)) }
    }
    return [
      ReportPage.table(
        "Each run on its \(content.part) \(configuration.isLinks ? "links" : "nodes"); its name leads to its own report",
        ["run", "split", "seed", "kept epoch"] + columns.map(\.heading), rows)
    ]
  }

  private var curves: [Markup] {
    let last = logs.compactMap { $0.last?.epoch }.max() ?? 0
    guard last > 0 else {
      return [
        ReportPage.paragraph("\(configuration.model) has no parameters: nothing is trained, so nothing is drawn.")
      ]
    }
    return [ReportPage.panels(content.curves.compactMap { figure($0, lastEpoch: last).markup })]
  }

  private func figure(_ curve: SummaryContent.Curve, lastEpoch last: Int) -> CurvesFigure {
    // At most forty thin lines, evenly chosen; the mean is over all runs.
    let step = max(1, (logs.count + 39) / 40)
    let each = stride(from: 0, to: logs.count, by: step).map { index in
      CurvesFigure.Curve(
        name: "", color: 7, isDashed: false, isThin: true,
        points: logs[index].compactMap { line in curve.value(line).map { (line.epoch, $0) } })
    }
    let sums = (1...last).map { epoch -> (sum: Double, count: Int) in
      logs.reduce((0, 0)) { all, log in
        guard epoch <= log.count, log[epoch - 1].epoch == epoch, let number = curve.value(log[epoch - 1]) else {
          return all
        }
        return (all.0 + number, all.1 + 1)
      }
    }
    let mean = CurvesFigure.Curve(
      name: "mean", color: 0, isDashed: false,
      points: sums.enumerated().filter { $1.count > 0 }.map { ($0 + 1, $1.sum / Double($1.count)) })
    return CurvesFigure(
      title: curve.title, text: "One thin line a run, and their mean over the runs that reached the epoch.",
      curves: each + [mean], isShare: curve.isShare, bestEpoch: nil, lastEpoch: last)
  }
}
