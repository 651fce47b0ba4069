import Foundation
import GroveGraphs
import GroveKernels
@testable import GroveLearning
import TestSupport
import Testing

/// Pages about runs.
@Suite struct ReportTests {
  /// Trains in a folder of its own and gives the page.
  private static func page(
    _ graph: SmallGraph, _ model: String = "gcn", split: Split? = nil,
    _ change: (inout TrainingConfiguration) -> Void = { $0.epochs = 6 }
  ) throws -> (html: String, page: PageReader, result: RunResult) {
    let scratch = try ScratchFolder()
    let folder = RunFolder(scratch.path)
    let (result, trained, _) = try graph.trainer(model, split: split, change).train(in: folder)
    let html = try RunReport(trained, result, in: folder).html
    return (html, PageReader(html), result)
  }

  private static func cells(_ page: PageReader) -> [String] { (page.all("td") + page.all("th")).map(\.text) }

  @Test(arguments: ["gcn", "mlp", "label-propagation", "sgc"], [false, true])
  func `every model has a page without faults, with its numbers`(model: String, several: Bool) throws {
    let (html, page, result) = try Self.page(.communities(several: several), model)
    #expect(page.faults.isEmpty, "\(page.faults)")
    #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">") && html.utf8.count < 150_000, "\(html.utf8.count)")
    for metric in [Metric.accuracy, .macroF1, .microF1] {
      let value = ReportNumbers.percent(result.test[metric.rawValue])
      #expect(Self.cells(page).contains(value), "\(metric): \(value)")
    }
    let titles = page.all("h2").map(\.text)
    #expect(titles.contains("Result") && titles.contains("Configuration") && titles.contains("Repeat it"))
    #expect(page.all("figure").count >= (several ? 4 : 6) - (model == "label-propagation" ? 1 : 0))
    #expect(page.text.contains("nothing is trained") == (model == "label-propagation"))
    #expect(page.text.contains("several classes here") == several)
  }

  @Test func `words from outside are shown as they are and never read as HTML`() throws {
    var graph = SmallGraph.communities()
    let names = ["<script>alert(\"1\")</script>", "a & b's <i>", "tab\tnull\u{0}\u{FFFF}\u{1B}[1m \u{202E}end"]
    guard case .single(let classes, _)? = graph.classes else { return }
    graph.classes = .single(classes: classes, names: names)
    graph.name = "</title><img src=x onerror=alert(1)>"
    let (html, page, _) = try Self.page(graph)
    #expect(page.faults.isEmpty, "\(page.faults)")
    #expect(page.all("title")[0].text.contains(graph.name) && page.all("h1")[0].text.contains(graph.name))
    #expect(Self.cells(page).contains(names[0]) && Self.cells(page).contains(names[1]))
    #expect(Self.cells(page).contains { $0.hasPrefix("tab\tnull\u{FFFD}\u{FFFD}\u{FFFD}[1m") })
    #expect(!html.contains("<script") && !html.contains("<img") && !html.contains("\u{0}"))
  }

  @Test func `parts without nodes are said to be so`() throws {
    let graph = SmallGraph.communities()
    let thirds = graph.splits[0]
    let noTest = Split(name: "no test", kind: "k", train: thirds.train, validation: thirds.validation, test: [])
    let validated = try Self.page(graph, split: noTest).page
    #expect(validated.faults.isEmpty, "\(validated.faults)")
    #expect(
      validated.text.contains("no test nodes") && validated.text.contains("\(thirds.validation.count) validation nodes")
    )
    let trainOnly = Split(name: "train only", kind: "k", train: thirds.train, validation: [], test: [])
    let trained = try Self.page(graph, split: trainOnly).page
    #expect(trained.faults.isEmpty, "\(trained.faults)")
    #expect(trained.text.contains("the model learned from") && trained.text.contains("the last epoch is kept"))
    let classes = try #require(graph.classes)
    let missing = Split(
      name: "m", kind: "k", train: thirds.train, validation: thirds.validation,
      test: thirds.test.filter { classes.classes(of: [$0]) != [1] })
    let lacking = try Self.page(graph, split: missing).page
    #expect(lacking.faults.isEmpty && lacking.text.contains("No test node has the class b"))
    let one = Split(name: "o", kind: "k", train: thirds.train, validation: [], test: [thirds.test[0]])
    #expect(try Self.page(graph, split: one).page.faults.isEmpty)
  }

  @Test(arguments: [9, 10, 11, 45, 120]) func `many classes stay legible and few bytes`(count: Int) throws {
    var graph = SmallGraph.communities(400)
    graph.classes = .single(
      classes: (0..<400).map { Int32($0 % count) }, names: (0..<count).map { "class number \($0) of a long name" })
    let (html, page, _) = try Self.page(graph)
    #expect(page.faults.isEmpty, "\(page.faults)")
    #expect(html.utf8.count < 300_000, "\(html.utf8.count)")
    #expect(page.all("figure").contains { $0.text.hasPrefix("Confusion matrix") } == (count <= 80))
    #expect(page.all("figure").contains { $0.text.hasPrefix("Largest confusions") })
    #expect(page.all("ul").last?.text.contains("other classes") == (count > 8))
  }

  @Test func `two nodes of each kind make a page`() throws {
    var graph = SmallGraph.communities(12)
    graph.edgeList = EdgeList(sources: [], targets: [], isDirected: false)
    let page = try Self.page(graph).page
    #expect(page.faults.isEmpty, "\(page.faults)")
    #expect(page.all("figure").contains { $0.text.hasPrefix("By degree") }, "every node has degree 0")
  }

  @Test func `a long training is thinned out, with its first, last and kept epoch`() throws {
    let points = (1...5000).map { (epoch: $0, value: Double($0)) }
    let thin = CurvesFigure.thinned(points, keeping: 1234)
    #expect(thin.count <= CurvesFigure.most + 2 && thin.first?.epoch == 1 && thin.last?.epoch == 5000)
    #expect(thin.contains { $0.epoch == 1234 } && zip(thin, thin.dropFirst()).allSatisfy { $0.epoch < $1.epoch })
    #expect(CurvesFigure.thinned(Array(points.prefix(160)), keeping: nil).count == 160)
    let (html, page, _) = try Self.page(.communities()) { ($0.epochs, $0.patience) = (900, 0) }
    #expect(page.faults.isEmpty && html.utf8.count < 150_000, "\(html.utf8.count)")
  }

  @Test func `the number of threads changes no byte`() throws {
    var pages: [String] = []
    try ThreadCounts.forEach([1, 2, 3]) { _ in pages.append(try Self.page(.communities(150)).html) }
    #expect(pages[1] == pages[0] && pages[2] == pages[0])
  }

  @Test func `a page tells neither when nor where it was made`() throws {
    let html = try Self.page(.communities()).html
    for word in [FileManager.default.temporaryDirectory.path, "202\(5)-", ProcessInfo.processInfo.hostName] {
      #expect(!html.contains(word), "\(word)")
    }
  }

  @Test func `several runs have a page with their mean, deviation and links`() throws {
    let scratch = try ScratchFolder()
    let folder = RunFolder(scratch.path)
    let graph = SmallGraph.communities()
    let trainers = try (0..<3).map { run in try graph.trainer("gcn", run: run) { ($0.epochs, $0.runs) = (5, 3) } }
    let results = try zip(trainers, folder.parts(count: 3)).map { trainer, part in
      try AtomicFile.makeFolder(part.path)
      return try trainer.train(in: part).result
    }
    let html = try SummaryReport(trainers[0], results, in: folder).html
    let page = PageReader(html)
    #expect(page.faults.isEmpty, "\(page.faults)")
    let summary = ScoreSummary(results.map(\.test))
    let (mean, deviation) = (summary.mean["accuracy"], summary.deviation["accuracy"])
    let text = "\(ReportNumbers.percent(mean)) ± \(ReportNumbers.percent(deviation))"
    #expect(Self.cells(page).contains(text), "\(text)")
    let links = page.all("a").compactMap { $0.attributes["href"] }.filter { $0.hasPrefix("run-") }
    #expect(links == ["run-0/report.html", "run-1/report.html", "run-2/report.html"])
    #expect(page.all("path").count { $0.attributes["class"]?.contains("thin") == true } == 6)
  }

  @Test(arguments: [1, 4]) func `a comparison has a page`(runs: Int) throws {
    let labels = Labels.single(classes: [0, 1, 0], names: ["a", "b"])
    let entries = (0..<3).map { number in
      RunComparison.Entry(
        name: "runs/<\(number)>", model: "gcn",
        results: (0..<runs).map { run in
          RunResult(
            run: run, split: "s", parameters: 1, epochs: 1, bestEpoch: 1, secondsPerEpoch: 1, train: [:],
            validation: [:], test: ["accuracy": 0.5 + 0.1 * Double(number) + 0.01 * Double(run * run * number)])
        }, test: (0..<runs).map { _ in [0, 1, 2] }, labels: labels, isRight: [true, number > 0, number > 1])
    }
    let comparison = try RunComparison(entries, metric: RunScore(.accuracy))
    let page = PageReader(ComparisonReport(comparison, graphName: "small").html)
    #expect(page.faults.isEmpty, "\(page.faults)")
    #expect(Self.cells(page).contains("runs/<2>") && page.text.contains("after Holm"))
    #expect(page.text.contains(runs == 1 ? "McNemar" : "Wilcoxon"))
  }
}

/// Numbers and pieces that pages are made of.
@Suite struct ReportPieceTests {
  @Test func `numbers are written short and right`() {
    #expect(ReportNumbers.place(12.34) == "12.3" && ReportNumbers.place(-0.04) == "0" && ReportNumbers.place(7) == "7")
    #expect(
      ReportNumbers.place(-0.5) == "-.5" && ReportNumbers.place(-3.25) == "-3.3" && ReportNumbers.place(0.96) == "1")
    #expect(ReportNumbers.place(.nan) == "0" && ReportNumbers.place(.infinity) == "0")
    #expect(ReportNumbers.count(1_234_567) == "1,234,567" && ReportNumbers.count(-1000) == "−1,000")
    #expect(ReportNumbers.percent(nil) == "–" && ReportNumbers.percent(.nan) == "–")
    #expect(RunScore(.accuracy).difference(-0.0123) == "−1.23" && RunScore(.loss).difference(0.5) == "+0.5000")
    #expect(RunScore(.accuracy).difference(1e-9) == "0.00" && RunScore(.accuracy).difference(nil) == "–")
    #expect([-2, 0, 1234].map(ReportNumbers.signed) == ["−2", "0", "+1,234"])
    #expect(ReportNumbers.probability(0.04321) == "0.043" && ReportNumbers.probability(1.2e-5) == "1.2e-05")
    #expect(ReportNumbers.shortened("neural networks", to: 7) == "neural…")
  }

  @Test func `ticks are round numbers within their range`() {
    #expect(
      ReportNumbers.ticks(in: 0...1, about: 5).values.map { ReportNumbers.fixed($0, 1) } == [
        "0.0", "0.2", "0.4", "0.6", "0.8", "1.0",
      ])
    #expect(ReportNumbers.ticks(in: 71.3...84.9, about: 5).values == [75, 80])
    #expect(ReportNumbers.ticks(in: 0...177, about: 5).values == [0, 50, 100, 150])
    #expect(ReportNumbers.ticks(in: 3...3, about: 5).values == [3])
    for (low, high) in [(-1.0, 1.0), (1e-9, 3e-9), (0.1, 1e12), (-5e-4, 2)] {
      let ticks = ReportNumbers.ticks(in: low...high, about: 5).values
      #expect((2...12).contains(ticks.count) && ticks.allSatisfy { $0 >= low - 1e-9 * high && $0 <= high * (1 + 1e-9) })
    }
  }

  @Test func `curves below 0 are drawn, as silhouettes may be`() throws {
    let curve = CurvesFigure.Curve(name: "silhouette", color: 0, isDashed: false, points: [(1, -0.3), (2, -0.1)])
    let figure = CurvesFigure(
      title: "Silhouette", text: "", curves: [curve], isShare: false, bestEpoch: nil, lastEpoch: 2)
    let page = PageReader(try #require(figure.markup).source)
    #expect(page.problem == nil && page.all("text").contains { $0.text == "-0.20" || $0.text == "-0.2" })
  }

  @Test func `labels are set apart and stay in their range`() {
    let spread = Drawing.spread([100, 101, 99, 10], gap: 15, within: 0...110)
    #expect(spread[3] == 10 && spread[1] <= 110)
    #expect(spread[2] <= spread[0] - 15 && spread[0] <= spread[1] - 15, "\(spread)")
    #expect(Drawing.spread([], gap: 1, within: 0...1).isEmpty)
  }

  @Test func `places are joined to one line`() {
    #expect(Drawing.joined([(1, 2), (3.05, -4), (5, 6.5)]) == "M1 2L3.1-4 5 6.5")
    #expect(Drawing.joined([]).isEmpty && Drawing.joined([(1, 1)]) == "M1 1")
  }

  @Test func `the command of a configuration sets it again`() throws {
    var layer = ConfigurationLayer(origin: "test")
    let values: [(String, Any)] = [
      ("model", "sage"), ("hidden", 32), ("lr", 0.005), ("residual", true), ("weightDecay2", 0.25), ("metric", "loss"),
      ("splits", ["a b", "it's"]), ("fanouts", [15, -1]), ("relations", ["cites", "x"]), ("store", "/data/my graph"),
      ("batch", 64), ("sharedWeights", false), ("runs", 3),
    ]
    for (key, value) in values { layer.set(key, value) }
    let configuration = try TrainingConfiguration(layers: [layer])
    let line = TrainingConfiguration.shellLine(try configuration.commandWords(out: "again"))
    for words in [
      "grove train '/data/my graph' --model sage ", " --hidden 32 ", " --lr 0.005 ", " --residual ",
      " --weight-decay-2 0.25 ", " --metric loss ", " --split 'a b' --split 'it'\\''s' ", " --fanouts 15,-1 ",
      " --relations cites,x ", " --batch 64 ", " --no-shared-weights ", " --runs 3 ",
    ] { #expect(line.contains(words), "\(words) in \(line)") }
    #expect(line.hasSuffix(" --out again") && !line.contains("--epochs"), "\(line)")
  }
}
