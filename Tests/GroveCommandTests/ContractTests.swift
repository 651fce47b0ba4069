import Foundation
import GroveKernels
import TestSupport
import Testing

/// What scripts rely on: cli.md.
@Suite struct ContractTests {
  private static let verbs: [[String]] = [
    [], ["data"], ["data", "list"], ["data", "get"], ["data", "make"], ["split"], ["inspect"], ["models"],
    ["models", "list"],
    ["models", "show"], ["samplers"], ["samplers", "list"], ["samplers", "show"], ["samplers", "compare"], ["train"],
    ["evaluate"], ["compare"],
    ["predict"], ["export"], ["version"],
  ]

  @Test(arguments: verbs) func `help of every verb shows an example`(verb: [String]) throws {
    let result = try GroveCommand.run(verb + ["--help"])
    #expect(result.code == 0 && result.errors.isEmpty)
    #expect(result.output.contains("Example: grove " + verb.joined(separator: " ")), "\(result.output)")
  }

  @Test func `the examples run as they are printed`() throws {
    let scratch = try ScratchFolder()
    try AtomicFile.makeFolder(scratch.file("data"))
    try SmallData(count: 300).writeFolder(scratch.file("data/cora"))
    try FileManager.default.createSymbolicLink(atPath: scratch.file("graphs"), withDestinationPath: shippedGraphs)
    var ran: [String] = []
    // Training comes first: others show its run.
    for verb in Self.verbs.sorted(by: { ($0.first == "train" ? 0 : 1) < ($1.first == "train" ? 0 : 1) }) {
      let help = try GroveCommand.run(verb + ["--help"]).output
      let line = try #require(help.split(separator: "\n").first { $0.hasPrefix("Example: grove ") })
      let words = line.dropFirst("Example: grove ".count).split(separator: " ").map(String.init)
      // The bare program shows how to train, which `train` does too; cora comes from the network.
      if verb.isEmpty || words == ["data", "get", "cora"] { continue }
      let result = try GroveCommand.run(words, in: scratch.path)
      #expect(result.code == 0 && !result.output.isEmpty, "\(line): \(result.errors)")
      ran.append(words[0])
      // What is compared with it is a copy.
      if words[0] == "train" {
        try FileManager.default.copyItem(atPath: scratch.file("run"), toPath: scratch.file("other-run"))
      }
    }
    #expect(
      Set(ran) == [
        "train", "data", "split", "inspect", "models", "samplers", "evaluate", "compare", "predict", "export",
        "version",
      ])
  }

  @Test func `the program alone shows help, and its version in one line`() throws {
    let bare = try GroveCommand.run([])
    #expect(bare.code == 0 && bare.output.contains("SUBCOMMANDS"))
    let version = try GroveCommand.run(["--version"])
    #expect(version.code == 0 && version.outputLines.count == 1)
  }

  // MARK: - JSON of every verb

  @Test func `train prints the fields of the contract and writes the files of a run`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let result = try succeed(["train", data, "--out", scratch.file("run"), "--epochs", "20", "--seed", "4"])
    for key in [
      "model", "parameters", "epochs", "bestEpoch", "secondsPerEpoch", "train", "validation", "test",
      "testStandardDeviation", "runs", "resumedFromEpoch",
    ] { #expect(result[key] != nil, "\(key)") }
    #expect(result["command"] as? String == "train" && result["model"] as? String == "gcn")
    #expect(result.number("parameters") == Double(24 * 64 + 64 + 64 * 3 + 3))
    #expect(result.number("epochs") == 20 && result.number("resumedFromEpoch") == 0)
    #expect(result.objects("runs").count == 1)
    let metrics: Set = ["accuracy", "macroF1", "microF1", "rocAUC", "averagePrecision", "loss"]
    for part in ["train", "validation", "test"] {
      #expect(Set(result.numbers(part).keys) == metrics, "\(part)")
      for (metric, value) in result.numbers(part) where metric != "loss" { #expect((0...1).contains(value)) }
    }
    #expect(result.numbers("testStandardDeviation").values.allSatisfy { $0 == 0 })
    #expect(result.numbers("test")["accuracy"] ?? 0 > 0.7, "the graph can be learned")
    let files = try FileManager.default.contentsOfDirectory(atPath: scratch.file("run"))
    for name in [
      "config.json", "metrics.jsonl", "best.safetensors", "last.safetensors", "manifest.json", "report.html",
    ] {
      #expect(files.contains(name), "\(name)")
    }
    let lines = String(decoding: try bytes(scratch.file("run/metrics.jsonl")), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 20)
  }

  @Test func `several runs lie in folders of their own with means and deviations above them`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let result = try succeed(["train", data, "--out", scratch.file("run"), "--epochs", "4", "--runs", "3"])
    let runs = result.objects("runs")
    #expect(runs.map { $0.number("run") } == [0, 1, 2])
    let accuracies = runs.compactMap { $0.numbers("test")["accuracy"] }
    let mean = accuracies.reduce(0, +) / 3
    let deviation = (accuracies.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3).squareRoot()
    #expect(abs((result.numbers("test")["accuracy"] ?? -1) - mean) < 1e-12)
    #expect(abs((result.numbers("testStandardDeviation")["accuracy"] ?? -1) - deviation) < 1e-12)
    for run in 0..<3 {
      #expect(FileManager.default.fileExists(atPath: scratch.file("run/run-\(run)/best.safetensors")))
    }
    #expect(
      try contents(scratch.file("run/run-0/best.safetensors")) != contents(scratch.file("run/run-1/best.safetensors")),
      "run r has a seed of its own")
    // A run of several is reached by its number or by its folder.
    for (run, words) in [(0, []), (2, ["--run", "2"])] {
      let evaluated = try succeed(["evaluate", scratch.file("run")] + words)
      #expect(evaluated.numbers("metrics") == runs[run].numbers("test"))
    }
    let part = try succeed(["evaluate", scratch.file("run/run-1")])
    #expect(part.numbers("metrics") == runs[1].numbers("test"))
    try expectFailure(["evaluate", scratch.file("run"), "--run", "3"], code: 64, ["3 runs", "no run 3"])
  }

  @Test func `run r takes split r modulo their count`() throws {
    let scratch = try ScratchFolder()
    let data = SmallData()
    let path = try data.writeFolder(scratch.file("small"))
    for number in [2, 10, 1] {
      try AtomicFile.write(data.splitText, to: "\(path)/splits/random_\(number).json")
    }
    func splits(_ words: [String]) throws -> [String?] {
      let out = scratch.file(UUID().uuidString)
      let words = ["train", path, "--out", out, "--epochs", "1", "--runs", "4"] + words
      return try succeed(words).objects("runs").map { $0["split"] as? String }
    }
    #expect(try splits([]) == ["public", "public", "public", "public"])
    #expect(try splits(["--split", "random_2", "--split", "public"]) == ["random_2", "public", "random_2", "public"])
    #expect(try splits(["--split", "\(path)/splits"]) == ["public", "random_1", "random_2", "random_10"])
    try FileManager.default.removeItem(atPath: "\(path)/splits/public.json")
    #expect(try splits([]) == ["random_1", "random_2", "random_10", "random_1"], "in the order that people count")
    #expect(try splits(["--split", "fraction:.5,.2"]).allSatisfy { $0 == "fraction:.5,.2" })
    for number in [2, 10, 1] {
      try FileManager.default.moveItem(
        atPath: "\(path)/splits/random_\(number).json", toPath: "\(path)/splits/published_\(number)0.json")
    }
    try expectFailure(
      ["train", path, "--out", scratch.file("x")], code: 64, ["published_10, published_20, published_100", "--split"],
      absent: [scratch.file("x")])
  }

  @Test(arguments: ["planetoid", "per-class:5,10", "fraction:.3,.3"])
  func `a kind of split can be drawn by train itself`(kind: String) throws {
    let scratch = try ScratchFolder()
    let path = try SmallData(count: 900).writeFolder(scratch.file("small"))
    let words = ["--split", kind, "--epochs", "2", "--runs", "2"]
    let first = try succeed(["train", path, "--out", scratch.file("a")] + words)
    let second = try succeed(["train", path, "--out", scratch.file("b")] + words)
    #expect(first.objects("runs").map { $0.numbers("test") } == second.objects("runs").map { $0.numbers("test") })
    let runs = first.objects("runs").map { $0.numbers("test") }
    #expect(runs[0] != runs[1], "each run draws its own")
    let evaluated = try succeed(["evaluate", scratch.file("a"), "--run", "1"])
    #expect(evaluated.numbers("metrics") == runs[1], "the same nodes are drawn again")
  }

  @Test func `evaluate prints metrics, classes and confusion of each part`() throws {
    let scratch = try ScratchFolder()
    let data = SmallData()
    let path = try data.writeFolder(scratch.file("small"))
    let trained = try succeed(["train", path, "--out", scratch.file("run"), "--epochs", "9"])
    for (part, count) in [
      ("train", data.train.count), ("validation", data.validation.count), ("test", data.test.count),
    ] {
      let result = try succeed(["evaluate", scratch.file("run"), "--part", part])
      #expect(result.numbers("metrics") == trained.numbers(part), "\(part)")
      let confusion = try #require(result["confusion"] as? [[Int]])
      #expect(confusion.count == 3 && confusion.flatMap(\.self).reduce(0, +) == count)
      let right = Double((0..<3).reduce(0) { $0 + confusion[$1][$1] })
      #expect(abs(right / Double(count) - (trained.numbers(part)["accuracy"] ?? -1)) < 1e-12)
      let classes = result.objects("perClass")
      #expect(classes.map { $0["class"] as? String } == ["red", "green", "blue"])
      #expect(classes.map { $0.number("support") } == confusion.map { Double($0.reduce(0, +)) })
    }
  }

  @Test func `split, inspect, predict and export print their fields`() throws {
    let scratch = try ScratchFolder()
    let path = try SmallData().writeFolder(scratch.file("small"))
    let split = try succeed(["split", path, "--kind", "per-class:20,30", "--as", "small"])
    #expect(split["name"] as? String == "small")
    #expect(split.number("train") == 60 && split.number("validation") == 90 && split.number("test") == 90)
    let inspected = try succeed(["inspect", path])
    #expect(inspected.numbers("nodes") == ["node": 240] && inspected.numbers("edges") == ["edges": 960])
    #expect(inspected.number("classes") == 3 && inspected["splits"] as? [String] == ["public", "small"])
    #expect(inspected.numbers("features") == ["features": 24])
    #expect((inspected["snapshot"] as? String)?.count == 64)
    let node = try succeed(["inspect", path, "--node", "7"])
    #expect(node["classes"] as? [String] == ["green"])
    #expect(node.objects("neighbors").count > 0)
    try expectFailure(["inspect", path, "--node", "240"], code: 64, ["'240'", "0 to 239"])
    _ = try succeed(["train", path, "--out", scratch.file("run"), "--epochs", "2", "--split", "small"])
    let predicted = try succeed(["predict", scratch.file("run"), "--out", scratch.file("p.tsv")])
    #expect(predicted.number("rows") == 240)
    let exported = try succeed(["export", scratch.file("run"), "--out", scratch.file("e.npy")])
    #expect(exported.number("rows") == 240 && exported.number("width") == 64)
    #expect(exported["path"] as? String == scratch.file("e.npy"))
  }

  @Test func `models and version print their fields`() throws {
    let listed = try succeed(["models", "list"]).objects("models")
    let ofNodes = listed.filter { $0["task"] as? String == "nodes" }
    #expect(ofNodes.compactMap { $0["name"] as? String } == models)
    #expect(listed.dropFirst(models.count).allSatisfy { $0["task"] as? String == "links" })
    #expect(listed.allSatisfy { ($0["source"] as? String)?.isEmpty == false })
    for model in models {
      let shown = try succeed(["models", "show", model])
      #expect(shown["name"] as? String == model && (shown["defaults"] as? [String: Any])?.isEmpty == false)
    }
    let version = try succeed(["version", "--threads", "2"], environment: ["GROVE_CPU": "portable"])
    #expect(version["cpu"] as? String == "portable" && version.number("threads") == 2)
    #expect((version["libraries"] as? [String: Any])?.isEmpty == false && version["version"] is String)
  }

  @Test func `data list and data get work without a network for what is shipped`() throws {
    let scratch = try ScratchFolder()
    let names = try succeed(["data", "list"]).objects("data").compactMap { $0["name"] as? String }
    #expect(names.contains("karate") && names.contains("cora"))
    let fetched = try succeed(["data", "get", "karate", "--into", scratch.file("into")])
    for key in ["name", "path", "bytes", "sha256"] { #expect(fetched[key] != nil, "\(key)") }
    let path = try #require(fetched["path"] as? String)
    #expect(try succeed(["inspect", path]).numbers("nodes") == ["node": 34])
    try expectFailure(["data", "get", "atlantis"], code: 64, ["'atlantis'", "karate"])
  }

  @Test func `without the flag the same facts are printed for people`() throws {
    let scratch = try ScratchFolder()
    let path = try SmallData().writeFolder(scratch.file("small"))
    let trained = try GroveCommand.run(["train", path, "--out", scratch.file("run"), "--epochs", "5"])
    #expect(trained.code == 0 && trained.errors.isEmpty)
    let accuracy = try succeed(["evaluate", scratch.file("run")]).numbers("metrics")["accuracy"] ?? -1
    #expect(trained.output.contains(String(format: "%.2f", 100 * accuracy)), "per cent for people: \(trained.output)")
    #expect(trained.output.contains("run") && !trained.output.contains("{"))
  }

  @Test func `a result that cannot be printed is a failure and the work is kept`() throws {
    let scratch = try ScratchFolder()
    let path = try SmallData().writeFolder(scratch.file("small"))
    let grove = try GroveCommand.path()
    for words in ["version --json", "train \(path) --out \(scratch.file("run")) --epochs 2"] {
      let result = try RunningCommand("/bin/sh", ["-c", "'\(grove)' \(words) > /dev/full"], in: "/tmp").wait()
      #expect(result.code == 74 && result.errors.contains("standard output"), "\(result.code) \(result.errors)")
    }
    #expect(try succeed(["train", "--resume", scratch.file("run")]).number("epochs") == 2)
  }

  @Test(arguments: ["2>&-", "2>/dev/full"]) func `standard error may be closed or full`(redirection: String) throws {
    let scratch = try ScratchFolder()
    let grove = try GroveCommand.path()
    // The shipped graph has no features, which training says on standard error.
    let words = "train '\(shippedGraphs)/karate' --out '\(scratch.file("run"))' --epochs 2 --json"
    let result = try RunningCommand("/bin/sh", ["-c", "'\(grove)' \(words) \(redirection)"], in: "/tmp").wait()
    #expect(result.code == 0 && (try? result.object()) != nil, "\(result.code) \(result.output)")
  }
}
