import GroveGraphs
import GroveLearning
import TestSupport
import Testing

@Suite struct LinkMetricTests {
  @Test(arguments: [
    "auc", "ap", "mrr", "mrr@10", "hits@10", "hits@1", "recall@20", "ndcg@20", "ndcg@10", "precision@5",
  ])
  func `a metric is found by its key`(key: String) { #expect(LinkMetric(key: key)?.key == key) }

  @Test(arguments: [
    "", "auc@1", "ap@", "hits", "hits@0", "hits@-1", "hits@x", "hits@1@2", "hits@01", "recall@+3", "loss",
  ])
  func `other words are no metrics`(key: String) { #expect(LinkMetric(key: key) == nil) }

  @Test func `the reported metrics have the keys of the contract`() {
    #expect(LinkMetric.comparing.map(\.key) == ["auc", "ap", "mrr", "hits@10"])
    #expect(LinkMetric.ranking.map(\.key) == ["mrr", "mrr@10", "hits@10", "recall@20", "ndcg@10", "ndcg@20"])
  }

  @Test func `published pairs are compared together`() throws {
    // In order: a link, a tie of a link and none, a link, none.
    let values = try LinkMetricValues(positives: [0.9, 0.4, 0.3], negatives: [0.4, 0.1], perPositive: nil)
    #expect(values.metrics == LinkMetric.comparing)
    let auc = try #require(values[.auc])
    #expect(abs(auc - 4.5 / 6) < 1e-12)  // of 6 pairs 2, 1½ and 1 are in order
    let ap = try #require(values[.ap])
    #expect(abs(ap - (1 + 2.0 / 3 + 3.0 / 4) / 3) < 1e-12)
    let mrr = try #require(values[.mrr])
    #expect(abs(mrr - (1 + 0.5 + 0.5) / 3) < 1e-12)
    #expect(values[.hits(10)] == 1)
    #expect(values.byName.keys.sorted() == ["ap", "auc", "hits@10", "mrr"])
    #expect(values[.recall(20)] == nil)
  }

  @Test func `lists of negatives are compared with their own positive`() throws {
    let values = try LinkMetricValues(
      positives: [2, 1], negatives: [1, 3, 0, 0.5], perPositive: 2, metrics: [.mrr, .hits(1), .mrr])
    #expect(values.metrics == [.mrr, .hits(1)])
    #expect(values[.mrr] == 0.75)
    #expect(values[.hits(1)] == 0.5)
  }

  @Test func `what cannot be computed is absent`() throws {
    let values = try LinkMetricValues(positives: [], negatives: [1], perPositive: nil)
    #expect(values.metrics.isEmpty)
    #expect(values == LinkMetricValues())
    let alone = try LinkMetricValues(positives: [1], negatives: [], perPositive: nil)
    #expect(alone.metrics == [.ap, .mrr, .hits(10)])
    #expect(throws: LinkScoreFailure.notANumber(list: "positives", row: 0)) {
      _ = try LinkMetricValues(positives: [.nan], negatives: [1], perPositive: nil, metrics: [.auc])
    }
  }

  @Test func `a ranking has the metrics that were asked for`() throws {
    let ranks = try LinkRanks(positives: [1, 3], negatives: [2, 0, 2, 0], perPositive: 2)
    let values = LinkMetricValues(
      ranks, metrics: [.auc, .mrr, .mrrAt(1), .recall(1), .precision(2), .ndcg(1), .hits(2)])
    #expect(values.metrics == [.mrr, .mrrAt(1), .recall(1), .precision(2), .ndcg(1), .hits(2)])
    #expect(values[.mrr] == 0.75)
    #expect(values[.mrrAt(1)] == 0.5)
    #expect(values[.recall(1)] == 0.5)
    #expect(values[.precision(2)] == 0.5)
    #expect(values[.ndcg(1)] == 0.5)
    #expect(values[.hits(2)] == 1)
  }

  /// A score that tells every pair from every other.
  private func score(_ pairs: EdgeList) -> [Float] {
    zip(pairs.sources, pairs.targets).map { Float(10 * $0 + $1) }
  }

  private let positives = EdgeList(sources: [1, 2], targets: [5, 0], isDirected: true)

  @Test func `a part is measured against its own lists`() throws {
    let lists = NegativeLists(nodes: [6, 4, 0, 1, 9, 3], perPositive: 3, replacingTarget: 2)
    let values = try LinkMetricValues(
      of: LinkEvaluation(positives: positives, negatives: .lists(lists)), metrics: [.mrr, .auc], scores: score)
    // 15 against 16, 14 and 5; 20 against 21, 29 and 30.
    #expect(values[.mrr] == (0.5 + 0.25) / 2)
    let auc = try #require(values[.auc])
    #expect(abs(auc - 5.0 / 12) < 1e-12)
  }

  @Test func `a part is measured against published pairs`() throws {
    let pairs = EdgeList(sources: [1, 0], targets: [6, 1], isDirected: true)
    let values = try LinkMetricValues(
      of: LinkEvaluation(positives: positives, negatives: .pairs(pairs)), metrics: [.hits(1), .auc], scores: score)
    // 15 and 20 against 16 and 1.
    #expect(values[.hits(1)] == 0.5)
    #expect(values[.auc] == 0.75)
  }

  @Test func `a part without negatives stops the program`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try? LinkMetricValues(of: .empty(isDirected: true)) { _ in [] }
    }
    expectTrapMessage(result, mentions: ["no negatives are kept"])
  }
}
