import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import TestSupport
import Testing

/// `grove split --kind open-world:N` and `grove train --task open-world`, from the outside.
@Suite struct OpenWorldCommandTests {
  private static let small = [
    "--task", "open-world", "--method", "openima", "--hidden", "8", "--heads", "2", "--output-heads", "2", "--epochs",
    "4", "--batch", "100",
  ]
  private static let keys = [
    "overall", "seen", "novel", "overallSeparate", "seenSeparate", "novelSeparate", "imbalanceRate", "separationRate",
  ]

  private func data(_ scratch: ScratchFolder) throws -> String {
    let data = try SmallData().writeFolder(scratch.file("small"))
    let made = try succeed(["split", data, "--kind", "open-world:20", "--seed", "3"])
    #expect(made["name"] as? String == "openworld_3")
    #expect(made.number("train") == 40 && made.number("validation") == 40 && made.number("test") == 160)
    #expect((made["seen"] as? [String])?.count == 2 && (made["novel"] as? [String])?.count == 1)
    return data
  }

  @Test func `a split is made, trained on, evaluated, predicted with and exported`() throws {
    let scratch = try ScratchFolder()
    let data = try data(scratch)
    let run = scratch.file("run")
    let result = try succeed(["train", data, "--out", run] + Self.small)
    #expect(result["method"] as? String == "openima" && result["model"] as? String == "gat")
    #expect(Self.keys.allSatisfy { result.numbers("test")[$0] != nil }, "\(result)")
    #expect(result.numbers("validation")["accuracy"] != nil && result.number("resumedFromEpoch") == 0)
    #expect(result.objects("runs").count == 1 && result.number("epochs") == 4)
    let evaluated = try succeed(["evaluate", run])
    for key in Self.keys { #expect(close(evaluated.numbers("metrics")[key], result.numbers("test")[key]), "\(key)") }
    #expect(evaluated.objects("perClass").count == 3 && evaluated.number("nodes") == 160)
    let confusion = try #require(evaluated["confusion"] as? [[Int]])
    #expect(confusion.flatMap { $0 }.reduce(0, +) == 160)

    #expect(try succeed(["predict", run, "--out", scratch.file("p.tsv")]).number("rows") == 240)
    let lines = String(decoding: try bytes(scratch.file("p.tsv")), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 241 && lines[0].hasSuffix("p(novel-1)"))
    for line in lines.dropFirst() {
      let chances = line.split(separator: "\t").dropFirst(2).compactMap { Double($0) }
      #expect(chances.count == 3 && abs(chances.reduce(0, +) - 1) < 1e-4)
    }
    #expect(try succeed(["export", run, "--out", scratch.file("e.npy")]).number("width") == 8)
    let page = String(decoding: try bytes("\(run)/report.html"), as: UTF8.self)
    #expect(page.contains("novel classes matched apart") && page.contains("--task open-world"))
    let text = try GroveCommand.run(["evaluate", run])
    #expect(text.code == 0 && text.output.contains("one matching") && text.output.contains("novel"))
  }

  @Test func `a graph that the run never saw is predicted by the nearest clusters`() throws {
    let scratch = try ScratchFolder()
    let run = scratch.file("run")
    _ = try succeed(["train", try data(scratch), "--out", run] + Self.small)
    let other = try SmallData(count: 120, seed: 2).writeFolder(scratch.file("other"))
    let words = ["predict", run, "--store", other, "--out", scratch.file("p.jsonl")]
    #expect(try succeed(words).number("rows") == 120)
  }

  @Test func `several runs take the splits in turn and are summed up`() throws {
    let scratch = try ScratchFolder()
    let data = try data(scratch)
    _ = try succeed(["split", data, "--kind", "open-world:20", "--seed", "4"])
    let run = scratch.file("run")
    let result = try succeed(["train", data, "--out", run, "--runs", "2"] + Self.small)
    let runs = result.objects("runs")
    #expect(runs.compactMap { $0["split"] as? String } == ["openworld_3", "openworld_4"])
    let overall = runs.compactMap { $0.numbers("test")["overall"] }
    #expect(close(result.numbers("test")["overall"], (overall[0] + overall[1]) / 2))
    #expect(close(result.numbers("testStandardDeviation")["overall"], abs(overall[0] - overall[1]) / 2))
    #expect(try succeed(["train", "--resume", run]).numbers("test") == result.numbers("test"))
    // A split of its own for each run needs no stored one.
    let words = ["train", data, "--out", scratch.file("drawn"), "--split", "open-world:10", "--no-report"]
    #expect(try succeed(words + Self.small).number("epochs") == 4)
  }

  @Test(arguments: [SIGINT, SIGKILL]) func `a run that is ended goes on to the same bytes`(signal: Int32) throws {
    let scratch = try ScratchFolder()
    let data = try data(scratch)
    let words = Self.small + ["--epochs", "300", "--checkpoint-every", "3"]
    _ = try succeed(["train", data, "--out", scratch.file("whole")] + words)
    let run = scratch.file("run")
    let stopped = try InterruptionTests.caught(
      ["train", data, "--out", run] + words, at: "\(run)/last.safetensors", after: 200_000, by: signal)
    #expect(stopped.code == (signal == SIGINT ? 130 : 137), "\(stopped.code) \(stopped.errors)")
    let result = try succeed(["train", "--resume", run])
    let from = result.number("resumedFromEpoch") ?? 0
    #expect(from > 0 && from < 300, "\(from)")
    for name in ["best.safetensors", "last.safetensors", "report.html"] {
      let whole = try contents(scratch.file("whole/\(name)"))
      #expect(try name.hasSuffix("html") || contents("\(run)/\(name)") == whole, "\(name)")
    }
    #expect(
      try succeed(["evaluate", run]).numbers("metrics")
        == succeed(["evaluate", scratch.file("whole")]).numbers("metrics"))
  }

  @Test func `seen and novel classes go through a store, which trains the same way`() throws {
    let scratch = try ScratchFolder()
    let data = try data(scratch)
    let store = scratch.file("store")
    _ = try succeed(["import", data, "--into", store])
    let kept = try GraphStore(store).split(named: "openworld_3")
    #expect(try kept == StoreOpener.open(data).split(named: "openworld_3") && kept.classes?.seen.count == 2)
    let fromFolder = try succeed(["train", data, "--out", scratch.file("a")] + Self.small)
    let fromStore = try succeed(["train", store, "--out", scratch.file("b")] + Self.small)
    #expect(fromFolder.numbers("test") == fromStore.numbers("test"))
    #expect(try succeed(["split", store, "--kind", "open-world:5", "--as", "mine"]).number("train") == 10)
    #expect(try GraphStore(store).split(named: "mine").classes != nil)
  }

  @Test func `data that cannot serve is told in one line`() throws {
    let scratch = try ScratchFolder()
    let data = try data(scratch)
    try expectFailure(
      ["split", data, "--kind", "open-world:41"], code: 65, ["needs 82 nodes of each seen class", "has 80"])
    try expectFailure(
      ["train", data, "--out", scratch.file("x"), "--split", "public"] + Self.small, code: 65,
      ["'public'", "which classes are seen"], absent: [scratch.file("x")])
    try AtomicFile.write(
      #"{"train": [0, 1], "val": [], "test": [2, 5], "seen": [0, 1], "novel": [2]}"#,
      to: "\(data)/splits/openworld_bare.json")
    try expectFailure(
      ["train", data, "--out", scratch.file("x"), "--split", "openworld_bare"] + Self.small, code: 65,
      ["no validation node"], absent: [scratch.file("x")])
  }

  @Test func `methods are listed and shown with the models`() throws {
    let methods = try succeed(["models", "list"]).objects("methods")
    #expect(methods.contains { $0["name"] as? String == "openima" && $0["task"] as? String == "open-world" })
    let shown = try succeed(["models", "show", "openima"])
    #expect(shown.numbers("defaults")["rho"] == 75 && shown.numbers("defaults")["hidden"] == 128)
    func keys(_ method: String) throws -> Set<String> {
      Set((try succeed(["models", "show", method])["defaults"] as? [String: Any] ?? [:]).keys)
    }
    let all: Set = ["hidden", "layers", "dropout", "classes", "batch", "lr", "epochs"]
    #expect(try keys("infonce").isSuperset(of: all.union(["model", "recompute", "tau", "variant", "alignment"])))
    #expect(try keys("oodgat").isSuperset(of: all.union(["heads", "outputHeads", "attentionDropout"])))
    for (method, none) in [
      ("infonce", ["rho", "eta"]), ("gcd", ["tau", "variant", "alignment"]), ("oodgat", ["model", "recompute", "tau"]),
      ("openwgl", ["model", "recompute", "heads", "outputHeads", "attentionDropout", "alignment"]),
    ] { #expect(try keys(method).isDisjoint(with: none), "\(method)") }
  }

  @Test func `options that a method does not read are named, an encoder beside its own among them`() throws {
    let scratch = try ScratchFolder()
    let data = try data(scratch)
    let words = Self.small + ["--method", "oodgat", "--model", "appnp"]
    let told = try GroveCommand.run(
      ["train", data, "--out", scratch.file("run"), "--tau", "0.5", "--alignment", "train"] + words)
    #expect(told.code == 0 && told.output.hasPrefix("oodgat, "), "\(told.output)")
    let named = told.errorLines.filter { $0.contains("oodgat has no use for") }.compactMap { line in
      line.split(separator: " ").first { ["model;", "tau;", "alignment;"].contains($0) }
    }
    #expect(named == ["alignment;", "model;", "tau;"], "\(told.errors)")
    // The estimate needs an encoder, and reads the temperature.
    let estimate = ["--classes", "estimate", "--tau", "0.5"]
    try expectFailure(
      ["train", data, "--out", scratch.file("x")] + words + estimate, code: 64, ["appnp is no encoder", "gat"],
      absent: [scratch.file("x")])
    let run = ["train", data, "--out", scratch.file("y"), "--no-report"] + Self.small + ["--method", "gcd"]
    let estimated = try GroveCommand.run(run + ["--method-options", "labeled-weight=0.3"] + estimate)
    #expect(estimated.code == 0 && !estimated.errors.contains("no use"), "\(estimated.errors)")
    #expect(estimated.output.hasPrefix("gcd with gat, ") && estimated.output.contains("an estimate"))
  }
}

/// Nothing is learned from test nodes, nor from which of them are of novel classes.
@Suite(.enabled(if: SharedData.isPresent)) struct OpenWorldLeakTests {
  @Test func `permuted labels of test nodes leave Cora's weights and predictions as they are`() throws {
    let scratch = try ScratchFolder()
    let copy = scratch.file("cora")
    try FileManager.default.copyItem(atPath: SharedData.graph("cora"), toPath: copy)
    let split = try GraphDataset.readSplit(path: "\(copy)/splits/openworld_2406525885.json")
    #expect(split.classes == ClassDivision(seen: [5, 4, 1, 2], novel: [0, 3, 6]))
    var labels = try NumpyArray(path: "\(copy)/labels.npy").int32s()
    var random = TestRandom(3)
    let shuffled = split.test.map { labels[Int($0)] }.shuffled(using: &random)
    for (node, label) in zip(split.test, shuffled) { labels[Int(node)] = label }
    try FileManager.default.removeItem(atPath: "\(copy)/labels.npy")
    try NumpyArray.write(.int32s(labels), shape: [labels.count], to: "\(copy)/labels.npy")

    let words = [
      "--task", "open-world", "--split", "openworld_2406525885", "--epochs", "4", "--hidden", "32", "--heads", "4",
      "--output-heads", "4",
    ]
    let honest = try succeed(["train", SharedData.graph("cora"), "--out", scratch.file("a")] + words)
    let turned = try succeed(["train", copy, "--out", scratch.file("b")] + words)
    for name in ["best", "last"] {
      #expect(try contents(scratch.file("a/\(name).safetensors")) == contents(scratch.file("b/\(name).safetensors")))
    }
    for run in ["a", "b"] { _ = try succeed(["predict", scratch.file(run), "--out", scratch.file("\(run).tsv")]) }
    #expect(try contents(scratch.file("a.tsv")) == contents(scratch.file("b.tsv")))
    #expect(honest.numbers("validation") == turned.numbers("validation"))
    #expect(honest.numbers("test")["overall"] ?? 0 > 0.5, "\(honest.numbers("test"))")
    #expect(turned.numbers("test")["overall"] ?? 1 < 0.35)
  }
}
