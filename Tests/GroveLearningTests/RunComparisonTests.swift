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
    var other = Self.entry("y", [0.5])
    other.labels = .single(classes: [0, 1, 0, 1, 0], names: ["a", "b"])
    #expect(told(other).contains("5 nodes"))
    other.labels = .single(classes: [0, 1, 0, 1, 0, 1], names: ["a", "c"])
    #expect(told(other).contains("classes differ"))
    other.labels = .single(classes: [0, 1, 1, 1, 0, 1], names: ["a", "b"])
    #expect(told(other).contains("node 2 has other classes"))
    #expect(told(Self.entry("y", [0.5]), metric: .rocAUC).contains("no run has rocAUC"))
    let none = failure {
      _ = try RunComparison(
        [Self.entry("x", [0.5], test: []), Self.entry("y", [0.5], test: [])], metric: RunScore(.accuracy))
    }
    #expect(none?.text.contains("no test nodes") == true && none?.kind == .badData)
  }
}
