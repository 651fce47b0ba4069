import Foundation
import TestSupport
import Testing

/// Whether pseudo labels do on a real graph what they are for, over five splits.
///
/// Long: GROVE_LONG=1.
@Suite(.enabled(if: isLong && SharedData.isPresent), .serialized) struct OpenWorldTrendTests {
  private static let splits = ["2406525885", "1660347731", "3164031153", "1454191016", "1583215992"]

  @Test func `C-31: OpenIMA keeps novel classes together better than without pseudo labels`() throws {
    let ours = try means("citeseer", "openima")
    let plain = try means("citeseer", "infonce-supcon-ce")
    let told = "OpenIMA \(ours), without pseudo labels \(plain)"
    #expect(ours["novel"] ?? 0 >= plain["novel"] ?? 1, "\(told)")
    #expect(ours["imbalanceRate"] ?? .infinity < plain["imbalanceRate"] ?? 0, "\(told)")
  }

  private func means(_ graph: String, _ method: String) throws -> [String: Double] {
    let scratch = try ScratchFolder()
    let words = Self.splits.flatMap { ["--split", "openworld_\($0)"] } + ["--runs", "\(Self.splits.count)"]
    let result = try GroveCommand.run(
      [
        "train", SharedData.graph(graph), "--task", "open-world", "--method", method, "--out", scratch.file("run"),
        "--no-report", "--json",
      ] + words, atMost: 7200)
    try #require(result.code == 0, "\(result.errors)")
    let test = try result.object().numbers("test")
    print("\(method) on \(graph): \(test.sorted { $0.key < $1.key })")
    return test
  }
}
