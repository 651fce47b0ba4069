import Foundation
import GroveKernels
import GroveLearning

/// The result of a training, over its runs.
struct TrainingReport {
  let configuration: TrainingConfiguration
  let results: [RunResult]
  /// Epochs that did not have to be done again, over all runs.
  let resumedFrom: Int
  /// Where the time of the epochs trained now went, over all runs.
  let times: StepTimes
  /// What the machine allows; nil where nobody will read the line about it.
  let limits: MachineLimits?
  let path: String

  func fill(_ report: inout Report) {
    report.set("model", configuration.model)
    if configuration.isOpenWorld {
      report.set("method", configuration.method)
      let counts = results.compactMap(\.classes)
      report.set("classes", average(counts.map(\.used)))
      report.set("classesOfSplit", average(counts.map(\.split)))
    }
    report.set("path", path)
    report.set("parameters", results.first?.parameters)
    report.set("epochs", average(results.map(\.epochs)))
    report.set("bestEpoch", average(results.map(\.bestEpoch)))
    report.set("secondsPerEpoch", mean(results.map(\.secondsPerEpoch)))
    for (key, part) in parts { report.set(key, summary(part).mean) }
    report.set("testStandardDeviation", summary(\.test).deviation)
    report.set("resumedFromEpoch", resumedFrom)
    report.set(
      "runs",
      results.map { result -> [String: Any] in
        var fields: [String: Any] = [
          "run": result.run, "split": result.split, "epochs": result.epochs, "bestEpoch": result.bestEpoch,
          "secondsPerEpoch": result.secondsPerEpoch, "train": result.train, "validation": result.validation,
          "test": result.test,
        ]
        if let classes = result.classes {
          (fields["classes"], fields["classesOfSplit"]) = (classes.used, classes.split)
          fields["classesError"] = classes.error
        }
        return fields
      })
    let share = limits.flatMap { times.share(of: $0) }
    let pace = "\(duration(mean(results.map(\.secondsPerEpoch)))) an epoch"
    let epochs =
      results.count == 1 ? "\(results[0].epochs) epochs, best \(results[0].bestEpoch)" : "\(results.count) runs"
    report.say("\(configuration.name), \(grouped(results.first?.parameters ?? 0)) parameters, \(epochs), \(pace)")
    if configuration.isOpenWorld { return openWorldLines(&report, share) }
    let parts = configuration.isLinks ? Array(parts.dropFirst()) : parts
    var rows = [[""] + parts.map(\.0)]
    for score in RunScore.all(configuration, results) {
      let cells = parts.map { _, part in shown(score, part) }
      if cells.contains(where: { !$0.isEmpty }) { rows.append([score.key] + cells) }
    }
    report.table(rows)
    if let share { report.say(timesLine(share)) }
    report.say("Run in \(path)")
  }

  /// What open-world runs print in place of a table of metrics.
  private func openWorldLines(_ report: inout Report, _ share: Double?) {
    let summary = summary(\.test)
    let (means, deviations) = (summary.mean, summary.deviation)
    report.table(
      OpenWorldRunReport.table { key in
        guard let value = means[key] else { return "" }
        return results.count == 1 ? percent(value) : "\(percent(value)) ± \(percent(deviations[key] ?? 0))"
      })
    for (name, key) in [("Imbalance rate", "imbalanceRate"), ("Separation rate", "separationRate")] {
      if let value = means[key] { report.say("\(name) \(OpenWorldRunReport.rounded(value))") }
    }
    for result in results {
      guard let classes = result.classes, classes.used != classes.split || classes.isEstimated else { continue }
      report.say(
        "Run \(result.run) trained with \(classes.used) classes\(classes.isEstimated ? ", an estimate" : ""); its split has \(classes.split)\(classes.signedError.map { " (error \($0))" } ?? "")"
      )
    }
    if let share { report.say(timesLine(share)) }
    report.say("Run in \(path)")
  }

  /// Where the time went, in the order in which a step spends it.
  private func timesLine(_ share: Double) -> String {
    var parts: [(String, Double)] = []
    if times.sampling > 0 {
      parts = [("sampling", times.sampling), ("waiting for it", times.waiting), ("gather", times.gather)]
    }
    parts += [
      ("forward", times.forward), ("backward", times.backward), ("optimizer", times.optimizer),
      ("evaluation", times.evaluation),
    ]
    let spent = parts.map { "\($0) \(duration($1))" }.joined(separator: ", ")
    return "Time: \(spent); \(Int((100 * share).rounded())) % of what this machine's memory and arithmetic allow"
  }

  private var parts: [(String, KeyPath<RunResult, [String: Double]>)] {
    [("train", \.train), ("validation", \.validation), ("test", \.test)]
  }

  private func shown(_ score: RunScore, _ part: KeyPath<RunResult, [String: Double]>) -> String {
    let summary = summary(part)
    guard let value = summary.mean[score.key] else { return "" }
    func text(_ number: Double) -> String { score.unit == .share ? percent(number) : score.text(number) }
    return results.count == 1 ? text(value) : "\(text(value)) ± \(text(summary.deviation[score.key] ?? 0))"
  }

  private func summary(_ part: KeyPath<RunResult, [String: Double]>) -> ScoreSummary {
    ScoreSummary(results.map { $0[keyPath: part] })
  }

  private func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }

  /// A whole number for one run, else the mean.
  private func average(_ values: [Int]) -> Any {
    values.count == 1 ? values[0] : mean(values.map(Double.init))
  }
}
