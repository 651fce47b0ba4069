import GroveGraphs

/// The page about one run: `report.html` in its folder.
public struct RunReport {
  private let facts: RunFacts

  /// Scores the run's nodes and lays its embeddings out.
  ///
  /// - Throws: `TrainingFailure.checkpoint` where the run's log cannot be read.
  /// - Complexity: O(N + E) beside one pass of the model; the map is of at most 1,000 nodes.
  public init(_ model: TrainedModel, _ result: RunResult, in folder: RunFolder) throws {
    facts = try RunFacts(model, result, in: folder)
  }

  /// The file: one page that needs no other file, no script and no network.
  ///
  /// It holds no time, date or number of threads: equal runs give equal bytes.
  ///
  /// - Throws: `TrainingFailure.configuration` where the configuration cannot be written out.
  public var html: String {
    get throws {
      let several = facts.configuration.runs > 1
      let number = several ? ", run \(facts.result.run) of 0–\(facts.configuration.runs - 1)" : ""
      var page = ReportPage(
        title: "\(facts.configuration.model) on \(facts.graphName)\(number)",
        subtitle:
          "\(ReportNumbers.count(facts.nodeCount)) nodes of type \(facts.nodeType), \(ReportNumbers.count(facts.edgeCount)) edges, \(facts.labels.classCount) classes\(facts.isMultiLabel ? ", several a node" : ""); split \(facts.split.name)."
      )
      page.facts = cards
      page.add("result", "Result", result)
      page.add("curves", "Learning curves", CurvesSection(facts: facts).markup)
      page.add("confusion", "Confusions", confusion)
      page.add(
        "classes", "Classes",
        [
          ClassTable(classes: facts.evaluation.perClass, names: facts.labels.classNames, nodes: facts.scoredNodes)
            .markup
        ])
      page.add("calibration", "Calibration", calibration)
      page.add("neighborhoods", "Degree and homophily", neighborhoods)
      page.add("map", "Map of the embeddings", map)
      page.add("configuration", "Configuration", try ConfigurationSection(facts.configuration).markup)
      page.add(
        "reproduce", "Repeat it",
        try ConfigurationSection.commands(
          facts.configuration, run: several ? facts.result.run : nil))
      return page.html
    }
  }

  private var cards: [(name: String, value: String, remark: String)] {
    let metrics = facts.scoredMetrics
    let shown: [Metric] = facts.isMultiLabel ? [.microF1, .macroF1] : [.accuracy, .macroF1]
    var cards = shown.map { metric in
      (
        name: ReportWords.name(of: metric), value: ReportNumbers.percent(metrics[metric]) + " %",
        remark: "on \(facts.scoredNodes)"
      )
    }
    if let error = facts.scores.calibration.expectedError {
      cards.append(("Calibration error", ReportNumbers.percent(error) + " %", "expected, over ten ranges"))
    }
    let result = facts.result
    if result.parameters > 0 {
      cards.append(
        (
          "Kept epoch", ReportNumbers.count(result.bestEpoch),
          "of \(ReportNumbers.count(result.epochs)); \(ReportNumbers.count(result.parameters)) parameters"
        ))
    } else {
      cards.append(("Parameters", "0", "nothing is trained"))
    }
    return cards
  }

  private var result: [Markup] {
    let result = facts.result
    let parts = [
      ("training", facts.split.train.count, result.train),
      ("validation", facts.split.validation.count, result.validation), ("test", facts.split.test.count, result.test),
    ]
    var words: [Markup] = []
    if facts.part != .test {
      words.append(
        ReportPage.paragraph(
          "The split has no test nodes, so this report looks at \(facts.scoredNodes), which \(facts.part == .train ? "the model learned from" : "chose the best epoch"); expect less elsewhere."
        ))
    }
    let rows = RunScore.all(isOpenWorld: false).filter { score in parts.contains { $0.2[score.key] != nil } }.map {
      score in
      [score.heading] + parts.map { score.text($0.2[score.key]) }
    }
    let counts = [["Nodes"] + parts.map { ReportNumbers.count($0.1) }]
    return words + [
      ReportPage.table(
        "Metrics with the kept weights; split \(facts.split.name), \(facts.split.kind)",
        [""] + parts.map(\.0), rows + counts)
    ]
  }

  private var confusion: [Markup] {
    guard let matrix = facts.evaluation.confusion else {
      return [
        ReportPage.paragraph(
          "Nodes may have several classes here, so no class stands in for another; the table of classes has the errors of each."
        )
      ]
    }
    let figures = ConfusionFigure(matrix: matrix, names: facts.labels.classNames).markup
    let missing = matrix.perClass.indices.filter { matrix.perClass[$0].support == 0 }
    let note =
      missing.isEmpty
      ? []
      : [
        ReportPage.paragraph(
          "No \(facts.part.rawValue) node has \(missing.count == 1 ? "the class" : "one of the classes") \(ReportWords.list(missing.map { facts.labels.classNames[$0] }, most: 8))."
        )
      ]
    return note + [ReportPage.panels(figures)]
  }

  private var calibration: [Markup] {
    let figures = CalibrationFigure(calibration: facts.scores.calibration, isMultiLabel: facts.isMultiLabel).markup
    return figures.isEmpty ? [] : [ReportPage.panels(figures)]
  }

  private var neighborhoods: [Markup] {
    let (score, words) =
      facts.isMultiLabel
      ? ("F1", "The mean F1 of a node's classes")
      : ("right", "The share of nodes that is classified rightly")
    let figures = [
      GroupsFigure(
        title: "By degree", text: "\(words), by the number of edges into them, loops left out.", property: "degree",
        score: score, groups: BinnedAccuracy(scores: facts.scores.scores, degrees: facts.degrees)),
      GroupsFigure(
        title: "By local homophily",
        text:
          "\(words), by the share of their labeled neighbors with \(facts.isMultiLabel ? "the same classes" : "the same class"), in percent; none: without such neighbors.",
        property: "homophily", score: score,
        groups: BinnedAccuracy(scores: facts.scores.scores, homophily: facts.homophily)),
    ]
    return [ReportPage.panels(figures.compactMap(\.markup))]
  }

  private var map: [Markup] {
    guard let map = facts.map else { return [NodeMap.missing] }
    return MapFigure(map: map, labels: facts.labels, isRight: facts.isRightOnMap).markup
  }
}
