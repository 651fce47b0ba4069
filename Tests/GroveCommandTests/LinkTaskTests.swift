import Foundation
import GroveKernels
import GroveStore
import TestSupport
import Testing

/// `grove train --task links` and what follows it, from the outside.
@Suite struct LinkTaskTests {
  private static let small = ["--task", "links", "--hidden", "8", "--epochs", "4"]

  private func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

  @Test func `a graph is split, trained on, evaluated, predicted with and exported`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"), named: true)
    let made = try succeed(["split", data, "--kind", "links:.1,.2,all", "--as", "held", "--seed", "3"])
    #expect(made.number("train") == 672 && made.number("validation") == 96 && made.number("test") == 192)
    let run = scratch.file("run")
    let result = try succeed(["train", data, "--out", run, "--model", "sage"] + Self.small)
    #expect(result["model"] as? String == "sage" && result.number("epochs") == 4)
    let keys: Set = ["mrr", "mrr@10", "hits@10", "recall@20", "ndcg@10", "ndcg@20"]
    #expect(Set(result.numbers("test").keys) == keys && Set(result.numbers("validation").keys) == keys)
    #expect(result.objects("runs").first?["split"] as? String == "held", "the only split of links is taken")
    let evaluated = try succeed(["evaluate", run])
    #expect(evaluated.number("links") == 192)
    for key in keys { #expect(close(evaluated.numbers("metrics")[key], result.numbers("test")[key]), "\(key)") }
    #expect(try succeed(["evaluate", run, "--part", "train"]).numbers("metrics")["mrr"] != nil)

    #expect(try succeed(["predict", run, "--top", "3", "--out", scratch.file("p.tsv")]).number("rows") == 720)
    let lines = try text(scratch.file("p.tsv")).split(separator: "\n")
    #expect(lines[0] == "source\ttarget\tscore\tprobability" && lines[1].hasPrefix("paper 0\tpaper "))
    try AtomicFile.write("paper 4\tpaper 9\n\npaper 5\n", to: scratch.file("nodes.txt"))
    let words = ["predict", run, "--nodes", scratch.file("nodes.txt"), "--out", scratch.file("p.jsonl")]
    #expect(try succeed(words).number("rows") == 11)
    #expect(try text(scratch.file("p.jsonl")).hasPrefix(#"{"probability":"#))
    let exported = try succeed(["export", run, "--out", scratch.file("e.tsv")])
    #expect(exported.number("rows") == 240 && exported.number("width") == 8)

    let page = PageReader(try text("\(run)/report.html"))
    #expect(page.problem == nil && page.text.contains("Ranks by degree") && page.text.contains("--task links"))
    let again = try GroveCommand.run(["train", "--resume", run])
    #expect(again.code == 0 && again.output.contains("ndcg@20"))
  }

  @Test func `the page's command trains the same weights`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let run = scratch.file("run")
    _ = try succeed(
      ["train", data, "--out", run, "--model", "deepwalk", "--negatives", "uniform", "--negative-count", "2"]
        + ["--method-options", "walks=2,steps=5", "--metric", "mrr@10", "--undirected", "yes"] + Self.small)
    let page = PageReader(try text("\(run)/report.html"))
    let command = try #require(page.all("code").map(\.text).first { $0.hasPrefix("grove train") })
    let words = command.split(separator: " ").dropFirst().map { $0.trimmingCharacters(in: ["'"]) }
    #expect(words.contains("links") && words.contains("mrr@10"))
    _ = try succeed(Array(words), in: scratch.path)
    #expect(try contents("\(run)/best.safetensors") == contents(scratch.file("again/best.safetensors")))
  }

  @Test func `a folder of links is taken as it is, and its test links change no weight`() throws {
    let scratch = try ScratchFolder()
    for (name, test) in [("a", [[0, 1, 2, 3], [5, 6, 7, 8]]), ("b", [[0, 4, 9, 3], [9, 3, 1, 2]])] {
      try FileManager.default.createDirectory(atPath: scratch.file(name), withIntermediateDirectories: true)
      if name == "a" {
        let users: [Int32] = (0..<120).map { Int32($0 / 6) }
        let items: [Int32] = (0..<120).map { link in
          let group = link / 6 % 2
          let item = (7 * (link % 6) + link / 12) % 15
          return Int32(15 * group + item)
        }
        try NumpyArray.write(.int32s(users + items), shape: [2, 120], to: scratch.file("a/train.npy"))
      } else {
        try FileManager.default.copyItem(atPath: scratch.file("a/train.npy"), toPath: scratch.file("b/train.npy"))
      }
      let counts = #"{"counts": {"users": 20, "items": 30}}"#
      try Data(counts.utf8).write(to: URL(fileURLWithPath: scratch.file("\(name)/meta.json")))
      try NumpyArray.write(
        .int32s(test[0].map(Int32.init) + test[1].map { Int32($0 + 15) }), shape: [2, 4],
        to: scratch.file("\(name)/test.npy"))
    }
    let seen = try succeed(["inspect", scratch.file("a")])
    #expect(seen.numbers("nodes") == ["user": 20, "item": 30] && seen.numbers("links")["test"] == 2)
    #expect(seen["snapshot"] as? String != (try succeed(["inspect", scratch.file("b")])["snapshot"] as? String))
    var results: [[String: Any]] = []
    for name in ["a", "b"] {
      results.append(
        try succeed(["train", scratch.file(name), "--out", scratch.file("run-\(name)"), "--model", "mf"] + Self.small))
    }
    #expect(results[0].objects("runs").first?.numbers("validation")["ndcg@20"] != nil, "validation is held out")
    #expect(
      try contents(scratch.file("run-a/best.safetensors")) == contents(scratch.file("run-b/best.safetensors")))
    #expect(results[0].numbers("test") != results[1].numbers("test"))
    #expect(
      try succeed(["export", scratch.file("run-a"), "--nodes", "item", "--out", scratch.file("i.npy")]).number("rows")
        == 30)
    try expectFailure(
      ["export", scratch.file("run-a"), "--nodes", "paper", "--out", scratch.file("x.npy")], code: 64, ["item, user"])
    try expectFailure(
      ["train", scratch.file("a"), "--out", scratch.file("x"), "--split", "links:.1,.1"] + Self.small, code: 64,
      ["split of its own"], absent: [scratch.file("x")])
  }

  @Test func `several runs draw splits of their own and are summed up`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let run = scratch.file("run")
    let result = try succeed(["train", data, "--out", run, "--model", "mf", "--runs", "2"] + Self.small)
    let values = result.objects("runs").compactMap { $0.numbers("test")["mrr"] }
    #expect(values.count == 2 && values[0] != values[1])
    #expect(close(result.numbers("test")["mrr"], (values[0] + values[1]) / 2))
    let page = PageReader(try text("\(run)/report.html"))
    #expect(page.problem == nil && page.text.contains("Mean reciprocal rank"))
    let other = scratch.file("other")
    _ = try succeed(["train", data, "--out", other, "--model", "deepwalk", "--runs", "2"] + Self.small)
    let compared = try succeed(["compare", run, other, "--metric", "mrr", "--out", scratch.file("c.html")])
    #expect(compared["metric"] as? String == "mrr" && compared.objects("pairs").count == 1)
    #expect(compared.objects("runs").map { $0["model"] as? String } == ["mf", "deepwalk"])
    #expect(close(compared.objects("runs").first?.numbers("test")["mrr"], result.numbers("test")["mrr"] ?? -1))
    #expect(PageReader(try text(scratch.file("c.html"))).text.contains("Metrics on test links"))
    try expectFailure(["compare", "\(run)/run-0", "\(other)/run-1"], code: 65, ["other test links", "--seed"])
    try expectFailure(["compare", run, other, "--metric", "accuracy"], code: 64, ["choose one of auc, ap, mrr"])
  }

  /// A graph of 30 papers by 12 authors; papers of one group share authors and topics.
  private func academic(_ path: String) throws -> String {
    try AtomicFile.makeFolder(path)
    var (papers, authors): ([Int32], [Int32]) = ([], [])
    for paper in Int32(0)..<30 {
      for step in Int32(0)..<3 {
        papers.append(paper)
        authors.append((paper % 2) * 6 + (paper / 2 + step * (1 + paper % 5)) % 6)
      }
    }
    try NumpyArray.write(.int32s(papers + authors), shape: [2, 90], to: "\(path)/edges_paper_author.npy")
    try NumpyArray.write(
      .int32s((0..<30).map(Int32.init) + (0..<30).map { Int32($0 % 2) }), shape: [2, 30],
      to: "\(path)/edges_paper_field.npy")
    return path
  }

  @Test func `walks along meta-paths give rows to every type, and held-out links are not walked`() throws {
    let scratch = try ScratchFolder()
    let data = try academic(scratch.file("academic"))
    let words = ["train", data, "--task", "links", "--model", "metapath2vec", "--hidden", "8", "--epochs", "3"]
    let listed = try GroveCommand.run(words + ["--out", scratch.file("none"), "--relations", "no"])
    #expect(listed.code == 64 && listed.errors.contains("give one of"), "\(listed.errors)")
    let name = try #require(
      listed.errors.split(separator: " ").map { $0.trimmingCharacters(in: [",", "\n"]) }.first {
        $0.contains("author")
      })
    let run = scratch.file("run")
    let options = ["--relations", name, "--method-options", "walks=5,steps=12,window=3", "--split", "links:.1,.2"]
    let result = try succeed(words + options + ["--out", run])
    #expect(result.numbers("test")["auc"] != nil)
    for (type, count) in [("paper", 30.0), ("author", 12), ("field", 2)] {
      let exported = try succeed(["export", run, "--nodes", type, "--out", scratch.file("\(type).npy")])
      #expect(exported.number("rows") == count && exported.number("width") == 8)
    }
    try expectFailure(
      words + options + ["--metapaths", "author-paper-author", "--out", scratch.file("x")], code: 64,
      ["must start and end at paper"], absent: [scratch.file("x")])
    try expectFailure(
      ["train", shippedGraphs + "/karate", "--task", "links", "--model", "metapath2vec", "--metapaths", "a-b", "--out"]
        + [scratch.file("x")], code: 64, ["metapaths holds 'a-b'"])
  }

  @Test func `models of links are listed and shown`() throws {
    let listed = try succeed(["models", "list"]).objects("models").filter { $0["task"] as? String == "links" }
    #expect(listed.compactMap { $0["name"] as? String }.contains("node2vec"))
    for name in listed.compactMap({ $0["name"] as? String }) + ["gcn"] {
      let shown = try succeed(["models", "show", name, "--task", "links"])
      let defaults = try #require(shown["defaults"] as? [String: Any])
      #expect(shown["task"] as? String == "links" && defaults["negatives"] is String && defaults["loss"] is String)
    }
  }

  @Test func `mistakes are told in one line`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let out = scratch.file("x")
    let cases: [([String], String)] = [
      (["--model", "rgcn"], "no link model"), (["--split", "links:.6,.6"], "links:VALIDATION,TEST"),
      (["--split", "public"], "no such split of links"), (["--relations", "cites"], "no relation 'cites'"),
      (["--negatives", "dn"], "dn"), (["--features", "words"], "no features 'words'"),
    ]
    for (words, told) in cases {
      try expectFailure(["train", data, "--out", out, "--task", "links"] + words, code: 64, [told], absent: [out])
    }
    try expectFailure(["split", data, "--kind", "links:1,1"], code: 64, ["links:VALIDATION,TEST"])
    try expectFailure(
      ["split", data, "--kind", "planetoid", "--relation", "edges"], code: 64, ["--kind links"])
  }
}
