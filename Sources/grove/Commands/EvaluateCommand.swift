import ArgumentParser
import GroveGraphs
import GroveLearning
import GroveStore

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Every metric of a saved run.",
    discussion: "Example: grove evaluate run --part test")

  @Argument(help: "A run's folder.") var path: String
  @Option(help: "train, validation or test.") var part = "test"
  @Option(name: .customLong("run"), help: "Which of several runs (default 0).") var number: Int?
  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    let place = try RunPlace(path, number: number)
    guard let part = SplitPart(rawValue: part) else {
      throw TrainingFailure.configuration("--part \(part): choose train, validation or test")
    }
    var report = Report("evaluate")
    if place.configuration.isLinks {
      try LinkRunReport.fill(&report, LoadedLinkRun(place), part)
      return try report.finish(common)
    }
    let loaded = try LoadedRun(place)
    if let model = loaded.model as? OpenWorldModel {
      OpenWorldRunReport.fill(&report, model, part, graph: loaded.graph.name)
      return try report.finish(common)
    }
    let model = try loaded.nodeModel(for: "evaluate")
    let nodes = loaded.split.nodes(of: part)
    let evaluation = model.evaluation(of: nodes, logits: model.outputs(for: part).logits)
    let names = model.data.labels.classNames
    report.set("part", part.rawValue)
    report.set("nodes", nodes.count)
    report.set("metrics", evaluation.values.byName)
    report.set(
      "perClass",
      zip(names, evaluation.perClass).map { name, scores -> [String: Any] in
        [
          "class": name, "precision": scores.precision, "recall": scores.recall, "f1": scores.f1,
          "support": scores.support,
        ]
      })
    report.set(
      "confusion",
      evaluation.confusion.map { matrix in
        (0..<matrix.classCount).map { truth in (0..<matrix.classCount).map { matrix[truth, $0] } }
      })
    report.say("\(loaded.configuration.model) on \(nodes.count) \(part.rawValue) nodes of \(loaded.graph.name)")
    report.table(
      evaluation.values.ordered.map {
        [$0.metric.rawValue, $0.metric == .loss ? String(($0.value * 1e4).rounded() / 1e4) : percent($0.value)]
      })
    report.table(
      [["class", "precision", "recall", "F1", "nodes"]]
        + zip(names, evaluation.perClass).map {
          [$0, percent($1.precision), percent($1.recall), percent($1.f1), grouped($1.support)]
        })
    try report.finish(common)
  }
}
