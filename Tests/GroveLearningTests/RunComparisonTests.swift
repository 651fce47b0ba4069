import GroveGraphs
import GroveKernels
@testable import GroveLearning
import Testing

/// Trainings side by side.
@Suite struct RunComparisonTests {
  private static let labels = Labels.single(classes: [0, 1, 0, 1, 0, 1], names: ["a", "b"])

  private static func result(_ run: Int, accuracy: Double?) -> RunResult {
    RunResult(
      run: run, split: "s\(run)", parameters: 5, epochs: 3, bestEpoch: 2, secondsPerEpoch: 0.1, train: [:],
      validation: [:], test: accuracy.map { ["accuracy": $0, "loss": 1 - $0] } ?? [:])
  }

  private static func entry(
    _ name: String, _ accuracies: [Double?], test: [Int32] = [1, 2, 3, 4], isRight: [Bool]? = nil
  ) -> RunComparison.Entry {
    RunComparison.Entry(
      name: name, model: "gcn", results: accuracies.enumerated().map { result($0, accuracy: $1) },
      test: accuracies.map { _ in test }, labels: labels, isRight: isRight)
  }

  @Test func `single runs are compared node by node whatever the order of the split`() throws {
    let comparison = try RunComparison(
      [
        Self.entry("x", [0.75], test: [1, 2, 3, 4], isRight: [true, true, true, false]),
        Self.entry("y", [0.5], test: [4, 3, 2, 1], isRight: [true, false, false, true]),
      ], metric: RunScore(.accuracy))
    let pair = comparison.pairs[0]
    // Node 1: both; 2 and 3: only the first; 4: only the second.
    #expect(pair.discordant.map { [$0.firstOnly, $0.secondOnly] } == [2, 1])
    #expect(pair.difference == -0.25 && pair.tests.map(\.test.kind) == [.mcnemar] && pair.halfWidth == nil)
    #expect(comparison.ranking == [0, 1] && comparison.runCount == 1)
  }

  @Test func `several runs are paired by number, and every pair is adjusted for`() throws {
    let comparison = try RunComparison(
      [
        Self.entry("x", [0.5, 0.6, 0.55, 0.58]), Self.entry("y", [0.6, 0.65, 0.7, 0.61]),
        Self.entry("z", [0.1, 0.3, 0.2, 0.22]),
      ], metric: RunScore(.accuracy))
    #expect(comparison.pairs.map { [$0.first, $0.second] } == [[0, 1], [0, 2], [1, 2]])
    #expect(comparison.ranking == [1, 0, 2])
    for kind in [PairedTest.Kind.student, .wilcoxon] {
      let tests = comparison.pairs.map { $0.tests.first { $0.test.kind == kind } }
      #expect(tests.map { $0?.adjusted ?? -1 } == PairedTest.holm(tests.map { $0?.test.pValue ?? -1 }))
    }
    let differences = [0.6 - 0.5, 0.65 - 0.6, 0.7 - 0.55, 0.61 - 0.58]
    #expect(comparison.pairs[0].tests.first?.test == PairedTest.student(differences))
    #expect(comparison.pairs[0].halfWidth == PairedTest.interval(differences)?.halfWidth)
    let byLoss = try RunComparison(comparison.entries, metric: RunScore(.loss))
    #expect(byLoss.ranking == [1, 0, 2], "a smaller loss is the better one")
  }

  @Test func `equal trainings differ by nothing and are not tested`() throws {
    let comparison = try RunComparison(
      [Self.entry("x", [0.5, 0.5]), Self.entry("y", [0.5, 0.5])], metric: RunScore(.accuracy))
    #expect(comparison.pairs[0].difference == 0 && comparison.pairs[0].tests.isEmpty)
  }

  @Test func `what cannot be compared is told`() {
    func told(_ other: RunComparison.Entry, metric: Metric = .accuracy) -> String {
      failure { _ = try RunComparison([Self.entry("x", [0.5]), other], metric: RunScore(metric)) }?.text ?? ""
    }
    #expect(told(Self.entry("y", [0.5, 0.6])).contains("it has 2 runs and the other 1 run"))
    #expect(told(Self.entry("y", [0.5], test: [1, 2, 3, 5])).contains("other test nodes"))
    func labeled(_ classes: [Int32], names: [String] = ["a", "b"]) -> RunComparison.Entry {
      var entry = Self.entry("y", [0.5])
      entry.test = .nodes([[1, 2, 3, 4]], .single(classes: classes, names: names), [])
      return entry
    }
    #expect(told(labeled([0, 1, 0, 1, 0])).contains("5 nodes"))
    #expect(told(labeled([0, 1, 0, 1, 0, 1], names: ["a", "c"])).contains("classes differ"))
    #expect(told(labeled([0, 1, 1, 1, 0, 1])).contains("node 2 has other classes"))
    #expect(told(Self.entry("y", [0.5]), metric: .rocAUC).contains("no run has rocAUC"))
    let none = failure {
      _ = try RunComparison(
        [Self.entry("x", [0.5], test: []), Self.entry("y", [0.5], test: [])], metric: RunScore(.accuracy))
    }
    #expect(none?.text.contains("no test nodes") == true && none?.kind == .badData)
  }

  // MARK: - Links

  private static func links(
    _ name: String, _ values: [Double], test: [Int32] = [3, 4], nodes: Int = 6
  ) throws -> RunComparison.Entry {
    var layer = ConfigurationLayer(origin: "test")
    layer.set("task", "links")
    layer.set("metric", "hits@3")
    let results = values.enumerated().map { run, value in
      RunResult(
        run: run, split: "s\(run)", parameters: 5, epochs: 3, bestEpoch: 2, secondsPerEpoch: 0.1, train: [:],
        validation: [:], test: ["auc": value, "hits@3": 1 - value])
    }
    let part = LinkEvaluation(positives: EdgeList(sources: [0, 1], targets: test, isDirected: true))
    return RunComparison.Entry(
      name: name, configuration: try TrainingConfiguration(layers: [layer]), results: results,
      test: values.map { _ in part }, between: .directed(nodes: nodes))
  }

  @Test func `runs on links are paired by number and tested by their own metrics`() throws {
    let entries = [try Self.links("x", [0.5, 0.6, 0.55]), try Self.links("y", [0.6, 0.65, 0.7])]
    let scores = RunComparison.scores(of: entries)
    #expect(scores.map(\.key) == ["auc", "hits@3"])
    let comparison = try RunComparison(entries, metric: scores[0])
    #expect(comparison.isOfLinks && comparison.ranking == [1, 0] && comparison.groups == [scores])
    #expect(comparison.pairs[0].tests.first?.test == PairedTest.student([0.6 - 0.5, 0.65 - 0.6, 0.7 - 0.55]))
    let page = ComparisonReport(comparison, graphName: "g").html
    #expect(page.contains("Metrics on test links") && !page.contains("test nodes"))
  }

  @Test func `single runs on links stand side by side without a test`() throws {
    let entries = [try Self.links("x", [0.5]), try Self.links("y", [0.6])]
    let comparison = try RunComparison(entries, metric: RunComparison.scores(of: entries)[0])
    #expect(abs((comparison.pairs[0].difference ?? 0) - 0.1) < 1e-12 && comparison.pairs[0].tests.isEmpty)
    let page = ComparisonReport(comparison, graphName: "g").html
    #expect(page.contains("are not tested") && !page.contains("McNemar"))
  }

  @Test func `runs on other links cannot be compared`() throws {
    let first = try Self.links("x", [0.5, 0.6])
    func told(_ other: RunComparison.Entry) -> String {
      failure { _ = try RunComparison([first, other], metric: RunComparison.scores(of: [first])[0]) }?.text ?? ""
    }
    #expect(
      told(try Self.links("y", [0.5, 0.6], test: [3, 5])).contains("other test links in run 0 (splits s0 and s0)"))
    #expect(told(try Self.links("y", [0.5, 0.6], nodes: 7)).contains("between other nodes"))
    #expect(told(try Self.links("y", [0.5])).contains("it has 1 run and the other 2 runs"))
    #expect(told(Self.entry("y", [0.5, 0.6])).contains("of --task nodes and the other of --task links"))
  }
}
