import ArgumentParser
import Foundation
import GroveKernels
import GroveLearning

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Trainings side by side, with tests of their differences.",
    discussion: """
      Example: grove compare run other-run

      All must have the same test nodes or links and equally many runs. One run each: McNemar's test over test nodes. Several: \
      runs are paired by number, for a t-test and Wilcoxon's signed-rank test. With more than two trainings every pair is \
      tested and probabilities are adjusted after Holm. Runs are compared with those of their own task only; in open-world \
      runs a test node is right where its cluster is matched with its class under one matching over all test nodes. Single \
      runs of links are set side by side and not tested.
      """)

  @Argument(help: "Folders of runs, two or more.") var runs: [String]
  @Option(
    help: """
      What to compare: accuracy (default), macroF1, microF1, rocAUC, averagePrecision or loss; of open-world runs overall \
      (default), seen, novel, the same with Separate appended, imbalanceRate or separationRate; of links auc, ap, mrr, hits@10 \
      and others that the runs have (default: the first of them).
      """)
  var metric: String?
  @Option(help: "A page with tables and figures, .html.") var out: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    guard runs.count >= 2 else { throw TrainingFailure.configuration("give two or more runs to compare") }
    if let out, !["html", "htm"].contains((out as NSString).pathExtension.lowercased()) {
      throw TrainingFailure.configuration("--out \(out): the page is HTML; give a name that ends with .html")
    }
    let compared = try ComparedRuns(runs)
    let scores = compared.scores
    let named = metric.map { key in scores.first { $0.key == key } }
    guard let score = named ?? scores.first else {
      throw TrainingFailure.configuration(
        "--metric \(metric ?? ""): choose one of \(scores.map(\.key).joined(separator: ", "))")
    }
    // Once without predictions, so that what cannot be compared is told before models are run.
    _ = try RunComparison(compared.entries, metric: score)
    let comparison = try RunComparison(try compared.scored(), metric: score)
    if let out {
      try AtomicFile.write(ComparisonReport(comparison, graphName: compared.graphName).html, to: out)
    }
    var report = Report("compare")
    ComparisonTables(comparison: comparison).fill(&report)
    report.set("graph", compared.graphName)
    report.set("path", out)
    if let out { report.say("Page in \(out)") }
    try report.finish(common)
  }
}
