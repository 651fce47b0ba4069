import Foundation
import TestSupport
import Testing

/// Pages, comparisons and numbers of classes of open-world runs, from the outside.
@Suite struct OpenWorldReportCommandTests {
  private static let small = [
    "--task", "open-world", "--hidden", "8", "--heads", "2", "--output-heads", "2", "--batch", "100",
  ]

  /// The small graph with the splits `openworld_3` and `openworld_4`.
  private func data(_ scratch: ScratchFolder) throws -> String {
    let data = try SmallData().writeFolder(scratch.file("small"))
    for seed in ["3", "4"] { _ = try succeed(["split", data, "--kind", "open-world:20", "--seed", seed]) }
    return data
  }

  private static func page(_ path: String) throws -> PageReader {
    PageReader(String(decoding: try bytes(path), as: UTF8.self))
  }

  @Test func `each run says its number of classes, and several have a page above them`() throws {
    let scratch = try ScratchFolder()
    let data = try data(scratch)
    let run = scratch.file("run")
    let words = ["train", data, "--out", run, "--runs", "2", "--epochs", "3", "--classes", "estimate"] + Self.small
    let result = try succeed(words)
    let runs = result.objects("runs")
    #expect(runs.count == 2)
    for entry in runs {
      let classes = try #require(entry.number("classes"))
      #expect(classes >= 2 && entry.number("classesOfSplit") == 3 && entry.number("classesError") == classes - 3)
    }
    #expect(close(result.number("classes"), runs.compactMap { $0.number("classes") }.reduce(0, +) / 2))
    for name in ["report.html", "run-0/report.html", "run-1/report.html"] {
      let page = try Self.page("\(run)/\(name)")
      #expect(page.faults.isEmpty, "\(name): \(page.faults)")
    }
    let page = try Self.page("\(run)/report.html")
    let overall = result.numbers("test")["overall"] ?? -1
    #expect(page.all("dd").contains { $0.text == String(format: "%.2f %%", 100 * overall) })
    #expect(page.text.contains("openworld_3, openworld_4") && page.text.contains("was estimated"))
    for link in page.all("a").compactMap({ $0.attributes["href"] }) where link.hasPrefix("run-") {
      #expect(FileManager.default.fileExists(atPath: "\(run)/\(link)"), "\(link)")
    }
    // People are told the same.
    let told = try GroveCommand.run(["train", "--resume", run])
    for (number, entry) in runs.enumerated() {
      let (classes, error) = (Int(entry.number("classes") ?? 0), Int(entry.number("classesError") ?? 0))
      let sign = error > 0 ? "+\(error)" : error < 0 ? "−\(-error)" : "0"
      let line = "Run \(number) trained with \(classes) classes, an estimate; its split has 3 (error \(sign))"
      #expect(told.output.contains(line), "\(line) in \(told.output)")
    }
    // What was removed is written again, the same.
    let whole = try bytes("\(run)/report.html")
    try FileManager.default.removeItem(atPath: "\(run)/report.html")
    _ = try succeed(["train", "--resume", run])
    #expect(try bytes("\(run)/report.html") == whole)
  }

  @Test func `a given number of classes has no error, and nodes runs have no such number`() throws {
    let scratch = try ScratchFolder()
    let data = try data(scratch)
    let given = ["train", data, "--out", scratch.file("a"), "--epochs", "1", "--k", "4", "--no-report"] + Self.small
    let run = try #require(try succeed(given).objects("runs").first)
    #expect(run.number("classes") == 4 && run.number("classesOfSplit") == 3 && run["classesError"] == nil)
    let nodes = try succeed(["train", data, "--out", scratch.file("b"), "--epochs", "1", "--split", "public"])
    #expect(nodes.objects("runs").allSatisfy { $0["classes"] == nil && $0["classesOfSplit"] == nil })
  }

  // MARK: - Comparing

  /// The class of every node by its name, and the share of `test` that the best of all ways to call them has right.
  private static func right(
    _ run: String, _ test: [Int], _ labels: [Int32], _ scratch: ScratchFolder
  ) throws -> [Bool] {
    _ = try succeed(["predict", run, "--out", scratch.file("p.tsv")])
    let rows = String(decoding: try bytes(scratch.file("p.tsv")), as: UTF8.self).split(separator: "\n").dropFirst()
    let given = rows.map { String($0.split(separator: "\t")[1]) }
    let names = Set(given).sorted()
    var best: [Bool] = []
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] as [[Int32]] {
      let right = test.map { node in names.firstIndex(of: given[node]).map { order[$0] } == labels[node] }
      if right.count(where: { $0 }) > best.count(where: { $0 }) { best = right }
    }
    return best
  }

  @Test func `single open-world runs are compared on their test nodes under one matching`() throws {
    let scratch = try ScratchFolder()
    let small = SmallData()
    let data = try data(scratch)
    let (a, b) = (scratch.file("a"), scratch.file("b"))
    for (path, words) in [(a, ["--method", "infonce", "--epochs", "4"]), (b, ["--method", "orca", "--epochs", "1"])] {
      _ = try succeed(["train", data, "--out", path, "--split", "openworld_3", "--no-report"] + words + Self.small)
    }
    let out = scratch.file("page.html")
    let result = try succeed(["compare", a, b, "--out", out])
    #expect(result["metric"] as? String == "overall" && result["testNodes"] as? [Int] == [160])
    let runs = result.objects("runs")
    #expect(
      runs.map { $0["method"] as? String } == ["infonce", "orca"] && runs.map { $0["classes"] as? [Int] } == [[3], [3]])
    let metrics = try [a, b].map { try succeed(["evaluate", $0]).numbers("metrics") }
    for (run, expected) in zip(runs, metrics) {
      for (key, value) in expected { #expect(close(run.numbers("test")[key], value), "\(key)") }
    }
    for key in ["seen", "novelSeparate", "imbalanceRate"] {
      let difference = (metrics[1][key] ?? 0) - (metrics[0][key] ?? 0)
      #expect(close(runs[1].numbers("differenceToFirst")[key], difference), "\(key)")
    }
    let pair = try #require(result.objects("pairs").first)
    #expect(close(pair.number("difference"), (metrics[1]["overall"] ?? 0) - (metrics[0]["overall"] ?? 0)))
    // Counted from predictions, each way of calling the classes tried.
    let split = try JSONSerialization.jsonObject(with: bytes("\(data)/splits/openworld_3.json")) as? [String: Any]
    let test = try #require(split?["test"] as? [Int])
    let both = zip(
      try Self.right(a, test, small.labels, scratch), try Self.right(b, test, small.labels, scratch))
    let (first, second) = (both.count { $0 && !$1 }, both.count { !$0 && $1 })
    #expect(first + second > 0)
    #expect(pair.number("onlyFirstRight") == Double(first) && pair.number("onlySecondRight") == Double(second))
    #expect((pair["mcnemar"] as? [String: Any])?.number("p") != nil)
    let page = try Self.page(out)
    #expect(page.faults.isEmpty && page.text.contains("novel classes matched apart"), "\(page.faults)")
    let told = try GroveCommand.run(["compare", a, b, "--metric", "novelSeparate"])
    #expect(told.code == 0 && told.output.contains("McNemar p = ") && told.output.contains("novelSeparate"))
    #expect(told.output.contains("one matching over all nodes:") && told.errors.isEmpty, "\(told.errors)")
  }

  @Test func `several open-world runs are paired, and what cannot be compared is told in one line`() throws {
    let scratch = try ScratchFolder()
    let data = try data(scratch)
    let common = ["--runs", "2", "--no-report", "--epochs", "2"]
    let (a, b, nodes, other) = (scratch.file("a"), scratch.file("b"), scratch.file("nodes"), scratch.file("other"))
    for (path, words) in [
      (a, ["--method", "infonce"]), (b, ["--method", "infonce-supcon"]), (other, ["--split", "openworld_4"]),
    ] { _ = try succeed(["train", data, "--out", path] + common + words + Self.small) }
    _ = try succeed(["train", data, "--out", nodes, "--split", "public"] + common)
    let result = try succeed(["compare", a, b, "--metric", "seen"])
    let pair = try #require(result.objects("pairs").first)
    #expect(result.number("runsEach") == 2 && (pair["interval95"] as? [Double])?.count == 2 && pair["mcnemar"] == nil)
    let runs = result.objects("runs")
    #expect(runs.allSatisfy { $0["splits"] as? [String] == ["openworld_3", "openworld_4"] })
    let seen = runs.map { $0.numbers("test")["seen"] ?? -1 }
    #expect(close(pair.number("difference"), seen[1] - seen[0]))
    let page = scratch.file("page.html")
    try expectFailure(
      ["compare", a, nodes, "--out", page], code: 65, [nodes, "--task nodes", "--task open-world", "runs of one task"],
      absent: [page])
    try expectFailure(["compare", nodes, a], code: 65, ["runs of one task"])
    try expectFailure(["compare", a, other], code: 65, ["other test nodes", "openworld_4"])
    try expectFailure(["compare", a, b, "--metric", "accuracy"], code: 64, ["accuracy", "overall, seen, novel"])
  }
}
