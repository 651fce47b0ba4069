import Foundation
import GroveStore
import TestSupport
import Testing

/// `grove samplers`.
@Suite struct SamplersCommandTests {
  @Test func `list prints every sampler with its kind, pool and source`() throws {
    let result = try succeed(["samplers", "list"])
    let samplers = try #require(result["samplers"] as? [[String: Any]])
    #expect(samplers.count >= 40)
    for sampler in samplers {
      for key in ["name", "type", "pool", "source"] { #expect((sampler[key] as? String)?.isEmpty == false) }
    }
    #expect(
      Set(samplers.compactMap { $0["type"] as? String }).isSubset(of: [
        "static", "hard", "GAN-based", "auxiliary-based", "in-batch",
      ]))
  }

  @Test func `show gives exact chances beside what was drawn`() throws {
    let result = try succeed([
      "samplers", "show", "uniform", "--graph", shippedGraphs + "/karate", "--anchor", "0", "--draws", "20000",
    ])
    let rows = try #require(result["distribution"] as? [[String: Any]])
    // Node 0 of the karate club has 16 neighbors among 33 others.
    #expect(rows.count == 17)
    for row in rows {
      #expect(abs((row["probability"] as? Double ?? 0) - 1.0 / 17) < 1e-12)
      #expect(abs((row["observed"] as? Double ?? 0) - 1.0 / 17) < 0.01)
    }
    #expect(result["falseNegativeRate"] is NSNull)
  }

  @Test(arguments: ["dns", "trisampler", "mcns", "in-batch", "nscaching", "bernoulli"])
  func `show draws from samplers of every kind, the same again`(name: String) throws {
    let words = [
      "samplers", "show", name, "--graph", shippedGraphs + "/karate", "--anchor", "5", "--draws", "2000", "--seed", "3",
    ]
    let first = try succeed(words)
    let rows = try #require(first["distribution"] as? [[String: Any]])
    #expect(abs(rows.reduce(0) { $0 + ($1["observed"] as? Double ?? 0) } - 1) < 1e-9)
    #expect(abs(rows.reduce(0) { $0 + ($1["probability"] as? Double ?? 0) } - 1) < 1e-9)
    let second = try succeed(words)
    #expect(NSArray(array: second["distribution"] as? [Any] ?? []) == NSArray(array: rows))
  }

  @Test func `a folder of links tells how often a negative is a hidden positive`() throws {
    let scratch = try ScratchFolder()
    // 0 – 1, 1 – 2 to train with, 0 – 2 hidden, 3 joined to nothing.
    try NumpyArray.write(.int32s([0, 1, 1, 2]), shape: [2, 2], to: scratch.file("train.npy"))
    try NumpyArray.write(.int32s([0, 0, 2, 3, 1, 0]), shape: [3, 2], to: scratch.file("test.npy"))
    let words = ["samplers", "show", "uniform", "--graph", scratch.path, "--anchor", "0"]
    let known = try succeed(words)
    #expect(known["falseNegativeRate"] as? Double == 0.5)
    let filtered = try succeed(words + ["--exclude", "train,test"])
    #expect(filtered["falseNegativeRate"] is NSNull)
    #expect((filtered["distribution"] as? [Any])?.count == 1)
    let unknown = try GroveCommand.run(words + ["--exclude", "valid"])
    #expect(unknown.code == 64 && unknown.errors.contains("'valid'") && unknown.errors.contains("train, test"))
  }

  @Test(arguments: [
    (["show", "unifrm", "--anchor", "0"], 64, "did you mean 'uniform'"),
    (["show", "uniform", "--anchor", "99"], 64, "nodes of"),
    (["show", "dns", "--anchor", "0", "--numbers", "draw=3"], 64, "draws=32"),
    (["show", "uniform", "--anchor", "0", "--relation", "likes"], 64, "relation"),
    (["show", "rocketqa", "--anchor", "0", "--numbers", "threshold=-1000"], 65, "nothing to draw"),
  ]) func `what cannot be is said in one line`(words: [String], code: Int32, part: String) throws {
    let result = try GroveCommand.run(["samplers"] + words + ["--graph", shippedGraphs + "/karate"])
    #expect(result.code == code && result.errors.contains(part), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test func `compare trains one encoder under each sampler, the same again`() throws {
    let scratch = try ScratchFolder()
    let words = [
      "samplers", "compare", shippedGraphs + "/karate", "--samplers", "uniform,dns,bernoulli", "--runs", "2",
      "--epochs",
      "4", "--width", "8", "--out", scratch.file("page.html"),
    ]
    let first = try succeed(words)
    let samplers = try #require(first["samplers"] as? [[String: Any]])
    #expect(samplers.compactMap { $0["name"] as? String } == ["uniform", "dns", "bernoulli"])
    #expect(first["metric"] as? String == "mrr")
    for sampler in samplers {
      let test = try #require(sampler["test"] as? [String: Double])
      for key in ["mrr", "auc", "ap", "hits@10"] { #expect((0...1).contains(test[key] ?? -1)) }
      #expect((0...1).contains(sampler["falseNegativeRate"] as? Double ?? -1))
      #expect((sampler["negativesPerSecond"] as? Double ?? 0) > 0 && (sampler["meanGradient"] as? Double ?? 0) > 0)
    }
    let page = try String(contentsOfFile: scratch.file("page.html"), encoding: .utf8)
    for part in ["uniform", "dns", "bernoulli", "false, %", "<svg"] { #expect(page.contains(part), "\(part)") }
    let second = try succeed(words)
    let again = try #require(second["samplers"] as? [[String: Any]])
    for (one, other) in zip(samplers, again) {
      #expect(one["test"] as? [String: Double] == other["test"] as? [String: Double])
    }
    let wrong = try GroveCommand.run(
      ["samplers", "compare", shippedGraphs + "/karate", "--samplers", "dns:draw=3", "--out", scratch.file("x.html")])
    #expect(wrong.code == 64 && wrong.errors.contains("draws="))
    let unknown = try GroveCommand.run(["samplers", "compare", shippedGraphs + "/karate", "--samplers", "unifrm"])
    #expect(unknown.code == 64 && unknown.errors.contains("did you mean 'uniform'"))
  }

  @Test func `the cheat sheet lists every sampler`() throws {
    let sheet = try String(
      contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/cheatsheet.md"), encoding: .utf8)
    let samplers = try #require(try succeed(["samplers", "list"])["samplers"] as? [[String: Any]])
    for sampler in samplers {
      let name = try #require(sampler["name"] as? String)
      #expect(sheet.contains("| `\(name)` |"), "\(name)")
    }
  }
}
