import Foundation
import GroveKernels
import TestSupport
import Testing

/// `report.html` of runs, and `grove compare`.
@Suite struct ReportCommandTests {
  private static func page(_ path: String) throws -> PageReader {
    PageReader(String(decoding: try bytes(path), as: UTF8.self))
  }

  @Test func `each run has a page, and several have one above them`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let result = try succeed(["train", data, "--out", scratch.file("one"), "--epochs", "5"])
    let page = try Self.page(scratch.file("one/report.html"))
    #expect(page.faults.isEmpty, "\(page.faults)")
    let accuracy = String(format: "%.2f", 100 * (result.numbers("test")["accuracy"] ?? -1))
    #expect(page.all("td").contains { $0.text == accuracy } && page.text.contains("gcn on small"))
    _ = try succeed(["train", data, "--out", scratch.file("two"), "--epochs", "5", "--runs", "2"])
    for name in ["report.html", "run-0/report.html", "run-1/report.html"] {
      let page = try Self.page(scratch.file("two/\(name)"))
      #expect(page.faults.isEmpty, "\(name): \(page.faults)")
    }
    let links = try Self.page(scratch.file("two/report.html")).all("a").compactMap { $0.attributes["href"] }
    for link in links where link.hasPrefix("run-") {
      #expect(FileManager.default.fileExists(atPath: scratch.file("two/\(link)")))
    }
  }

  @Test func `--no-report writes none, and --resume writes what is missing`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let words = ["train", data, "--epochs", "3", "--runs", "2", "--out"]
    _ = try succeed(words + [scratch.file("bare"), "--no-report"])
    _ = try succeed(words + [scratch.file("full")])
    let bare = try FileManager.default.subpathsOfDirectory(atPath: scratch.file("bare"))
    #expect(!bare.contains { $0.hasSuffix(".html") })
    _ = try succeed(["train", "--resume", scratch.file("bare"), "--no-report"])
    #expect(!FileManager.default.fileExists(atPath: scratch.file("bare/report.html")))
    _ = try succeed(["train", "--resume", scratch.file("bare")])
    for name in ["report.html", "run-0/report.html", "run-1/report.html"] {
      #expect(try contents(scratch.file("bare/\(name)")) == contents(scratch.file("full/\(name)")), "\(name)")
    }
  }

  @Test func `the number of threads changes no byte of a page`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    for threads in ["1", "2", "3"] {
      let out = scratch.file("with-\(threads)")
      _ = try succeed(["train", data, "--out", out, "--epochs", "5", "--threads", threads])
      #expect(try contents("\(out)/report.html") == contents(scratch.file("with-1/report.html")), "\(threads) threads")
    }
  }

  @Test func `the command of a page gives the same weights`() throws {
    let scratch = try ScratchFolder()
    try SmallData().writeFolder(scratch.file("my small"))
    let words = ["--model", "sage", "--epochs", "4", "--hidden", "9", "--residual", "--seed", "3", "--lr", "0.02"]
    _ = try succeed(["train", "my small", "--out", "run"] + words, in: scratch.path)
    let lines = try Self.page(scratch.file("run/report.html")).all("code").map(\.text).filter {
      $0.hasPrefix("grove train")
    }
    try #require(lines.count == 2)
    let grove = try GroveCommand.path()
    for (line, folder) in [(lines[0], scratch.path), (lines[1], scratch.file("run"))] {
      let command = "'\(grove)'" + line.dropFirst("grove".count)
      let result = try RunningCommand("/bin/sh", ["-c", command], in: folder).wait()
      #expect(result.code == 0, "\(line): \(result.errors)")
      #expect(try contents("\(folder)/again/best.safetensors") == contents(scratch.file("run/best.safetensors")))
    }
  }

  // MARK: - Comparing

  @Test func `single runs are compared on their test nodes`() throws {
    let scratch = try ScratchFolder()
    let small = SmallData()
    let data = try small.writeFolder(scratch.file("small"))
    for (name, words) in [("a", ["--epochs", "20"]), ("b", ["--model", "mlp", "--epochs", "3"])] {
      _ = try succeed(["train", data, "--out", scratch.file(name)] + words)
    }
    let (a, b) = (scratch.file("a"), scratch.file("b"))
    let out = scratch.file("page.html")
    let result = try succeed(["compare", a, b, "--out", out])
    #expect(result["metric"] as? String == "accuracy" && result["correction"] as? String == "none")
    #expect(result["testNodes"] as? [Int] == [small.test.count] && result.number("runsEach") == 1)
    let runs = result.objects("runs")
    #expect(runs.map { $0["model"] as? String } == ["gcn", "mlp"])
    let accuracies = runs.map { $0.numbers("test")["accuracy"] ?? -1 }
    #expect(accuracies == (try [a, b].map { try succeed(["evaluate", $0]).numbers("metrics")["accuracy"] ?? -2 }))
    let pair = try #require(result.objects("pairs").first)
    #expect(close(pair.number("difference"), accuracies[1] - accuracies[0]))
    // The nodes that one alone has right, counted from predictions.
    func right(_ run: String) throws -> [Bool] {
      _ = try succeed(["predict", run, "--out", scratch.file("p.tsv")])
      let rows = String(decoding: try bytes(scratch.file("p.tsv")), as: UTF8.self).split(separator: "\n").dropFirst()
      let classes = rows.map { String($0.split(separator: "\t")[1]) }
      return small.test.map { classes[Int($0)] == ["red", "green", "blue"][Int(small.labels[Int($0)])] }
    }
    let both = zip(try right(a), try right(b))
    let (first, second) = (both.count { $0 && !$1 }, both.count { !$0 && $1 })
    #expect(pair.number("onlyFirstRight") == Double(first) && pair.number("onlySecondRight") == Double(second))
    let test = pair["mcnemar"] as? [String: Any] ?? [:]
    #expect(
      test["isExact"] as? Bool == true && (test.number("p") ?? 2) <= 1 && test.number("adjustedP") == test.number("p"))
    let page = try Self.page(out)
    #expect(page.faults.isEmpty && page.text.contains("McNemar"), "\(page.faults)")
    let told = try GroveCommand.run(["compare", a, b])
    #expect(told.code == 0 && told.output.contains("McNemar p = ") && told.errors.isEmpty)
    #expect(told.output.contains(String(format: "%.2f", 100 * accuracies[0])))
  }

  @Test func `several runs are paired by number and more than two trainings adjusted`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let common = ["--runs", "4", "--split", "fraction:.3,.3", "--no-report"]
    for (name, words) in [
      ("a", ["--epochs", "15"]), ("b", ["--model", "mlp", "--epochs", "15"]), ("c", ["--epochs", "2"]),
    ] { _ = try succeed(["train", data, "--out", scratch.file(name)] + common + words) }
    let paths = ["a", "b", "c"].map { scratch.file($0) }
    let result = try succeed(["compare"] + paths + ["--metric", "macroF1"])
    #expect(result["correction"] as? String == "holm" && result.objects("pairs").count == 3)
    for pair in result.objects("pairs") {
      for key in ["tTest", "wilcoxon"] {
        let test = pair[key] as? [String: Any] ?? [:]
        let (p, adjusted) = (test.number("p") ?? -1, test.number("adjustedP") ?? -1)
        #expect((0...1).contains(p) && adjusted >= p && adjusted <= 1, "\(key)")
      }
      #expect((pair["interval95"] as? [Double])?.count == 2 && pair["mcnemar"] == nil)
    }
    // One run of each is compared like single runs.
    let single = try succeed(["compare"] + paths.prefix(2).map { "\($0)/run-1" })
    #expect(single.number("runsEach") == 1 && single.objects("pairs").first?["mcnemar"] != nil)
    try expectFailure(["compare", paths[0], "\(paths[1])/run-1"], code: 65, ["1 run", "4 runs", paths[1]])
    try expectFailure(
      ["compare", "\(paths[0])/run-0", "\(paths[1])/run-1"], code: 65, ["other test nodes", "--split"])
  }

  @Test func `what cannot be compared is told in one line`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let other = try SmallData(count: 300).writeFolder(scratch.file("other"))
    for (name, words) in [("a", [data]), ("b", [other]), ("c", [data, "--split", "fraction:.3,.3"])] {
      _ = try succeed(["train"] + words + ["--out", scratch.file(name), "--epochs", "2", "--no-report"])
    }
    let (a, b, c) = (scratch.file("a"), scratch.file("b"), scratch.file("c"))
    let page = scratch.file("page.html")
    try expectFailure(["compare", a, b, "--out", page], code: 65, [a, b, "240", "300"], absent: [page])
    try expectFailure(["compare", a, c, "--out", page], code: 65, ["other test nodes", "public"], absent: [page])
    try expectFailure(["compare", a], code: 64, ["two or more"])
    try expectFailure(["compare", a, scratch.file("none")], code: 66, ["no run lies here"])
    try expectFailure(["compare", a, a, "--metric", "speed"], code: 64, ["speed", "macroF1"])
    try expectFailure(["compare", a, a, "--out", scratch.file("page.txt")], code: 64, [".html"])
    try expectFailure(["compare", a, a, "--out", "/proc/none/x.html"], code: 73, ["/proc/none/x.html"])
    let same = try succeed(["compare", a, a])
    #expect((same.objects("pairs").first?["mcnemar"] as? [String: Any])?.number("p") == 1)
    try FileManager.default.removeItem(atPath: "\(a)/manifest.json")
    try expectFailure(["compare", a, b], code: 66, ["training has not finished", a])
  }

  @Test func `a page that does not fit on the disk is told and leaves the run whole`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    guard let disk = try SmallDisk(kibibytes: 1024) else { return }
    let words = ["train", data, "--out", disk.file("run"), "--epochs", "3"]
    _ = try succeed(words + ["--no-report"])
    try disk.fill(leaving: 8192)
    try expectFailure(["train", "--resume", disk.file("run")], code: 74, ["report.html", "no space left"])
    #expect(try !FileManager.default.contentsOfDirectory(atPath: disk.file("run")).contains { $0.contains("report") })
    try disk.free()
    _ = try succeed(["train", "--resume", disk.file("run")])
    #expect(try Self.page(disk.file("run/report.html")).faults.isEmpty)
  }
}
