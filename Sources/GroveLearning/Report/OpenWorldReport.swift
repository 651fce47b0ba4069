import GroveGraphs
import GroveKernels
import GroveTensors

/// The page about one open-world run: `report.html` in its folder.
public struct OpenWorldReport {
  private let model: OpenWorldModel
  private let result: RunResult
  private let epochs: [MetricsLog.Line]
  private let scores: OpenWorldEvaluation
  /// Nil where embeddings cannot be laid out.
  private let map: OpenWorldMap?

  /// Scores the run's test nodes and lays its embeddings out.
  ///
  /// - Throws: `TrainingFailure.checkpoint` where the run's log cannot be read.
  /// - Complexity: O(N + E) beside one pass of the model; the map is of at most 1,000 nodes.
  public init(_ model: OpenWorldModel, _ result: RunResult, in folder: RunFolder) throws {
    (self.model, self.result) = (model, result)
    epochs = try MetricsLog.lines(of: folder.metricsPath)
    let embeddings = model.network.embeddings(on: model.data.graph)
    let predicted = model.predicted(embeddings)
    let scores = model.evaluation(of: .test, predicted: predicted)
    self.scores = scores
    map = NodeMap(
      embeddings: embeddings.values, width: embeddings.columns,
      random: NodeMap.random(seed: model.configuration.seed, run: model.run)
    ).map {
      OpenWorldMap(
        $0, truth: model.truth, predicted: predicted, clusterNames: model.classNames, scores: scores)
    }
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
      if let classes = result.classes {
        page.facts.append(("Classes", ReportNumbers.count(classes.used), classes.remark))
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
      page.add("map", "Map of the embeddings", maps)
      page.add("configuration", "Configuration", try ConfigurationSection(configuration).markup)
      page.add(
        "reproduce", "Repeat it", try ConfigurationSection.commands(configuration, run: several ? result.run : nil))
      return page.html
    }
  }

  private var table: [Markup] {
    [OpenWorldWords.accuracies("Accuracy on test nodes") { $0.text(result.test[$0.key]) }]
      + OpenWorldWords.spread { score in result.test[score.key].map(score.text) }
      + (result.classes.map { [ReportPage.paragraph($0.sentence)] } ?? [])
  }

  private var maps: [Markup] { map.map { OpenWorldMapFigure(content: $0).markup } ?? [NodeMap.missing] }

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
