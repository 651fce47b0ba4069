import Foundation
import GroveKernels
import TestSupport
import Testing

/// `train` reads every shape of graph, packed or not, to the same weights.
@Suite struct ShapeTests {
  /// A way to pack what lies in a folder.
  struct Packing: Sendable, CustomTestStringConvertible {
    /// What the packed data is called, `X` standing for the name of the plain data.
    let name: String
    let program: String
    let command: String
    var testDescription: String { name }
  }

  private static let archives: [Packing] = [
    Packing(name: "X.tar", program: "tar", command: "tar cf X.tar X"),
    Packing(name: "X.tar.gz", program: "gzip", command: "tar czf X.tar.gz X"),
    Packing(name: "X.tgz", program: "gzip", command: "tar czf X.tgz -C X ."),
    Packing(name: "X.tar.zst", program: "zstd", command: "tar cf X.tar X && zstd -q X.tar -o X.tar.zst"),
    Packing(name: "X.tar.xz", program: "xz", command: "tar cJf X.tar.xz X"),
    Packing(name: "X.zip", program: "zip", command: "zip -q -r X.zip X"),
  ]

  private func weights(_ store: String, _ scratch: ScratchFolder, _ more: [String] = []) throws -> FileContents {
    let out = scratch.file(UUID().uuidString)
    let words = ["train", store, "--out", out, "--epochs", "3", "--undirected", "yes"] + more
    let result = try GroveCommand.run(words, in: scratch.path)
    try #require(result.code == 0, "\(store): \(result.errors)")
    #expect(result.errors.isEmpty, "\(result.errors)")
    return try contents("\(out)/best.safetensors")
  }

  @Test(arguments: archives) func `an archive of any shape gives the weights of its folder`(packing: Packing) throws {
    guard hasTool(packing.program) else { return }
    let scratch = try ScratchFolder()
    let data = SmallData()
    try data.writeFolder(scratch.file("folder"), named: true)
    try data.writeLinqs(scratch.file("linqs"))
    try data.writeTable(scratch.file("table"))
    for shape in ["folder", "linqs", "table"] {
      let plain = try weights(shape, scratch)
      try tool(["/bin/sh", "-c", packing.command.replacingOccurrences(of: "X", with: shape)], in: scratch.path)
      let packed = packing.name.replacingOccurrences(of: "X", with: shape)
      #expect(try weights(packed, scratch) == plain, "\(packed)")
    }
  }

  @Test(arguments: ["gzip", "zstd", "xz", "bzip2"]) func `files packed one by one are read as they are`(program: String)
    throws
  {
    guard hasTool(program) else { return }
    let scratch = try ScratchFolder()
    let data = SmallData()
    try data.writeFolder(scratch.file("folder"))
    try data.writeLinqs(scratch.file("linqs"))
    try data.writeTable(scratch.file("table"))
    for (shape, files) in [
      ("folder", ["edges.npy", "features.npy", "labels.npy"]), ("linqs", ["small.content", "small.cites"]),
      ("table", ["edges.csv", "labels.npy"]),
    ] {
      let plain = try weights(shape, scratch)
      for file in files {
        try tool([program, "-q", file], in: scratch.file(shape))
        try? FileManager.default.removeItem(atPath: scratch.file("\(shape)/\(file)"))  // zstd keeps it
      }
      #expect(try weights(shape, scratch) == plain, "\(shape) by \(program)")
    }
  }

  @Test func `one .npz is read plain and packed`() throws {
    let scratch = try ScratchFolder()
    try SmallData().writeArchive(scratch.file("graph.npz"), split: scratch.file("mine.json"))
    let split = ["--split", "mine.json"]
    let plain = try weights("graph.npz", scratch, split)
    for (program, suffix) in [("gzip", "gz"), ("zstd", "zst")] where hasTool(program) {
      try tool(["/bin/sh", "-c", "\(program) -q < graph.npz > graph.npz.\(suffix)"], in: scratch.path)
      #expect(try weights("graph.npz.\(suffix)", scratch, split) == plain)
    }
    // Without a split each run draws one, and says so.
    let result = try GroveCommand.run(["train", "graph.npz", "--out", "run", "--epochs", "2"], in: scratch.path)
    #expect(result.code == 0 && result.errors.contains("no split") && result.errors.contains("fraction:.6,.2"))
  }

  @Test(arguments: [SmallData(), SmallData(wordChance: 0.05)])
  func `one graph gives one set of weights whatever its shape, its words many or few`(data: SmallData) throws {
    let scratch = try ScratchFolder()
    try data.writeFolder(scratch.file("folder"))
    try data.writeTable(scratch.file("table"))
    try data.writeArchive(scratch.file("graph.npz"), split: scratch.file("public.json"))
    let folder = try weights("folder", scratch)
    #expect(try weights("table", scratch) == folder)
    #expect(try weights("graph.npz", scratch, ["--split", "public.json"]) == folder)
    try data.writeLinqs(scratch.file("linqs"))
    #expect(try weights("linqs", scratch) == folder)
  }

  @Test func `a split is stored with a LINQS folder and trained on`() throws {
    let scratch = try ScratchFolder()
    let data = SmallData()
    try data.writeLinqs(scratch.file("linqs"))
    try FileManager.default.removeItem(atPath: scratch.file("linqs/splits"))
    let split = try succeed(["split", scratch.file("linqs"), "--kind", "per-class:20,30", "--as", "small"])
    #expect(split.number("train") == 60 && split.number("validation") == 90 && split.number("test") == 90)
    #expect(try succeed(["inspect", scratch.file("linqs")])["splits"] as? [String] == ["small"])
    let trained = try succeed(["train", scratch.file("linqs"), "--out", scratch.file("run"), "--epochs", "20"])
    #expect(trained.objects("runs").map { $0["split"] as? String } == ["small"])
    #expect(trained.numbers("test")["accuracy"] ?? 0 > 0.7)
    try tool(["tar", "cf", "linqs.tar", "linqs"], in: scratch.path)
    try expectFailure(
      ["split", scratch.file("linqs.tar"), "--kind", "planetoid"], code: 64, ["linqs.tar", "folders only"])
  }
}

/// The graph that the project ships.
@Suite struct KarateTests {
  @Test(arguments: models) func `the shipped graph trains without a network`(model: String) throws {
    let scratch = try ScratchFolder()
    let words = model == "gcnii" ? ["--layers", "4"] : []
    let result = try succeed(
      ["train", "\(shippedGraphs)/karate", "--model", model, "--out", scratch.file("run")] + words,
      environment: ["http_proxy": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1"])
    let parts = ["train", "validation", "test"].map { result.numbers($0)["accuracy"] ?? 0 }
    // A node's own learned row, which these keep apart, fits the few known classes before its neighbors are heard of;
    // without the graph it tells nothing at all.
    let keepApart = ["mlp", "correct-and-smooth", "cheb", "pna", "h2gcn", "fagcn", "acm-gcn", "gps", "hetero-sage"]
    if keepApart.contains(model) {
      #expect(parts[0] >= 0.5 && (result.numbers("test")["loss"] ?? .infinity).isFinite, "\(model): \(parts)")
    } else {
      #expect(parts[0] == 1 && parts[2] >= 0.75, "\(model): \(parts)")
    }
    if model == "mlp" { #expect(parts[2] < 0.8) }
  }
}
