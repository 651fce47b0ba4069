import Foundation
import TestSupport
import Testing

/// Means of several runs on the published splits.
///
/// Long: GROVE_LONG=1.
@Suite(.enabled(if: isLong && SharedData.isPresent), .serialized) struct AccuracyTests {
  @Test(arguments: [
    ("cora", "gcn", 0.813), ("cora", "gat", 0.820), ("cora", "sgc", 0.805), ("cora", "appnp", 0.820),
    ("cora", "gcnii", 0.845), ("cora", "sage", 0.795), ("citeseer", "gcn", 0.703), ("citeseer", "gat", 0.700),
    ("citeseer", "gcnii", 0.713),
  ]) func `ten runs reach the bar`(graph: String, model: String, bar: Double) throws {
    let accuracy = try mean(graph, model)
    #expect(accuracy >= bar, "\(model) on \(graph): \(accuracy)")
  }

  @Test func `without the graph ten runs on Cora stay where they belong`() throws {
    let accuracy = try mean("cora", "mlp")
    #expect((0.54...0.61).contains(accuracy), "\(accuracy)")
  }

  @Test(arguments: [("hetero-gat", 0.9), ("hetero-sage", 0.88), ("rgcn", 0.88), ("hgt", 0.85)])
  func `three runs on papers, authors and subjects reach the bar`(model: String, bar: Double) throws {
    let score = try mean("acm-het", model, split: "published_60", runs: 3, metric: "macroF1")
    #expect(score >= bar, "\(model): \(score)")
  }

  @Test(arguments: [
    (
      "chameleon-filtered", "fagcn", "accuracy", 10, "",
      "--lr 0.05 --dropout 0.5 --weight-decay 0.02 --normalize-features none --layers 1 --alpha 0.1"
    ),
    (
      "minesweeper", "acm-gcn", "rocAUC", 1, "--layers 4 --dropout 0.2 --weight-decay 0 --norm layer --residual",
      "--layers 4 --dropout 0.2 --weight-decay 0 --norm layer --residual"
    ), ("texas", "h2gcn", "accuracy", 10, "", ""), ("cornell", "h2gcn", "accuracy", 10, "", ""),
    ("actor", "acm-gcn", "accuracy", 1, "", ""),
  ])
  func `a model for heterophily is above GCN`(
    graph: String, model: String, metric: String, runs: Int, plain: String, options: String
  ) throws {
    let limits = ["--epochs", "300", "--patience", "100"]
    func words(_ text: String) -> [String] { limits + text.split(separator: " ").map(String.init) }
    let base = try mean(graph, "gcn", split: nil, runs: runs, metric: metric, words(plain))
    let score = try mean(graph, model, split: nil, runs: runs, metric: metric, words(options))
    #expect(score > base, "\(model) on \(graph): \(score), GCN \(base)")
  }

  private func mean(
    _ graph: String, _ model: String, split: String? = "public", runs: Int = 10, metric: String = "accuracy",
    _ options: [String] = []
  ) throws -> Double {
    let scratch = try ScratchFolder()
    let words = ["--model", model, "--runs", String(runs)] + (split.map { ["--split", $0] } ?? []) + options
    let result = try GroveCommand.run(
      ["train", SharedData.graph(graph), "--out", scratch.file("run"), "--json", "--no-report"] + words, atMost: 3600)
    #expect(result.code == 0, "\(result.errors)")
    let score = try result.object().numbers("test")[metric] ?? 0
    print("\(model) on \(graph): \(score)")
    return score
  }
}
