import Foundation
import GroveGraphs
@testable import GroveLearning
import TestSupport
import Testing

/// Numbers of scikit-learn 1.9.1, computed once from the same inputs.
@Suite struct MetricTests {
  private func close(_ value: Double?, _ expected: Double, _ tolerance: Double = 1e-6) -> Bool {
    value.map { abs($0 - expected) <= tolerance } ?? false
  }

  @Test(
    arguments: [
      ([0.1, 0.4, 0.4, 0.8, 0.8, 0.8, 0.2, 0.5, 0.4, 0.9], "0011010101", 0.84, 0.785),
      ([0.5, 0.5, 0.5, 0.5, 0.5, 0.5], "100101", 0.5, 0.5),
      ([0.1, 0.2, 0.7, 0.9], "0011", 1, 1),
      ([0.9, 0.7, 0.2, 0.1], "0011", 0, 0.416_666_666_666_666_63),
      ([3, 2, 1, 0, -1], "00001", 0, 0.2),
    ] as [([Float], String, Double, Double)])
  func `rankings score as scikit-learn scores them, ties included`(
    scores: [Float], positive: String, auc: Double, precision: Double
  ) {
    let positive = positive.map { $0 == "1" }
    #expect(close(RankingMetrics.rocAUC(scores: scores, positive: positive), auc, 1e-12))
    #expect(close(RankingMetrics.averagePrecision(scores: scores, positive: positive), precision, 1e-12))
  }

  @Test func `the area under the curve counts ordered pairs`() {
    for seed in 0..<20 {
      var random = TestRandom(seed)
      let count = seed % 7 + 2
      let scores = (0..<count).map { _ in Float(Int.random(in: 0..<4, using: &random)) }
      let positive = (0..<count).map { _ in Bool.random(using: &random) }
      var (wins, pairs) = (0.0, 0.0)
      for i in 0..<count where positive[i] {
        for j in 0..<count where !positive[j] {
          pairs += 1
          wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
        }
      }
      let value = RankingMetrics.rocAUC(scores: scores, positive: positive)
      if pairs == 0 {
        #expect(value == nil)
      } else {
        #expect(close(value, wins / pairs, 1e-12), "\(scores) \(positive)")
      }
    }
  }

  @Test func `long rankings with ties are scored as by hand`() {
    var random = TestRandom(3)
    let count = 12_000
    let positive = (0..<count).map { _ in Int.random(in: 0..<50, using: &random) == 0 }
    let scores = positive.map { Float(Int.random(in: -300..<300, using: &random)) / 7 + ($0 ? 10 : 0) }
    // By counting the scores, which are few.
    var counts: [Float: (positives: Double, negatives: Double)] = [:]
    for (score, isPositive) in zip(scores, positive) {
      if isPositive {
        counts[score, default: (0, 0)].positives += 1
      } else {
        counts[score, default: (0, 0)].negatives += 1
      }
    }
    let all = Double(positive.count { $0 })
    var (wins, precision, hits, seen) = (0.0, 0.0, 0.0, 0.0)
    for (_, here) in counts.sorted(by: { $0.key > $1.key }) {
      wins += here.negatives * (hits + here.positives / 2)
      hits += here.positives
      seen += here.positives + here.negatives
      precision += here.positives / all * hits / seen
    }
    let area = wins / (all * (Double(count) - all))
    #expect(close(RankingMetrics.rocAUC(scores: scores, positive: positive), area, 1e-12))
    #expect(close(RankingMetrics.averagePrecision(scores: scores, positive: positive), precision, 1e-12))
  }

  @Test func `rankings of one kind only are undefined`() {
    #expect(RankingMetrics.rocAUC(scores: [], positive: []) == nil)
    #expect(RankingMetrics.rocAUC(scores: [1, 2], positive: [true, true]) == nil)
    #expect(RankingMetrics.rocAUC(scores: [1, 2], positive: [false, false]) == nil)
    #expect(RankingMetrics.averagePrecision(scores: [], positive: []) == nil)
    #expect(RankingMetrics.averagePrecision(scores: [1, 2], positive: [false, false]) == nil)
    #expect(RankingMetrics.averagePrecision(scores: [1, 2], positive: [true, true]) == 1)
  }

  @Test(.timeLimit(.minutes(1))) func `scores that are not numbers end in some value rather than never`() {
    let scores: [Float] = [.nan, 1, .nan, 2, .infinity, -.infinity]
    let positive = [true, false, true, true, false, true]
    #expect(RankingMetrics.rocAUC(scores: scores, positive: positive) != nil)
    #expect(RankingMetrics.averagePrecision(scores: scores, positive: positive) != nil)
  }

  // Four classes: class 2 is predicted but never true, class 3 true but never predicted; row 4 is a tie.
  private let logits: [Float] = [
    0.0, 0.3, -0.3, -5.9, -0.5, -1.0, 0.1, -3.7, -0.5, -0.6, 0.5, -4.6, 0.1, -0.9, -0.0, -4.3, 1.0, 1.0, 0.0, -5.0,
    -1.8, -0.2, -1.3, -4.7, 0.2, -0.2, -2.5, -5.5, -0.0, 0.1, -1.5, -5.5, -1.0, -0.8, 1.1, -5.8, -0.0, 0.9, -0.6, -5.1,
    0.1, 0.1, -1.2, -4.9, 1.4, -1.5, 0.9, -4.9,
  ]
  private let truth: [Int32] = [0, 1, 3, 0, 1, 1, 0, 3, 1, 0, 0, 3]

  @Test func `single labels score as scikit-learn scores them`() {
    let labels = Labels.single(classes: truth, names: ["a", "b", "c", "d"])
    let evaluation = NodeEvaluation(logits: logits, of: (0..<12).map { Int32($0) }, labels: labels)
    let values = evaluation.values
    #expect(evaluation.confusion?.counts == [3, 2, 0, 0, 1, 1, 2, 0, 0, 0, 0, 0, 1, 1, 1, 0])
    #expect(close(values[.accuracy], 1.0 / 3, 1e-12))
    #expect(close(values[.macroF1], 0.2125, 1e-12))
    #expect(close(values[.microF1], 1.0 / 3, 1e-12))
    #expect(close(values[.rocAUC], 0.554_839_065_255_731_9))
    #expect(close(values[.averagePrecision], 0.468_662_818_662_818_56))
    #expect(close(values[.loss], 2.391_517_828_548_826_3))
    #expect(zip(evaluation.perClass.map(\.f1), [0.6, 0.25, 0, 0]).allSatisfy { close($0, $1, 1e-12) })
    #expect(evaluation.perClass.map(\.support) == [5, 4, 0, 3])
    #expect(evaluation.perClass.map(\.predicted) == [5, 4, 3, 0])
  }

  @Test func `a class that is neither true nor predicted changes no mean`() {
    let wide: [Float] = (0..<12).flatMap { row -> [Float] in Array(logits[row * 4..<row * 4 + 4]) + [-30] }
    let labels = Labels.single(classes: truth, names: ["a", "b", "c", "d", "never"])
    let values = NodeEvaluation(logits: wide, of: (0..<12).map { Int32($0) }, labels: labels).values
    #expect(close(values[.macroF1], 0.2125, 1e-12))
    #expect(close(values[.rocAUC], 0.554_839_065_255_731_9))
    #expect(close(values[.averagePrecision], 0.468_662_818_662_818_56))
  }

  @Test func `two classes rank by the second`() {
    let logits: [Float] = [
      -0.6, 2.0, 0.8, -1.2, 0.1, 0.6, -0.2, 0.7, -0.1, 0.7, 1.4, -0.7, 0.2, -0.5, 0.1, -1.2, -0.6, -0.2,
    ]
    let labels = Labels.single(classes: [0, 1, 1, 0, 1, 0, 0, 1, 1], names: ["no", "yes"])
    let values = NodeEvaluation(logits: logits, of: (0..<9).map { Int32($0) }, labels: labels).values
    #expect(close(values[.accuracy], 5.0 / 9, 1e-12))
    #expect(close(values[.macroF1], 0.55, 1e-12))
    #expect(close(values[.rocAUC], 0.4))
    #expect(close(values[.averagePrecision], 0.525_952_380_952_381))
    #expect(close(values[.loss], 1.050_848_178_053_755_7))
  }

  // Eight nodes, four classes of which the third is predicted once and never true; two nodes have no class.
  private let several: [Float] = [
    0.9, 1.1, -1.3, -0.8, 0.6, -2.0, -0.5, -0.1, 1.3, 0.7, -0.3, -0.4, -0.3, 1.5, -0.4, -0.3, 0.4, -0.1, -0.2, -1.1,
    -0.0, -0.4, 1.2, 0.7, -0.0, 0.7, -0.3, 1.1, -0.0, 0.6, -1.3, 0.3,
  ]
  private var severalLabels: Labels {
    let rows: [[Int32]] = [[0, 3], [1, 3], [0, 1], [], [0], [1, 3], [0, 1, 3], []]
    let offsets = rows.reduce(into: [Int64(0)]) { $0.append($0[$0.count - 1] + Int64($1.count)) }
    return .multiple(
      rows: SparseRows(offsets: offsets, columns: rows.flatMap { $0 }, columnCount: 4), names: ["a", "b", "c", "d"])
  }

  @Test func `several labels a node score as scikit-learn scores them`() {
    let evaluation = NodeEvaluation(logits: several, of: (0..<8).map { Int32($0) }, labels: severalLabels)
    let values = evaluation.values
    #expect(close(values[.accuracy], 0.25, 1e-12), "a node is right where all of its classes are")
    #expect(close(values[.macroF1], 0.441_468_253_968_253_95, 1e-12))
    #expect(close(values[.microF1], 0.56, 1e-12))
    #expect(close(values[.rocAUC], 0.604_166_666_666_666_6))
    #expect(close(values[.averagePrecision], 0.714_285_714_285_714_3))
    #expect(close(values[.loss], 0.713_679_116_923_792_6))
    #expect(evaluation.confusion == nil)
    #expect(zip(evaluation.perClass.map(\.f1), [0.75, 4.0 / 9, 0, 4.0 / 7]).allSatisfy { close($0, $1, 1e-12) })
  }

  @Test(arguments: Metric.allCases) func `one metric alone is that of the whole evaluation`(metric: Metric) {
    let single = Labels.single(classes: truth, names: ["a", "b", "c", "d"])
    for (logits, labels, all) in [(logits, single, 12), (several, severalLabels, 8)] {
      for nodes in [Array(0..<all), [3, 1, 7], [2], []] {
        let rows = nodes.flatMap { logits[$0 * 4..<$0 * 4 + 4] }
        let ids = nodes.map { Int32($0) }
        let whole = NodeEvaluation(logits: rows, of: ids, labels: labels).values[metric]
        #expect(NodeEvaluation.value(of: metric, logits: rows, of: ids, labels: labels) == whole, "\(nodes)")
      }
    }
  }

  @Test func `no nodes have no metrics`() {
    let single = Labels.single(classes: truth, names: ["a", "b", "c", "d"])
    for labels in [single, severalLabels] {
      let evaluation = NodeEvaluation(logits: [], of: [], labels: labels)
      #expect(evaluation.values.ordered.isEmpty)
      #expect(evaluation.perClass.count == 4)
      #expect(evaluation.perClass.allSatisfy { $0.f1 == 0 && $0.precision == 0 && $0.recall == 0 })
    }
    #expect(ConfusionMatrix(classCount: 0).accuracy == 0)
    #expect(ConfusionMatrix(classCount: 3).macroF1 == 0)
  }

  @Test func `one class only has an accuracy but no ranking`() {
    let labels = Labels.single(classes: [1, 1], names: ["no", "yes"])
    let values = NodeEvaluation(logits: [0, 1, 2, 1], of: [0, 1], labels: labels).values
    #expect(values[.accuracy] == 0.5)
    #expect(values[.rocAUC] == nil)
    #expect(values.byName["rocAUC"] == nil)
  }

  @Test func `a loss that is not finite is absent and the other metrics are there`() {
    let labels = Labels.single(classes: [0, 1], names: ["no", "yes"])
    let values = NodeEvaluation(logits: [1, 0, .nan, .nan], of: [0, 1], labels: labels).values
    #expect(values[.loss] == nil)
    #expect(values[.accuracy] != nil)
    #expect(values.byName.values.allSatisfy { $0.isFinite }, "JSON takes finite numbers only")
  }

  @Test func `probabilities of large scores stay finite and sum to 1`() {
    let rows = NodeEvaluation.probabilities([1000, 1000, -1000, 0, 88, 3], width: 3)
    #expect(rows[0] == 0.5 && rows[1] == 0.5 && rows[2] == 0)
    #expect(abs(rows[3...5].reduce(0, +) - 1) < 1e-6)
    #expect(NodeEvaluation.largest([1, 3, 3, 0, 0, 0], width: 3) == [1, 0], "the first of equals")
  }

  @Test func `a summary is the mean and the population deviation of the runs that have the metric`() {
    let runs = [["accuracy": 0.5, "loss": 1], ["accuracy": 0.7], ["accuracy": 0.9, "loss": 3, "other": 5]]
    let summary = ScoreSummary(runs)
    let (mean, deviation) = (summary.mean, summary.deviation)
    #expect(close(mean["accuracy"], 0.7, 1e-12) && close(deviation["accuracy"], (0.08 / 3).squareRoot(), 1e-12))
    #expect(mean["loss"] == 2 && deviation["loss"] == 1 && mean["other"] == 5 && deviation["other"] == 0)
    #expect(mean.keys.sorted() == ["accuracy", "loss", "other"] && ScoreSummary([]).mean.isEmpty)
  }
}
