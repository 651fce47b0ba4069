import Foundation
import TestSupport
import Testing

/// Means of ten runs on the published splits.
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

  private func mean(_ graph: String, _ model: String) throws -> Double {
    let scratch = try ScratchFolder()
    let words = ["--model", model, "--split", "public", "--runs", "10"]
    let result = try GroveCommand.run(
      ["train", SharedData.graph(graph), "--out", scratch.file("run"), "--json"] + words, atMost: 3600)
    #expect(result.code == 0, "\(result.errors)")
    let accuracy = try result.object().numbers("test")["accuracy"] ?? 0
    print("\(model) on \(graph): \(accuracy)")
    return accuracy
  }
}
