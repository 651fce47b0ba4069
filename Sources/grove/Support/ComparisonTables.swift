import Foundation
import GroveLearning

/// A comparison as JSON fields and as tables.
struct ComparisonTables {
  let comparison: RunComparison

  func fill(_ report: inout Report) {
    report.set("metric", comparison.metric.key)
    report.set("runsEach", comparison.runCount)
    let test = comparison.entries[0].test
    report.set(comparison.isOfLinks ? "testLinks" : "testNodes", test.counts)
    report.set("best", comparison.entries[comparison.ranking[0]].name)
    report.set("correction", comparison.pairs.count > 1 ? "holm" : "none")
    let summaries = comparison.entries.map(\.summary)
    report.set(
      "runs",
      comparison.entries.indices.map { index -> [String: Any] in
        let entry = comparison.entries[index]
        var differences: [String: Double] = [:]
        for (key, value) in summaries[index].mean {
          if let first = summaries[0].mean[key] { differences[key] = value - first }
        }
        var fields: [String: Any] = [
          "run": entry.name, "model": entry.model, "runs": entry.results.count,
          "parameters": entry.results.first?.parameters ?? 0, "splits": entry.results.map(\.split),
          "test": summaries[index].mean, "testStandardDeviation": summaries[index].deviation,
          "differenceToFirst": differences,
        ]
        if let method = entry.method {
          fields["method"] = method
          fields["classes"] = entry.results.compactMap { $0.classes?.used }
        }
        return fields
      })
    report.set("pairs", comparison.pairs.map(fields))
    for shown in comparison.groups { table(shown, summaries, &report) }
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

  /// The scores of a group; the difference stands in the table that holds what is compared.
  private func table(_ shown: [RunScore], _ summaries: [ScoreSummary], _ report: inout Report) {
    let metric = comparison.metric
    let isCompared = shown[0].group == metric.group
    var rows = [["test"] + shown.map(\.key) + (isCompared ? ["difference"] : [])]
    for (summary, entry) in zip(summaries, comparison.entries) {
      let cells = shown.map { score -> String in
        guard let mean = summary.mean[score.key] else { return "" }
        return comparison.runCount == 1 ? score.text(mean) : score.text(mean, deviation: summary.deviation[score.key])
      }
      let difference = summary.mean[metric.key].flatMap { value in
        summaries[0].mean[metric.key].map { signed(value - $0) }
      }
      rows.append([entry.name] + cells + (isCompared ? [difference ?? ""] : []))
    }
    if comparison.isOpenWorld { report.say("\(shown[0].group):") }
    report.table(rows)
  }

  private func line(_ pair: RunComparison.Pair) -> String {
    let (first, second) = (comparison.entries[pair.first].name, comparison.entries[pair.second].name)
    var words = [
      "\(second) against \(first): \(pair.difference.map { signed($0) } ?? "no") \(comparison.metric.key)"
    ]
    if let half = pair.halfWidth { words.append("± \(comparison.metric.text(half)) (95 %)") }
    if let (one, other) = pair.discordant {
      words.append("\(one) nodes only the first has right, \(other) only the second")
    }
    for (test, adjusted) in pair.tests {
      let name = test.kind == .student ? "t-test" : test.kind == .wilcoxon ? "Wilcoxon" : "McNemar"
      let after = comparison.pairs.count > 1 ? ", after Holm \(probability(adjusted))" : ""
      words.append("\(name) p = \(probability(test.pValue))\(after)")
    }
    if pair.tests.isEmpty {
      words.append(
        comparison.kinds.isEmpty
          ? "single runs of links are not tested; train several (--runs)"
          : "the differences of the runs do not vary, so nothing is tested")
    }
    return words.joined(separator: "; ")
  }

  private func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + comparison.metric.text(value) }

  private func probability(_ value: Double) -> String {
    value < 0.001 ? String(format: "%.1e", value) : String(format: "%.3f", value)
  }
}
