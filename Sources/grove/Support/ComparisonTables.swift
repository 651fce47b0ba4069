import Foundation
import GroveLearning

/// A comparison as JSON fields and as tables.
struct ComparisonTables {
  let comparison: RunComparison

  func fill(_ report: inout Report) {
    report.set("metric", comparison.metric.rawValue)
    report.set("runsEach", comparison.runCount)
    report.set("testNodes", comparison.entries[0].test.map(\.count))
    report.set("best", comparison.entries[comparison.ranking[0]].name)
    report.set("correction", comparison.pairs.count > 1 ? "holm" : "none")
    let summaries = comparison.entries.map { MetricValues.summary($0.values) }
    report.set(
      "runs",
      comparison.entries.indices.map { index -> [String: Any] in
        let entry = comparison.entries[index]
        var differences: [String: Double] = [:]
        for (metric, value) in summaries[index].mean.ordered {
          if let first = summaries[0].mean[metric] { differences[metric.rawValue] = value - first }
        }
        return [
          "run": entry.name, "model": entry.model, "runs": entry.results.count,
          "parameters": entry.results.first?.parameters ?? 0, "splits": entry.results.map(\.split),
          "test": summaries[index].mean.byName, "testStandardDeviation": summaries[index].deviation.byName,
          "differenceToFirst": differences,
        ]
      })
    report.set("pairs", comparison.pairs.map(fields))
    metrics(summaries.map(\.mean), summaries.map(\.deviation), &report)
    for pair in comparison.pairs { report.say(line(pair)) }
  }

  private func fields(_ pair: RunComparison.Pair) -> [String: Any] {
    var fields: [String: Any] = [
      "first": comparison.entries[pair.first].name, "second": comparison.entries[pair.second].name,
      "difference": pair.difference ?? NSNull(),
    ]
    if let difference = pair.difference, let half = pair.halfWidth {
      fields["interval95"] = [difference - half, difference + half]
    }
    if let (first, second) = pair.discordant { (fields["onlyFirstRight"], fields["onlySecondRight"]) = (first, second) }
    for (test, adjusted) in pair.tests {
      fields[key(test.kind)] = [
        "statistic": test.statistic, "p": test.pValue, "adjustedP": adjusted, "isExact": test.isExact,
      ]
    }
    return fields
  }

  private func key(_ kind: PairedTest.Kind) -> String {
    switch kind {
    case .student: "tTest"
    case .wilcoxon: "wilcoxon"
    case .mcnemar: "mcnemar"
    }
  }

  private func metrics(_ means: [MetricValues], _ deviations: [MetricValues], _ report: inout Report) {
    let shown = Metric.allCases.filter { metric in means.contains { $0[metric] != nil } }
    var rows = [["test"] + shown.map(\.rawValue) + ["difference"]]
    for (index, entry) in comparison.entries.enumerated() {
      let cells = shown.map { metric -> String in
        guard let mean = means[index][metric] else { return "" }
        let text = number(metric, mean)
        return comparison.runCount == 1 ? text : "\(text) ± \(number(metric, deviations[index][metric] ?? 0))"
      }
      let difference = means[index][comparison.metric].flatMap { value in
        means[0][comparison.metric].map { signed(comparison.metric, value - $0) }
      }
      rows.append([entry.name] + cells + [difference ?? ""])
    }
    report.table(rows)
  }

  private func line(_ pair: RunComparison.Pair) -> String {
    let (first, second) = (comparison.entries[pair.first].name, comparison.entries[pair.second].name)
    var words = [
      "\(second) against \(first): \(pair.difference.map { signed(comparison.metric, $0) } ?? "no") \(comparison.metric.rawValue)"
    ]
    if let half = pair.halfWidth { words.append("± \(number(comparison.metric, half)) (95 %)") }
    if let (one, other) = pair.discordant {
      words.append("\(one) nodes only the first has right, \(other) only the second")
    }
    for (test, adjusted) in pair.tests {
      let name = test.kind == .student ? "t-test" : test.kind == .wilcoxon ? "Wilcoxon" : "McNemar"
      let after = comparison.pairs.count > 1 ? ", after Holm \(probability(adjusted))" : ""
      words.append("\(name) p = \(probability(test.pValue))\(after)")
    }
    if pair.tests.isEmpty { words.append("the differences of the runs do not vary, so nothing is tested") }
    return words.joined(separator: "; ")
  }

  private func number(_ metric: Metric, _ value: Double) -> String {
    metric == .loss ? String(format: "%.4f", value) : percent(value)
  }

  private func signed(_ metric: Metric, _ value: Double) -> String { (value < 0 ? "" : "+") + number(metric, value) }

  private func probability(_ value: Double) -> String {
    value < 0.001 ? String(format: "%.1e", value) : String(format: "%.3f", value)
  }
}
