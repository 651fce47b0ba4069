import Foundation
import GroveKernels
import TestSupport
import Testing

/// `grove train --encoder`: features made on the way, and encoders that are trained with the model.
@Suite struct EncoderTrainingTests {
  private let scratch: ScratchFolder
  private let store: String
  private var environment: [String: String] { ["GROVE_CACHE": scratch.file("cache")] }

  /// Papers whose topic shows in which of two words comes first, which a mean of words does not tell.
  init() throws {
    scratch = try ScratchFolder()
    store = scratch.file("store")
    let names = ["red", "blue", "old", "new", "big", "small", "fast", "slow"]
    try TinyBert.write(to: scratch.file("tiny"), words: names)
    let lines = (0..<90).map { number in
      let (a, b) = (names[number / 2 % 4 * 2], names[number / 2 % 4 * 2 + 1])
      let title = number % 2 == 0 ? "\(a) \(b)" : "\(b) \(a)"
      return
        #"{"id": "p\#(number)", "title": "\#(title) \#(names[number * 5 % 8])", "authors": [{"id": "a\#(number / 9)", "name": "\#(names[number / 9 % 8]) name"}], "references": ["p\#((number + 2) % 90)"]}"#
    }
    try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: scratch.file("papers.jsonl"))
    let labels = (0..<90).map { "p\($0)\ttopic\($0 % 2)" }
    try AtomicFile.write("id\tlabel\n" + labels.joined(separator: "\n") + "\n", to: scratch.file("labels.tsv"))
    _ = try succeed(["import", scratch.file("papers.jsonl"), "--labels", scratch.file("labels.tsv"), "--into", store])
    _ = try succeed(["split", store, "--kind", "fraction:.4,.3", "--as", "parts"])
  }

  private func train(_ run: String, _ words: [String]) throws -> [String: Any] {
    try succeed(
      ["train", store, "--split", "parts", "--metric", "loss", "--epochs", "25", "--out", scratch.file(run)] + words,
      environment: environment)
  }

  private var encoder: [String] { ["--encoder", "bert:\(scratch.file("tiny"))"] }

  @Test func `frozen rows are those of the column that encode makes`() throws {
    _ = try succeed(
      ["encode", store, "--encoder", "bert", "--model", scratch.file("tiny")], environment: environment)
    _ = try train("column", ["--features", "bert"])
    _ = try train("encoder", encoder)
    let (a, b) = (scratch.file("column/best.safetensors"), scratch.file("encoder/best.safetensors"))
    let (one, other) = (try SafetensorsFile.read(a).tensors, try SafetensorsFile.read(b).tensors)
    #expect(one.mapValues(\.values) == other.mapValues(\.values) && !one.isEmpty)
  }

  @Test(arguments: [
    ["--tune-encoder", "1"], ["--lora", "2"],
    ["--tune-encoder", "2", "--lora", "3", "--fanouts", "4,4", "--batch", "16"],
  ])
  func `an encoder that is trained too is no worse on validation nodes and the same again`(words: [String]) throws {
    let frozen = try train("frozen", encoder + words.filter { _ in false })
    let more = encoder + words + ["--tune-epochs", "6", "--encoder-rate", "0.01"]
    let tuned = try train("tuned", more)
    #expect(tuned.number("epochs") ?? 0 > frozen.number("epochs") ?? 0)
    if !words.contains("--fanouts") {
      #expect(tuned.numbers("validation")["loss"] ?? 9 <= (frozen.numbers("validation")["loss"] ?? 0) + 1e-6)
    }
    #expect(tuned.number("parameters") ?? 0 > frozen.number("parameters") ?? 0)
    let page = String(decoding: try bytes(scratch.file("tuned/report.html")), as: UTF8.self)
    #expect(page.contains("--encoder bert:") && page.contains("--tune-epochs 6"))
    _ = try train("again", more + ["--threads", "1"])
    for name in ["best", "last"] {
      #expect(
        try contents(scratch.file("tuned/\(name).safetensors")) == contents(scratch.file("again/\(name).safetensors")))
    }
    let names = try SafetensorsFile.read(scratch.file("tuned/best.safetensors")).tensors.keys
    #expect(names.contains { $0.contains("features.trained") } && !names.contains { $0.contains("words") })
    let evaluated = try succeed(["evaluate", scratch.file("tuned")], environment: environment)
    #expect(
      abs((evaluated.numbers("metrics")["loss"] ?? 0) - (tuned.numbers("test")["loss"] ?? 1)) < 1e-5, "\(evaluated)")
  }

  @Test func `a run that is killed while its encoder is trained goes on to the same bytes`() throws {
    let words =
      encoder + ["--tune-encoder", "1", "--tune-epochs", "400", "--encoder-rate", "0.001", "--checkpoint-every", "1"]
    _ = try train("whole", words)
    let folder = scratch.file("killed")
    let running = try GroveCommand.start(
      ["train", store, "--split", "parts", "--metric", "loss", "--epochs", "25", "--out", folder] + words,
      environment: environment)
    // Once the log tells of an epoch of the second stage.
    let limit = Date(timeIntervalSinceNow: 60)
    while Date() < limit {
      let lines = (try? String(contentsOfFile: "\(folder)/metrics.jsonl", encoding: .utf8))?.split(separator: "\n")
        .count
      if (lines ?? 0) > 60 { break }
      usleep(2000)
    }
    running.send(SIGKILL)
    #expect(try running.wait().wasKilled)
    let resumed = try succeed(["train", "--resume", folder], environment: environment)
    #expect(resumed.number("resumedFromEpoch") ?? 0 > 25)
    for name in ["best", "last"] {
      #expect(try contents("\(folder)/\(name).safetensors") == contents(scratch.file("whole/\(name).safetensors")))
    }
  }

  @Test func `types of a heterogeneous graph have encoders of their own`() throws {
    let run = scratch.file("types")
    _ = try succeed(
      ["train", store, "--split", "parts", "--model", "hetero-sage", "--epochs", "5", "--out", run]
        + ["--relations", "cites,writes", "--encoder", "paper=bert:\(scratch.file("tiny")),author=tfidf"],
      environment: environment)
    let configuration = try JSONSerialization.jsonObject(with: bytes("\(run)/config.json")) as? [String: Any]
    let encoders = configuration?["encoders"] as? [String] ?? []
    #expect(encoders.count == 2 && encoders[1].hasPrefix("author=tfidf:/"), "\(encoders)")
    // What was fitted is used again.
    _ = try succeed(["evaluate", run], environment: environment)
  }

  @Test func `what cannot be tuned is told`() throws {
    let out = scratch.file("run")
    let cases: [([String], [String])] = [
      (["--tune-encoder", "2"], ["--encoder"]),
      (encoder + ["--tune-encoder", "3"], ["tuneEncoder is 3", "2 layers"]),
      (["--encoder", "hash", "--lora", "2"], ["hash", "no layers"]),
      (encoder + ["--task", "links"], ["grove encode"]),
      (encoder + ["--lora", "2", "--task", "open-world"], ["task nodes"]),
      (["--encoder", "person=hash"], ["person=hash", "paper"]),
      (["--encoder", "paper=hsh"], ["hsh"]),
      (encoder + ["--lora", "2", "--normalize-features", "rows"], ["normalizeFeatures"]),
    ]
    for (words, told) in cases {
      try expectFailure(
        ["train", store, "--split", "parts", "--out", out] + words, code: 64, told, environment: environment,
        absent: [out])
    }
  }
}
