import GroveGraphs
@testable import GroveLearning
import TestSupport
import Testing

/// What reports say of single nodes: calibration, ranges, homophily.
@Suite struct NodeScoreTests {
  @Test func `the calibration error of five decisions is the one worked out by hand`() throws {
    // Two in (0.8, 0.9], one of them right: |0.5 − 0.84375| · 2; two of 0.5 in (0.4, 0.5], both right: |1 − 0.5| · 2; one
    // of 1 that is wrong: 1.
    let calibration = Calibration(
      confidences: [0.8125, 0.875, 0.5, 0.5, 1], isRight: [true, false, true, true, false])
    let error = try #require(calibration.expectedError)
    #expect(abs(error - (0.34375 * 2 + 0.5 * 2 + 1) / 5) < 1e-12)
    #expect(calibration.largestError == 1)
    #expect(calibration.bins.map(\.count) == [0, 0, 0, 0, 2, 0, 0, 0, 2, 1])
    #expect(calibration.bins[8].right == 0.5 && calibration.bins[8].confidence == 0.84375)
  }

  @Test func `limits belong to the range below and what is not a number is left out`() {
    let edges = Calibration(
      confidences: [0, 0.25, 0.5, 0.75, 1], isRight: [true, true, true, true, true], binCount: 4)
    #expect(edges.bins.map(\.count) == [2, 1, 1, 1])
    let broken = Calibration(confidences: [.nan, .infinity, 0.5], isRight: [true, true, false])
    #expect(broken.count == 1 && broken.skipped == 2 && broken.expectedError == 0.5)
    let empty = Calibration(confidences: [], isRight: [])
    #expect(empty.expectedError == nil && empty.largestError == nil)
  }

  @Test func `confidences that are right as often as they say have no error`() throws {
    let confidences = [Float](repeating: 0.75, count: 400)
    let calibration = Calibration(confidences: confidences, isRight: (0..<400).map { $0 % 4 != 0 })
    #expect(try #require(calibration.expectedError) < 1e-12)
  }

  @Test func `degrees fall into ranges that double`() {
    let groups = BinnedAccuracy(scores: [1, 0, 1, 1, 0, 1, 1], degrees: [0, 1, 2, 3, 4, 7, 17])
    #expect(groups.bins.map(\.name) == ["0", "1", "2–3", "4–7", "8–15", "16–31"])
    #expect(groups.bins.map(\.count) == [1, 1, 2, 2, 0, 1])
    #expect(groups.bins.map(\.mean) == [1, 0, 1, 0.5, nil, 1])
    #expect(BinnedAccuracy(scores: [], degrees: []).bins.map(\.count) == [0])
  }

  @Test func `homophily falls into five ranges and nodes without it stand apart`() {
    let groups = BinnedAccuracy(scores: [1, 1, 0, 1, 0.5, 1], homophily: [nil, 0, 0.2, 0.99, 1, 0.5])
    #expect(groups.bins.map(\.count) == [1, 1, 1, 1, 0, 2])
    #expect(groups.bins[5].mean == 0.75)
  }

  @Test func `Wilson's interval is that of the books`() throws {
    // SciPy: binomtest(8, 10).proportion_ci(method="wilson").
    let interval = BinnedAccuracy.wilson(0.8, count: 10)
    #expect(abs(interval.lowerBound - 0.4901624715366418) < 1e-9)
    #expect(abs(interval.upperBound - 0.9433178485456248) < 1e-9)
    #expect(BinnedAccuracy.wilson(1, count: 3).upperBound == 1)
    #expect(BinnedAccuracy.wilson(0, count: 3).lowerBound == 0)
  }

  /// 0 → 1, 2 → 1, 3 → 1, 1 → 1 (a loop), 1 → 0, 4 has no edge.
  private static let graph = Graph(
    incoming: SparseRows(offsets: [0, 1, 5, 5, 5, 5], columns: [1, 0, 1, 2, 3], columnCount: 5))

  @Test func `local homophily counts labeled neighbors without the node itself`() {
    let labels = Labels.single(classes: [0, 0, 1, -1, 0], names: ["a", "b"])
    #expect(LocalHomophily.values(of: [0, 1, 2, 3, 4], in: Self.graph, labels: labels) == [1, 0.5, nil, nil, nil])
    let rows = SparseRows(offsets: [0, 2, 4, 5, 5, 6], columns: [0, 1, 1, 2, 2, 0], columnCount: 3)
    let several = Labels.multiple(rows: rows, names: ["a", "b", "c"])
    // Node 1 has b, c: neighbor 0 has a, b (one of three shared), neighbor 2 has c (one of two), 3 has no label.
    let values = LocalHomophily.values(of: [1], in: Self.graph, labels: several)
    #expect(abs((values[0] ?? -1) - (1.0 / 3 + 0.5) / 2) < 1e-12)
  }

  @Test func `scores of nodes agree with the metrics over them`() {
    var random = TestRandom(5)
    let logits = random.floats(300, bound: 3)
    let nodes = (0..<100).map { Int32(99 - $0) }
    let classes = (0..<100).map { _ in Int32(Int.random(in: 0..<3, using: &random)) }
    let single = Labels.single(classes: classes, names: ["a", "b", "c"])
    let scores = NodeScores(logits: logits, of: nodes, labels: single)
    let evaluation = NodeEvaluation(logits: logits, of: nodes, labels: single)
    #expect(scores.scores.reduce(0, +) / 100 == evaluation.values[.accuracy])
    #expect(scores.isRight == scores.scores.map { $0 == 1 })
    #expect(scores.calibration.count == 100)
    let rows = SparseRows.grouping(
      rows: (0..<100).flatMap { [Int32($0), Int32($0)] }, columns: classes.flatMap { [$0, ($0 + 1) % 3] },
      rowCount: 100,
      columnCount: 3)
    let several = Labels.multiple(rows: rows.rows, names: ["a", "b", "c"])
    let many = NodeScores(logits: logits, of: nodes, labels: several)
    let exact = NodeEvaluation(logits: logits, of: nodes, labels: several).values[.accuracy]
    #expect(Double(many.isRight.count { $0 }) / 100 == exact)
    #expect(many.calibration.count == 300, "every class of every node is a decision")
    #expect(zip(many.scores, many.isRight).allSatisfy { ($0 == 1) == $1 })
  }

  @Test func `the score of several classes is their F1`() {
    let rows = SparseRows(offsets: [0, 2, 2, 3], columns: [0, 1, 2], columnCount: 3)
    let labels = Labels.multiple(rows: rows, names: ["a", "b", "c"])
    // Given: a and c; none; none.
    let scores = NodeScores(logits: [1, -1, 1, -1, -1, -1, -1, -1, -1], of: [0, 1, 2], labels: labels)
    #expect(scores.scores == [0.5, 1, 0])
    #expect(scores.isRight == [false, true, false])
  }
}
