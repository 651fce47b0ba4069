import GroveGraphs
import GroveLearning

/// Metrics of links as `grove evaluate` prints them.
enum LinkRunReport {
  /// Every metric of the links of a part of a saved run.
  ///
  /// Training links are ranked among all nodes, whatever the split keeps for others.
  static func fill(_ report: inout Report, _ loaded: LoadedLinkRun, _ part: SplitPart) throws {
    let (model, split) = (loaded.model, loaded.model.split)
    let metrics = try model.metrics(of: part)
    let count = split.positives(of: part).count
    report.set("part", part.rawValue)
    report.set("links", count)
    report.set("metrics", metrics)
    report.set("perClass", [String]())
    report.set("confusion", nil)
    report.say(
      "\(model.configuration.model) on \(grouped(count)) \(part.rawValue) links of \(loaded.links.source.name)")
    report.table(
      RunScore.all(model.configuration, in: [metrics]).compactMap { score in
        metrics[score.key].map { [score.key, percent($0)] }
      })
  }
}
