import GroveGraphs
import GroveKernels
import GroveTensors

/// The page about one run of link training: `report.html` in its folder.
public struct LinkReport {
  private let model: TrainedLinkModel
  private let result: RunResult
  private let epochs: [MetricsLog.Line]
  private let metric: LinkMetric
  private let ranks: [(anchor: Int32, rank: Int)]
  private let degrees: [Int]
  /// Nil where embeddings cannot be laid out.
  private let map: NodeMap?

  /// Ranks the run's test links and lays its embeddings out.
  ///
  /// - Throws: `TrainingFailure.checkpoint` where the run's log cannot be read.
  /// - Complexity: that of measuring test links; the map is of at most 1,000 nodes.
  public init(_ model: TrainedLinkModel, _ result: RunResult, in folder: RunFolder) throws {
    (self.model, self.result) = (model, result)
    epochs = try MetricsLog.lines(of: folder.metricsPath)
    metric = model.configuration.linkMetric ?? LinkMetric.usual(for: model.split.validation)
    ranks = try model.evaluator.ranks(of: model.network, on: model.shape.messages, part: .test)
    degrees = model.shape.messages.inDegrees
    let rows = model.embeddings()
    map = NodeMap(
      embeddings: rows.values, width: rows.columns,
      random: NodeMap.random(seed: model.configuration.seed, run: model.run))
  }

  /// The file: one page that needs no other file, no script and no network; equal runs give equal bytes.
  ///
  /// - Throws: `TrainingFailure.configuration` where the configuration cannot be written out.
  public var html: String {
    get throws {
      let configuration = model.configuration
      let several = configuration.runs > 1
      let number = several ? ", run \(result.run) of 0–\(configuration.runs - 1)" : ""
      let ends = model.split.ends
      let nodes =
        ends.isSquare
        ? "\(ReportNumbers.count(ends.sourceCount)) nodes"
        : "\(ReportNumbers.count(ends.sourceCount)) of type \(model.data.types.source) and \(ReportNumbers.count(ends.targetCount)) of type \(model.data.types.target)"
      var page = ReportPage(
        title: "\(model.recipe.name) on links of \(model.data.name)\(number)",
        subtitle:
          "\(nodes), \(ReportNumbers.count(model.split.training.count)) links to learn from; split \(model.split.name)."
      )
      page.facts = RunScore.all(configuration, [result]).prefix(4).map { score in
        (name: score.name, value: score.text(result.test[score.key]) + " %", remark: "test links")
      }
      page.facts.append(
        (
          "Kept epoch", ReportNumbers.count(result.bestEpoch),
          "of \(ReportNumbers.count(result.epochs)); \(ReportNumbers.count(result.parameters)) parameters"
        ))
      page.add("result", "Result", table)
      page.add("curves", "Learning curves", [ReportPage.panels(curves.compactMap(\.markup))])
      page.add("degrees", "Ranks by degree", [ReportPage.panels([rankFigure].compactMap(\.self))])
      page.add("map", "Map of the embeddings", maps)
      page.add("configuration", "Configuration", try ConfigurationSection(configuration).markup)
      page.add(
        "reproduce", "Repeat it", try ConfigurationSection.commands(configuration, run: several ? result.run : nil))
      return page.html
    }
  }

  private var table: [Markup] {
    let parts = [
      ("validation", model.split.validation.positives.count, result.validation),
      ("test", model.split.test.positives.count, result.test),
    ]
    let rows = RunScore.all(model.configuration, [result]).map { score in
      [score.heading] + parts.map { score.text($0.2[score.key]) }
    }
    return [
      ReportPage.table(
        "Metrics with the kept weights; links are compared with \(comparison); a tie counts against a link",
        [""] + parts.map(\.0), rows + [["Links"] + parts.map { ReportNumbers.count($0.1) }])
    ]
  }

  private var comparison: String {
    switch model.split.test.negatives {
    case .all: "all nodes but those known from training"
    case .lists(let lists): "\(lists.perPositive) nodes each, kept in the split"
    case .pairs(let pairs): "\(ReportNumbers.count(pairs.count)) pairs that are kept in the split"
    }
  }

  private var curves: [CurvesFigure] {
    let last = epochs.last?.epoch ?? 0
    func curve(_ name: String, _ value: (MetricsLog.Line) -> Double?) -> CurvesFigure.Curve {
      CurvesFigure.Curve(
        name: name, color: 0, isDashed: false,
        points: epochs.compactMap { line in value(line).map { (line.epoch, $0) } })
    }
    let name = RunScore(metric).name
    let role =
      model.split.validation.positives.count == 0
      ? "Without validation links the last epoch is kept." : "On validation links; it chose the epoch that is kept."
    return [
      CurvesFigure(
        title: name, text: role, curves: [curve("validation") { $0.validation[metric.key] }], isShare: true,
        bestEpoch: result.bestEpoch, lastEpoch: last),
      CurvesFigure(
        title: "Loss", text: "The mean loss of the pairs of each epoch, each before the step of its batch.",
        curves: [curve("training") { $0.loss }], isShare: false, bestEpoch: result.bestEpoch, lastEpoch: last),
    ]
  }

  private var rankFigure: Markup? {
    GroupsFigure(
      title: "By degree",
      text:
        "The mean of 1 / rank of test links, by the number of training links at the node that a link is ranked for.",
      property: "degree", score: "1 / rank", noun: "links",
      groups: BinnedAccuracy(scores: ranks.map { 1 / Double($0.rank) }, degrees: ranks.map { degrees[Int($0.anchor)] })
    ).markup
  }

  private var maps: [Markup] {
    guard let map else { return [NodeMap.missing] }
    let kinds: [(name: String, isMember: (Int32) -> Bool)]
    if model.split.ends.isSquare {
      kinds = [("no training link", 0...0), ("1–3 links", 1...3), ("4–15 links", 4...15), ("16 or more", 16...Int.max)]
        .map { name, range in (name, { range.contains(degrees[Int($0)]) }) }
    } else {
      let first = Int32(model.split.ends.targetOffset)
      kinds = [(model.data.types.source.name, { $0 < first }), (model.data.types.target.name, { $0 >= first })]
    }
    let glyphs: [Glyph] = [.cross, .dot, .circle, .triangle]
    let marks = kinds.enumerated().map { place, kind in
      MapMarks(
        name: kind.name, glyph: glyphs[(place + (kinds.count == 2 ? 2 : 0)) % glyphs.count], color: place,
        full: map.nodes.indices.filter { kind.isMember(map.nodes[$0]) })
    }.filter { !$0.members.isEmpty }
    let what = model.split.ends.isSquare ? "by the number of their training links" : "by type"
    return [
      ReportPage.paragraph(map.introduction(" Marks tell nodes apart \(what).")),
      ReportPage.panels([
        ReportPage.figure(
          "Neighborhoods", "Laid out by t-SNE. \(map.neighborhoodWords)", legend: MapMarks.legend("Marks", marks),
          [map.drawing(map.neighborhoods, marks, "t-SNE map")], numbers: map.table(marks)),
        ReportPage.figure(
          "Principal components", map.componentWords,
          [map.drawing(map.components.points, marks, "Map of the first two principal components")]),
      ]),
    ]
  }
}
