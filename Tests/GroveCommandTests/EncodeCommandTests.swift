import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import TestSupport
import Testing

/// `grove encode` and `grove search`, with an encoder that is at hand everywhere.
@Suite struct EncodeCommandTests {
  /// Papers of two topics, a tiny encoder, and a cache of their own.
  private struct Place {
    let scratch: ScratchFolder
    var environment: [String: String] { ["GROVE_CACHE": scratch.file("cache")] }
    static let topics = [
      ["graph", "node", "edge", "network", "neighbor"], ["cell", "protein", "gene", "enzyme", "tissue"],
    ]

    init() throws {
      scratch = try ScratchFolder()
      try TinyBert.write(to: scratch.file("tiny"), words: Place.topics.flatMap { $0 } + ["of", "the", "##s"])
    }

    func file(_ name: String) -> String { scratch.file(name) }

    /// The text of a paper.
    static func text(_ number: Int) -> String {
      let words = topics[number % 2]
      return (0..<6).map { words[(number / 2 * 7 + $0 * $0 * 3 + number / 11) % 5] }.joined(separator: " ")
        + (number % 3 == 0 ? " of the \(number)" : "")
    }

    /// A store of papers that cite others of their topic; every fifth has no abstract.
    func store(papers: Int = 80) throws -> String {
      let lines = (0..<papers).map { number in
        let abstract = number % 5 == 4 ? "" : #", "abstract": "\#(Place.text(number))""#
        return
          #"{"id": "p\#(number)", "title": "\#(Place.topics[number % 2][number / 2 % 5]) \#(number)", "references": ["p\#((number + 2) % papers)"]\#(abstract)}"#
      }
      try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: file("papers.jsonl"))
      let labels = (0..<papers).map { "p\($0)\ttopic\($0 % 2)" }
      try AtomicFile.write("id\tlabel\n" + labels.joined(separator: "\n") + "\n", to: file("labels.tsv"))
      _ = try succeed(["import", file("papers.jsonl"), "--labels", file("labels.tsv"), "--into", file("store")])
      return file("store")
    }

    func encode(_ words: [String]) throws -> [String: Any] {
      try succeed(["encode"] + words, environment: environment)
    }
  }

  @Test func `lines of a file become rows, once for each model`() throws {
    let place = try Place()
    let lines = (0..<40).map(Place.text) + ["", Place.text(3)]
    try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: place.file("lines.txt"))
    let words = [place.file("lines.txt"), "--encoder", "bert", "--model", place.file("tiny")]
    let first = try place.encode(words + ["--out", place.file("a.npy")])
    #expect(first["encoder"] as? String == "bert")
    #expect(first.number("rows") == 42 && first.number("width") == 16)
    #expect(first.number("cached") == Double(42 - Set(lines).count))
    #expect(first.number("rowsPerSecond") ?? 0 > 0)
    let second = try place.encode(words + ["--out", place.file("b.npy"), "--threads", "1"])
    #expect(second.number("cached") == 42)
    #expect(try contents(place.file("a.npy")) == contents(place.file("b.npy")))
    let array = try NumpyArray(path: place.file("a.npy"))
    #expect(array.shape == [42, 16])
    let rows = try array.floats()
    for row in 0..<42 {
      let length = rows[row * 16..<(row + 1) * 16].reduce(0) { $0 + $1 * $1 }
      #expect(abs(length - 1) < 1e-5)
    }
    #expect(Array(rows[3 * 16..<4 * 16]) == Array(rows[41 * 16..<42 * 16]))
    let other = try place.encode(
      words + ["--out", place.file("c.npy"), "--no-normalize", "--prefix", "the ", "--max-tokens", "5"])
    #expect(other.number("cached") == Double(42 - Set(lines).count))
    #expect(try contents(place.file("a.npy")) != contents(place.file("c.npy")))
  }

  @Test func `texts of nodes become a column that is listed, trained on and searched`() throws {
    let place = try Place()
    let store = try place.store()
    _ = try succeed(["split", store, "--kind", "fraction:.3,.3", "--as", "parts"])
    for (encoder, width) in [("hash", 4096), ("tfidf", nil), ("bert", 16)] {
      let model = encoder == "bert" ? ["--model", place.file("tiny")] : []
      let encoded = try place.encode([store, "--encoder", encoder] + model)
      #expect(encoded.number("rows") == 80)
      if let width { #expect(encoded.number("width") == Double(width)) }
    }
    #expect(
      Set((try succeed(["inspect", store])["features"] as? [String: Int] ?? [:]).keys) == ["hash", "tfidf", "bert"])
    let trained = try succeed(
      ["train", store, "--features", "tfidf", "--split", "parts", "--epochs", "20", "--out", place.file("run")])
    #expect(trained.numbers("test")["accuracy"] ?? 0 > 0.9)
    for features in ["hash", "tfidf"] {
      let found = try succeed(
        ["search", store, "proteins? enzyme protein tissue", "-k", "5", "--features", features],
        environment: place.environment)
      let ids = found.objects("neighbors").compactMap { $0["id"] as? String }
      #expect(ids.count == 5 && ids.allSatisfy { Int($0.dropFirst()).map { $0 % 2 } == 1 }, "\(ids)")
      let scores = found.objects("neighbors").compactMap { ($0["score"] as? NSNumber)?.doubleValue }
      #expect(scores == scores.sorted(by: >))
    }
    // A text finds itself through the encoder.
    let whole = "\(Place.topics[1][1]) 3 \(Place.text(3))"
    let own = try succeed(
      ["search", store, whole, "-k", "1", "--features", "bert"], environment: place.environment)
    #expect(own.objects("neighbors").first?["id"] as? String == "p3")
    #expect(abs((own.objects("neighbors").first?["score"] as? NSNumber)?.doubleValue ?? 0) > 0.99999)
  }

  @Test func `fields and templates choose what is encoded, 16 bits halve a column, and rows may go to a file`() throws {
    let place = try Place()
    let store = try place.store()
    let model = ["--encoder", "bert", "--model", place.file("tiny")]
    _ = try place.encode([store, "--fields", "title", "--as", "titles"] + model)
    _ = try place.encode([store, "--template", "{title}", "--as", "again", "--half"] + model)
    _ = try place.encode([store, "--fields", "title", "--out", place.file("titles.npz")] + model)
    let opened = try GraphStore(store)
    let titles = try opened.features(named: "titles", of: NodeType("paper"))
    let half = try opened.features(named: "again", of: NodeType("paper"))
    guard case .dense(let a, _) = titles, case .dense(let b, _) = half else {
      Issue.record("columns are not dense")
      return
    }
    #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-3 } && zip(a, b).contains { $0 != $1 })
    let result = try GroveCommand.run(
      ["encode", store, "--fields", "abstract", "--as", "abstracts"] + model, environment: place.environment)
    #expect(
      result.code == 0 && result.errors.contains("16 of 80 paper nodes have none of these fields"), "\(result.errors)")
  }

  @Test(arguments: [SIGKILL, SIGINT]) func `an encoding that is ended goes on to the same bytes`(signal: Int32) throws {
    let place = try Place()
    let lines = (0..<60_000).map { "\(Place.text($0)) \($0)" }
    try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: place.file("lines.txt"))
    let words = ["encode", place.file("lines.txt"), "--encoder", "bert", "--model", place.file("tiny")]
    _ = try succeed(words + ["--out", place.file("whole.npy"), "--cache", place.file("other")])
    var wasEnded = false
    for delay in [150_000, 300_000, 500_000] as [UInt32] {
      let running = try GroveCommand.start(
        words + ["--out", place.file("ended.npy"), "--cache", place.file("kept")], environment: place.environment)
      usleep(delay)
      running.send(signal)
      let result = try running.wait()
      if result.wasKilled || result.code == 130 {
        wasEnded = true
        #expect(!FileManager.default.fileExists(atPath: place.file("ended.npy")))
      }
    }
    #expect(wasEnded, "it was faster than the signals")
    _ = try succeed(words + ["--out", place.file("ended.npy"), "--cache", place.file("kept")])
    #expect(try contents(place.file("ended.npy")) == contents(place.file("whole.npy")))
  }

  @Test func `what cannot be encoded is told in one line`() throws {
    let place = try Place()
    let store = try place.store(papers: 8)
    let environment = place.environment
    try AtomicFile.write(Data("one\n".utf8) + Data([0xff, 0xfe, 10]), to: place.file("bad.txt"))
    try AtomicFile.write("one\n", to: place.file("good.txt"))
    let out = place.file("x.npy")
    let cases: [([String], Int32, [String])] = [
      ([place.file("none.txt"), "--encoder", "hash", "--out", out], 66, ["none.txt"]),
      ([place.file("bad.txt"), "--encoder", "hash", "--out", out], 65, ["bad.txt", "line 2", "UTF-8"]),
      ([place.file("good.txt"), "--encoder", "hash"], 64, ["--out"]),
      ([place.file("good.txt"), "--encoder", "hash", "--out", place.file("x.what")], 64, [".npy"]),
      ([place.file("good.txt"), "--encoder", "minlm", "--out", out], 64, ["minlm", "nearest is minilm"]),
      ([place.file("good.txt"), "--encoder", "bert", "--out", out], 64, ["--model"]),
      ([place.file("good.txt"), "--encoder", "bert", "--model", place.file("no"), "--out", out], 66, ["/no"]),
      (
        [place.file("good.txt"), "--encoder", "hash", "--encoder-options", "cols=3", "--out", out], 64, ["columns=4096"]
      ),
      ([place.file("good.txt"), "--encoder", "hash", "--max-tokens", "9", "--out", out], 64, ["--max-tokens"]),
      ([store, "--encoder", "hash", "--fields", "venue"], 64, ["'venue'", "title"]),
      ([store, "--encoder", "hash", "--fields", "doi"], 66, ["doi"]),
      ([store, "--encoder", "hash", "--nodes", "person"], 64, ["person", "paper"]),
      ([store, "--encoder", "hash", "--template", "{title"], 64, ["brace"]),
      ([shippedGraphs + "/karate", "--encoder", "hash"], 64, ["store"]),
    ]
    for (words, code, told) in cases {
      try expectFailure(["encode"] + words, code: code, told, environment: environment, absent: [out])
    }
    try expectFailure(["search", store, "x"], code: 66, ["grove encode"], environment: environment)
    let cut = place.file("cut")
    try TinyBert.write(to: cut, words: ["one"])
    let weights = try bytes("\(cut)/model.safetensors")
    try AtomicFile.write(weights.dropLast(9), to: "\(cut)/model.safetensors")
    try expectFailure(
      ["encode", place.file("good.txt"), "--encoder", "bert", "--model", cut, "--out", out], code: 65,
      ["model.safetensors"], environment: environment, absent: [out])
  }
}
