import Foundation
import GroveGraphs
import GroveKernels
@testable import GroveLearning
import TestSupport
import Testing

/// Pages about open-world runs, alone, several, and side by side.
@Suite struct OpenWorldReportTests {
  private static let graph = SmallGraph.planted()

  /// Trains so many runs below a folder.
  private static func train(
    _ count: Int, in folder: RunFolder, _ graph: SmallGraph = graph,
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> [(trainer: OpenWorldTrainer, result: RunResult, model: OpenWorldModel, folder: RunFolder)] {
    try folder.parts(count: count).enumerated().map { run, part in
      try AtomicFile.makeFolder(part.path)
      let trainer = try graph.openWorldTrainer(run: run) {
        $0.runs = count
        change(&$0)
      }
      let done = try trainer.train(in: part)
      return (trainer, done.result, done.model, part)
    }
  }

  private static func cells(_ page: PageReader) -> [String] { (page.all("td") + page.all("th")).map(\.text) }

  /// The best of all ways to call the predicted classes, found by trying each: which nodes it has right.
  private static func slowlyRight(_ truth: [Int32], _ predicted: [Int], count: Int) -> [Bool] {
    func orders(_ rest: [Int]) -> [[Int]] {
      rest.isEmpty ? [[]] : rest.flatMap { first in orders(rest.filter { $0 != first }).map { [first] + $0 } }
    }
    let all = orders(Array(0..<count)).map { order in zip(truth, predicted).map { Int($0) == order[$1] } }
    return all.max { $0.count { $0 } < $1.count { $0 } } ?? []
  }

  @Test func `a run has a page with its map three ways`() throws {
    let scratch = try ScratchFolder()
    let run = try Self.train(1, in: RunFolder(scratch.path)) { $0.epochs = 8 }[0]
    let html = try OpenWorldReport(run.model, run.result, in: run.folder).html
    let page = PageReader(html)
    #expect(page.faults.isEmpty, "\(page.faults)")
    #expect(!html.contains("<script") && html.utf8.count < 200_000, "\(html.utf8.count)")
    for key in OpenWorldEvaluation.keys where !key.hasSuffix("Rate") {
      #expect(Self.cells(page).contains(ReportNumbers.percent(run.result.test[key])), "\(key)")
    }
    for title in ["True classes", "Predicted classes", "Seen and novel", "Principal components"] {
      let marks = ["full", "hollow"].map { OpenWorldMapTests.marks($0, title, in: page) }
      #expect(marks.reduce(0, +) == 80, "\(title): \(marks)")
      // Half of the planted classes are seen, by true class.
      #expect(title.hasPrefix("Predicted") || marks == [40, 40], "\(title): \(marks)")
    }
    #expect(page.text.contains("All 80 nodes, by their embeddings"))
  }

  @Test func `a large graph is drawn as a sample, and the number of threads changes no byte`() throws {
    let large = SmallGraph.planted(size: 300, labeled: 20)
    var pages: [String] = []
    try ThreadCounts.forEach([1, 2]) { _ in
      let scratch = try ScratchFolder()
      let run = try Self.train(1, in: RunFolder(scratch.path), large) { ($0.batch, $0.epochs) = (700, 2) }[0]
      pages.append(try OpenWorldReport(run.model, run.result, in: run.folder).html)
      let again = try OpenWorldReport(run.trainer.trained(in: run.folder), run.result, in: run.folder).html
      #expect(again == pages.last, "the page of the weights in the folder")
    }
    #expect(pages[0] == pages[1])
    #expect(pages[0].contains("A sample of 1,000 of 1,200 nodes") && pages[0].utf8.count < 400_000)
  }

  @Test func `nodes of unknown class are crosses and nothing is counted of them`() throws {
    let scratch = try ScratchFolder()
    let graph = Self.graph.relabeled { classes in
      for node in classes.indices where classes[node] >= 2 { classes[node] = -1 }
    }
    let run = try Self.train(1, in: RunFolder(scratch.path), graph)[0]
    let page = PageReader(try OpenWorldReport(run.model, run.result, in: run.folder).html)
    #expect(page.faults.isEmpty, "\(page.faults)")
    #expect(OpenWorldMapTests.marks("full s7", "True classes", in: page) == 40)
    #expect(OpenWorldMapTests.marks("hollow", "True classes", in: page) == 0)
    #expect(OpenWorldMapTests.marks("hollow", "Predicted classes", in: page) > 0, "novel clusters are drawn")
    #expect(page.text.contains("class not known (40)") && page.text.contains("Of 40 nodes here whose class is known"))
  }

  @Test func `right nodes are those of the best way to call the clusters`() throws {
    let run = try Self.graph.openWorldTrainer { $0.epochs = 2 }.train(in: nil)
    let test = Self.graph.splits[0].test
    let right = run.model.isRight(on: test)
    let predicted = run.model.predictions().classes
    let expected = Self.slowlyRight(test.map { $0 % 4 }, test.map { predicted[Int($0)][0] }, count: 4)
    #expect(right.count { $0 } == expected.count { $0 })
    #expect(abs(Double(right.count { $0 }) / Double(test.count) - (run.result.test["overall"] ?? -1)) < 1e-12)
    let unknown = try Self.graph.relabeled { $0[Int(test[0])] = -1 }.openWorldTrainer { $0.epochs = 2 }.train(in: nil)
    #expect(!unknown.model.isRight(on: [test[0]])[0])
  }

  // MARK: - Number of classes

  @Test func `an estimate is told with its error, where there is one`() {
    func counts(_ used: Int, _ isEstimated: Bool, _ seen: Int, _ split: Int) -> RunResult.ClassCounts {
      RunResult.ClassCounts(used: used, isEstimated: isEstimated, seen: seen, split: split)
    }
    #expect(counts(9, true, 4, 7).error == 2 && counts(9, true, 4, 7).signedError == "+2")
    #expect(counts(5, true, 4, 7).error == -2 && counts(5, true, 4, 7).signedError == "−2")
    #expect(counts(7, true, 4, 7).error == 0 && counts(7, false, 4, 7).error == nil)
    #expect(counts(9, true, 4, 4).error == nil, "a split without novel classes does not say how many there are")
    #expect(counts(9, true, 4, 7).sentence.contains("9. The split has 7, so the error of the estimate is +2."))
    #expect(counts(9, true, 4, 4).sentence.contains("is not known"))
    #expect(counts(7, false, 4, 7).sentence == "K, the number of classes, is 7, that of the split.")
    #expect(counts(9, false, 4, 7).sentence == "K, the number of classes, is 9, as given; the split has 7.")
  }

  @Test func `a page says what K was and how far off`() throws {
    let scratch = try ScratchFolder()
    let run = try Self.train(1, in: RunFolder(scratch.path)) { $0.epochs = 1 }[0]
    var result = run.result
    for (used, remark) in [(6, "estimated; the split has 4, error +2"), (3, "estimated; the split has 4, error −1")] {
      result.classes = RunResult.ClassCounts(used: used, isEstimated: true, seen: 2, split: 4)
      let page = PageReader(try OpenWorldReport(run.model, result, in: run.folder).html)
      let facts = page.all("dd").map(\.text)
      let place = try #require(facts.firstIndex(of: remark), "\(facts)")
      #expect(facts[place - 1] == "\(used)")
      #expect(page.all("p").contains { $0.text == result.classes?.sentence })
    }
  }

  // MARK: - Several runs

  @Test func `several runs have a page with means, deviations, numbers of classes and links`() throws {
    let scratch = try ScratchFolder()
    let folder = RunFolder(scratch.path)
    let runs = try Self.train(3, in: folder) { $0.epochs = 3 }
    var results = runs.map(\.result)
    results[1].classes?.used = 6
    results[1].classes?.isEstimated = true
    let html = try SummaryReport(runs[0].trainer, results, in: folder).html
    let page = PageReader(html)
    #expect(page.faults.isEmpty, "\(page.faults)")
    #expect(page.all("h1")[0].text == "openima on small, 3 runs")
    for key in ["overall", "seen", "novel", "seenSeparate", "novelSeparate"] {
      let values = results.map { $0.test[key] ?? -1 }
      let mean = values.reduce(0, +) / 3
      let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3).squareRoot()
      let text = String(format: "%.2f ± %.2f", 100 * mean, 100 * deviation)
      #expect(Self.cells(page).contains(text), "\(key): \(text)")
    }
    let imbalance = results.map { $0.test["imbalanceRate"] ?? -1 }.reduce(0, +) / 3
    #expect(page.text.contains("imbalance rate " + String(format: "%.3f ± ", imbalance)))
    let rows = page.all("tr").map(\.text).filter { $0.hasPrefix("run ") && $0.contains("openworld_1") }
    #expect(rows.count == 3 && rows[1].contains("6 (+2)") && !rows[0].contains("("))
    let links = page.all("a").compactMap { $0.attributes["href"] }.filter { $0.hasPrefix("run-") }
    #expect(links == ["run-0/report.html", "run-1/report.html", "run-2/report.html"])
    #expect(page.all("path").count { $0.attributes["class"]?.contains("thin") == true } == 9, "three curves a run")
    #expect(page.text.contains("4–6") && page.text.contains("off by 2.0 on average"))
    #expect(try SummaryReport(runs[0].trainer, results, in: folder).html == html)
  }

  // MARK: - Side by side

  private static func entry(
    _ name: String, _ overall: [Double], seen: [Int32] = [0, 1], isRight: [Bool]? = nil
  ) -> RunComparison.Entry {
    RunComparison.Entry(
      name: name, model: "gat", method: "openima",
      results: overall.enumerated().map { run, overall in
        RunResult(
          run: run, split: "openworld_\(run)", parameters: 1, epochs: 1, bestEpoch: 1, secondsPerEpoch: 1, train: [:],
          validation: [:],
          test: [
            "overall": overall, "seen": overall / 2, "novel": 0.25, "overallSeparate": overall,
            "seenSeparate": overall / 4, "novelSeparate": 0.375, "imbalanceRate": 1 + overall, "separationRate": 2,
          ], classes: RunResult.ClassCounts(used: 4 + run, isEstimated: true, seen: 2, split: 4))
      }, test: overall.map { _ in [2, 3, 4] },
      labels: .single(classes: [0, 1, 0, 2, 3], names: ["a", "b", "c", "d"]),
      divisions: overall.map { _ in ClassDivision(seen: seen, novel: [2, 3]) }, isRight: isRight)
  }

  @Test func `scores have the keys of the command line, in the order of tables`() {
    let scores = RunScore.all(isOpenWorld: true)
    #expect(scores.map(\.key) == OpenWorldEvaluation.keys)
    #expect(Set(scores.map(\.name)).count == scores.count && Set(scores.map(\.group)).count == 3)
    #expect(scores.first { $0.key == "imbalanceRate" }?.isLargerBetter == false)
    #expect(RunScore.all(isOpenWorld: false).map(\.key) == Metric.allCases.map(\.rawValue))
  }

  @Test(arguments: [1, 4]) func `open-world trainings side by side have a page`(runs: Int) throws {
    let entries = (0..<3).map { number in
      Self.entry(
        "runs/\(number)", (0..<runs).map { 0.5 + 0.1 * Double(number) + 0.01 * Double($0 * $0 * number) },
        isRight: [true, number > 0, number > 1])
    }
    let scores = RunScore.all(isOpenWorld: true)
    let comparison = try RunComparison(entries, metric: scores[0])
    #expect(
      comparison.groups.map { $0.map(\.key) } == [
        ["overall", "seen", "novel"], ["overallSeparate", "seenSeparate", "novelSeparate"],
        ["imbalanceRate", "separationRate"],
      ])
    #expect(comparison.ranking == [2, 1, 0])
    let imbalance = try #require(scores.first { $0.key == "imbalanceRate" })
    #expect(
      try RunComparison(entries, metric: imbalance).ranking == [0, 1, 2], "a smaller imbalance is the better one")
    let page = PageReader(ComparisonReport(comparison, graphName: "small").html)
    #expect(page.faults.isEmpty, "\(page.faults)")
    #expect(Self.cells(page).contains("openima with gat") && page.text.contains("after Holm"))
    #expect(page.text.contains(runs == 1 ? "McNemar" : "Wilcoxon"))
    #expect(page.text.contains("under one matching over all test nodes") == (runs == 1))
    #expect(Self.cells(page).contains(runs == 1 ? "4" : "5.5"), "mean of the numbers of classes")
    if runs == 1 {
      #expect(
        comparison.pairs.map { $0.discordant.map { [$0.firstOnly, $0.secondOnly] } } == [[0, 1], [0, 2], [0, 1]])
      // The third less the first, in each score: 0.2, 0.1, 0, 0.2, 0.05, 0, 0.2, 0.
      let row = page.all("tr").map(\.text).first { $0.hasPrefix("runs/2openima with gat+20.00+10.000.00") }
      #expect(row?.hasSuffix("+20.00+5.000.00+0.2000.000") == true, "\(row ?? "none")")
    }
  }

  @Test func `open-world trainings that cannot be compared are told`() {
    let scores = RunScore.all(isOpenWorld: true)
    func told(_ other: RunComparison.Entry) -> String {
      failure { _ = try RunComparison([Self.entry("x", [0.5]), other], metric: scores[0]) }?.text ?? ""
    }
    #expect(told(Self.entry("y", [0.5], seen: [1, 0])).isEmpty, "the order of seen classes means nothing")
    #expect(
      told(Self.entry("y", [0.5], seen: [0, 2])).contains("y cannot be compared with x: they have other seen classes"))
    var other = Self.entry("y", [0.5])
    other.method = nil
    #expect(told(other).contains("it is of --task nodes and the other of --task open-world; compare runs of one task"))
  }
}
