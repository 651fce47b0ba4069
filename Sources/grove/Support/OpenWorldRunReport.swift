import GroveGraphs
import GroveLearning

/// Open-world scores as `grove train` and `grove evaluate` print them.
enum OpenWorldRunReport {
  /// Accuracies by both protocols as a table for people.
  ///
  /// - Parameter shown: the text of a score by its key.
  static func table(_ shown: (String) -> String) -> [[String]] {
    func row(_ name: String, _ suffix: String) -> [String] {
      [name] + ["overall", "seen", "novel"].map { shown($0 + suffix) }
    }
    return [
      ["", "overall", "seen", "novel"], row("one matching", ""), row("novel classes matched apart", "Separate"),
    ]
  }

  /// Everything about the nodes of a part of a saved run.
  static func fill(_ report: inout Report, _ model: OpenWorldModel, _ part: SplitPart, graph: String) {
    let (scores, spread) = model.evaluation(of: part)
    var metrics = scores.byName
    metrics["imbalanceRate"] = spread.imbalance
    metrics["separationRate"] = spread.separation
    let matrix = scores.confusion
    report.set("part", part.rawValue)
    report.set("nodes", scores.count)
    report.set("metrics", metrics)
    report.set(
      "perClass",
      zip(scores.classNames, matrix.perClass).enumerated().map { place, entry -> [String: Any] in
        [
          "class": entry.0, "isSeen": place < scores.seenCount, "precision": entry.1.precision,
          "recall": entry.1.recall, "f1": entry.1.f1, "support": entry.1.support,
        ]
      })
    report.set(
      "confusion", (0..<matrix.classCount).map { truth in (0..<matrix.classCount).map { matrix[truth, $0] } })
    report.say(
      "\(model.configuration.method ?? "") on \(scores.count) \(part.rawValue) nodes of \(graph); clusters stand for the classes they are matched with"
    )
    report.table(table { metrics[$0].map(percent) ?? "" })
    for (name, key) in [("imbalance rate", "imbalanceRate"), ("separation rate", "separationRate")] {
      if let value = metrics[key] { report.say("\(name) \(rounded(value))") }
    }
    report.table(
      [["class", "", "precision", "recall", "F1", "nodes"]]
        + zip(scores.classNames, matrix.perClass).enumerated().map { place, entry in
          [
            entry.0, place < scores.seenCount ? "seen" : "novel", percent(entry.1.precision), percent(entry.1.recall),
            percent(entry.1.f1), grouped(entry.1.support),
          ]
        })
  }

  /// A number with three digits.
  static func rounded(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
