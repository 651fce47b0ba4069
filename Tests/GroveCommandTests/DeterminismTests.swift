import Foundation
import GroveKernels
import GroveStore
import TestSupport
import Testing

/// Equal commands give equal bytes.
@Suite struct DeterminismTests {
  /// Large enough that every kernel works in several blocks.
  private static let data = SmallData(count: 1500)

  /// CPU paths to try: the default and those named, where this machine has them.
  static let paths: [String] = ["", "portable", "avx2"].filter { $0.isEmpty || CPUPath.available.contains($0) }

  @Test(arguments: models, paths)
  func `the number of threads changes no byte of weights or exports`(model: String, cpu: String) throws {
    let scratch = try ScratchFolder()
    let data = try Self.data.writeFolder(scratch.file("small"))
    var files: [[String: FileContents]] = []
    for threads in ["1", "2", "3"] {
      let run = scratch.file("run-with-\(threads)")
      // --epochs has no meaning for label propagation, so it is said only where it has.
      var epochs = model == "label-propagation" ? [] : ["--epochs", "3"]
      if model == "gcnii" { epochs += ["--layers", "8"] }
      // A page is laid out alike for every model, so one serves for all.
      if model != "gcn" { epochs.append("--no-report") }
      func grove(_ words: [String]) throws {
        _ = try succeed(words + ["--threads", threads], environment: ["GROVE_CPU": cpu])
      }
      try grove(["train", data, "--out", run, "--model", model] + epochs)
      try grove(["export", run, "--out", "\(run)/e.npy"])
      try grove(["predict", run, "--out", "\(run)/p.tsv"])
      let names =
        ["best.safetensors", "last.safetensors", "e.npy", "p.tsv"] + (model == "gcn" ? ["report.html"] : [])
      files.append(try Dictionary(uniqueKeysWithValues: names.map { ($0, try contents("\(run)/\($0)")) }))
    }
    for name in files[0].keys.sorted() {
      #expect(files[1][name] == files[0][name], "\(name), 2 threads")
      #expect(files[2][name] == files[0][name], "\(name), 3 threads")
    }
  }

  @Test func `the seed alone decides what is drawn`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    for (name, seed) in [("a", "7"), ("b", "7"), ("c", "8")] {
      _ = try succeed(["train", data, "--out", scratch.file(name), "--seed", seed, "--epochs", "5"])
    }
    let weights = try ["a", "b", "c"].map { try contents(scratch.file("\($0)/best.safetensors")) }
    #expect(weights[0] == weights[1] && weights[0] != weights[2])
    #expect(try contents(scratch.file("a/last.safetensors")) == contents(scratch.file("b/last.safetensors")))
  }

  @Test func `nothing of the place where a run lies is in its weights`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    try SmallData().writeFolder(scratch.file("deep/er/copy"))
    _ = try succeed(["train", data, "--out", scratch.file("a"), "--epochs", "4"])
    _ = try succeed(["train", "copy", "--out", "run", "--epochs", "4"], in: scratch.file("deep/er"))
    for name in ["best", "last"] {
      #expect(
        try contents(scratch.file("a/\(name).safetensors")) == contents(scratch.file("deep/er/run/\(name).safetensors"))
      )
    }
  }
}

/// Nothing is learned from test nodes.
@Suite(.enabled(if: SharedData.isPresent)) struct LeakTests {
  @Test(arguments: ["gcn", "gat"]) func `permuted test labels leave Cora's weights as they are`(model: String) throws {
    let scratch = try ScratchFolder()
    let copy = scratch.file("cora")
    try FileManager.default.copyItem(atPath: SharedData.graph("cora"), toPath: copy)
    struct Parts: Decodable { let test: [Int] }
    let split = try JSONDecoder().decode(Parts.self, from: bytes("\(copy)/splits/public.json"))
    var labels = try NumpyArray(path: "\(copy)/labels.npy").int32s()
    var random = TestRandom(3)
    let shuffled = split.test.map { labels[$0] }.shuffled(using: &random)
    for (node, label) in zip(split.test, shuffled) { labels[node] = label }
    try FileManager.default.removeItem(atPath: "\(copy)/labels.npy")
    try NumpyArray.write(.int32s(labels), shape: [labels.count], to: "\(copy)/labels.npy")

    let words = ["--model", model, "--split", "public", "--epochs", "60"]
    let honest = try succeed(["train", SharedData.graph("cora"), "--out", scratch.file("a")] + words)
    let turned = try succeed(["train", copy, "--out", scratch.file("b")] + words)
    for name in ["best", "last"] {
      #expect(try contents(scratch.file("a/\(name).safetensors")) == contents(scratch.file("b/\(name).safetensors")))
    }
    #expect(honest.number("bestEpoch") == turned.number("bestEpoch"))
    #expect(honest.numbers("validation") == turned.numbers("validation"))
    #expect(honest.numbers("test")["accuracy"] ?? 0 > 0.77)
    #expect(turned.numbers("test")["accuracy"] ?? 1 < 0.27, "chance is about the square sum of the class shares, 0.18")
  }
}
