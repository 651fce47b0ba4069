import GroveGraphs

/// The page about one open-world run: `report.html` in its folder.
public struct OpenWorldReport {
  private let model: OpenWorldModel
  private let result: RunResult
  private let epochs: [MetricsLog.Line]
  private let scores: OpenWorldEvaluation

  /// Scores the run's test nodes.
  ///
  /// - Throws: `TrainingFailure.checkpoint` where the run's log cannot be read.
  public init(_ model: OpenWorldModel, _ result: RunResult, in folder: RunFolder) throws {
    (self.model, self.result) = (model, result)
    epochs = try MetricsLog.lines(of: folder.metricsPath)
    scores = model.evaluation(of: .test).scores
  }

  /// The file: one page that needs no other file, no script and no network; equal runs give equal bytes.
  ///
  /// - Throws: `TrainingFailure.configuration` where the configuration cannot be written out.
  public var html: String {
    get throws {
      let configuration = model.configuration
      let several = configuration.runs > 1
      let number = several ? ", run \(result.run) of 0–\(configuration.runs - 1)" : ""
      var page = ReportPage(
        title: "\(model.recipe.name) on \(model.data.name)\(number)",
        subtitle:
          "\(ReportNumbers.count(model.data.nodeCount)) nodes, \(ReportNumbers.count(model.data.edgeCount)) edges; \(scores.seenCount) seen and \(model.truth.classCount - scores.seenCount) novel classes; split \(model.split.name)."
      )
      page.facts = ["overall", "seen", "novel"].map { key in
        (
          name: "Accuracy, \(key)", value: ReportNumbers.percent(result.test[key]) + " %",
          remark: "test nodes, one matching"
        )
      }
      page.facts.append(
        (
          "Kept epoch", ReportNumbers.count(result.bestEpoch),
          "of \(ReportNumbers.count(result.epochs)); \(ReportNumbers.count(result.parameters)) parameters"
        ))
      page.add("result", "Result", table)
      page.add("curves", "Learning curves", [ReportPage.panels(curves.compactMap(\.markup))])
      page.add(
        "confusion", "Confusions",
        [ReportPage.panels(ConfusionFigure(matrix: scores.confusion, names: scores.classNames).markup)])
      page.add(
        "classes", "Classes",
        [
          ClassTable(
            classes: scores.confusion.perClass, names: scores.classNames,
            nodes:
              "\(ReportNumbers.count(scores.count)) test nodes, each cluster standing for the class it is matched with"
          ).markup
        ])
      page.add("configuration", "Configuration", try ConfigurationSection(configuration).markup)
      page.add(
        "reproduce", "Repeat it", try ConfigurationSection.commands(configuration, run: several ? result.run : nil))
      return page.html
    }
  }

  private var table: [Markup] {
    func row(_ name: String, _ suffix: String) -> [String] {
      [name] + ["overall", "seen", "novel"].map { ReportNumbers.percent(result.test[$0 + suffix]) }
    }
    var words: [Markup] = [
      ReportPage.table(
        "Accuracy on test nodes, %; the two protocols cannot be compared with each other",
        ["", "overall", "seen", "novel"],
        [row("one matching over all nodes", ""), row("novel classes matched apart", "Separate")])
    ]
    let spread = [("imbalance rate", "imbalanceRate"), ("separation rate", "separationRate")].compactMap { name, key in
      result.test[key].map { "\(name) \(ReportNumbers.fixed($0, 3))" }
    }
    if !spread.isEmpty {
      words.append(
        ReportPage.paragraph(
          "Over all nodes: \(spread.joined(separator: ", ")). An imbalance above 1 says that novel classes are more spread out than seen ones."
        ))
    }
    if let classes = result.classes {
      words.append(
        ReportPage.paragraph(
          "Number of classes: \(classes.used)\(classes.isEstimated ? ", estimated" : ""); the split has \(classes.split)."
        ))
    }
    return words
  }

  private var curves: [CurvesFigure] {
    let last = epochs.last?.epoch ?? 0
    func curve(_ name: String, _ color: Int, _ value: (MetricsLog.Line) -> Double?) -> CurvesFigure.Curve {
      CurvesFigure.Curve(
        name: name, color: color, isDashed: color > 0,
        points: epochs.compactMap { line in value(line).map { (line.epoch, $0) } })
    }
    return [
      CurvesFigure(
        title: "Accuracy",
        text: "Predictions matched with the classes of training nodes, and apart from that of validation nodes.",
        curves: [
          curve("training", 0) { $0.train["accuracy"] }, curve("validation", 1) { $0.validation["accuracy"] },
        ], isShare: true, bestEpoch: result.bestEpoch, lastEpoch: last),
      CurvesFigure(
        title: "Silhouette",
        text:
          "Of validation and test nodes in their predicted classes. It and validation accuracy, both scaled to their range, chose the epoch that is kept.",
        curves: [curve("silhouette", 0) { $0.validation["silhouette"] }], isShare: false,
        bestEpoch: result.bestEpoch, lastEpoch: last),
      CurvesFigure(
        title: "Loss", text: "The mean loss of the steps of each epoch; a method may change its terms as it goes.",
        curves: [curve("training", 0) { $0.loss }], isShare: false, bestEpoch: result.bestEpoch, lastEpoch: last),
    ]
  }
}
