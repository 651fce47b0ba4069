import Foundation
import GroveKernels
import TestSupport
import Testing

@Suite struct PredictionTests {
  private struct Row {
    let id: String
    let classes: [String]
    let probabilities: [Double]
  }

  private func table(_ path: String) throws -> (header: [String], rows: [Row]) {
    let lines = String(decoding: try bytes(path), as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    return (
      lines[0],
      lines.dropFirst().map { cells in
        Row(id: cells[0], classes: [cells[1]], probabilities: cells[2...].compactMap { Double($0) })
      }
    )
  }

  @Test func `a table of predictions holds what evaluation counts`() throws {
    let scratch = try ScratchFolder()
    let data = SmallData()
    let path = try data.writeFolder(scratch.file("small"), named: true)
    let trained = try succeed(["train", path, "--out", scratch.file("run"), "--epochs", "15"])
    _ = try succeed(["predict", scratch.file("run"), "--out", scratch.file("p.tsv")])
    let (header, rows) = try table(scratch.file("p.tsv"))
    #expect(header == ["id", "class", "p(red)", "p(green)", "p(blue)"])
    #expect(rows.map(\.id) == (0..<240).map { data.name($0) })
    let names = ["red", "green", "blue"]
    for row in rows {
      #expect(abs(row.probabilities.reduce(0, +) - 1) < 1e-5 && row.probabilities.count == 3)
      let largest = row.probabilities.indices.max { row.probabilities[$0] < row.probabilities[$1] } ?? 0
      #expect(row.classes == [names[largest]])
    }
    let right = data.test.count { rows[Int($0)].classes == [names[Int(data.labels[Int($0)])]] }
    #expect(close(Double(right) / Double(data.test.count), trained.numbers("test")["accuracy"]))
  }

  @Test func `lines of JSON hold the same as the table, for the nodes of a list in its order`() throws {
    let scratch = try ScratchFolder()
    let data = SmallData()
    let path = try data.writeFolder(scratch.file("small"), named: true)
    _ = try succeed(["train", path, "--out", scratch.file("run"), "--epochs", "5"])
    try AtomicFile.write("paper 9\r\n\r\n  paper 3 \r\npaper 239\npaper 9\n", to: scratch.file("list.txt"))
    let list = ["--nodes", scratch.file("list.txt")]
    #expect(try succeed(["predict", scratch.file("run"), "--out", scratch.file("p.jsonl")] + list).number("rows") == 4)
    _ = try succeed(["predict", scratch.file("run"), "--out", scratch.file("p.tsv")])
    let all = try table(scratch.file("p.tsv")).rows
    let lines = try bytes(scratch.file("p.jsonl")).split(separator: UInt8(ascii: "\n")).map {
      try JSONSerialization.jsonObject(with: $0) as? [String: Any] ?? [:]
    }
    #expect(lines.map { $0["id"] as? String } == ["paper 9", "paper 3", "paper 239", "paper 9"])
    for (line, node) in zip(lines, [9, 3, 239, 9]) {
      #expect(line["classes"] as? [String] == all[node].classes)
      let probabilities = line.numbers("probabilities")
      for (name, value) in zip(["red", "green", "blue"], all[node].probabilities) {
        #expect(abs((probabilities[name] ?? -1) - value) < 1e-6)
      }
    }
  }

  @Test(arguments: models) func `a graph that the run never saw needs features and nothing else`(model: String) throws {
    let scratch = try ScratchFolder()
    let data = SmallData()
    let path = try data.writeFolder(scratch.file("small"))
    try data.writeFolder(scratch.file("bare"))
    for name in ["labels.npy", "splits", "meta.json"] {
      try FileManager.default.removeItem(atPath: scratch.file("bare/\(name)"))
    }
    let run = scratch.file("run")
    let few = model == "label-propagation" ? [] : ["--epochs", "5"]
    _ = try succeed(["train", path, "--out", run, "--model", model] + few)
    _ = try succeed(["predict", run, "--out", scratch.file("own.tsv")])
    let words = ["predict", run, "--store", scratch.file("bare"), "--out", scratch.file("bare.tsv")]
    if model == "label-propagation" || model == "correct-and-smooth" {
      let word = model == "label-propagation" ? model : "its own training nodes"
      try expectFailure(words, code: 64, [word, "bare"], absent: [scratch.file("bare.tsv")])
      return
    }
    let result = try GroveCommand.run(words)
    #expect(result.code == 0 && result.errors.isEmpty, "\(result.errors)")
    #expect(
      try contents(scratch.file("bare.tsv")) == contents(scratch.file("own.tsv")), "the same nodes, the same rows")
  }

  @Test func `a graph with other classes, splits and relations is predicted with the run's classes`() throws {
    let scratch = try ScratchFolder()
    let data = SmallData()
    let path = try data.writeFolder(scratch.file("small"))
    let run = scratch.file("run")
    _ = try succeed(["train", path, "--out", run, "--model", "sage", "--epochs", "30"])
    // Another graph of the same kind in another shape: classes by other names, relation `cites`, two splits.
    let other = SmallData(count: 120, seed: 5)
    try other.writeLinqs(scratch.file("linqs"))
    for name in ["one", "two"] { try AtomicFile.write(other.splitText, to: scratch.file("linqs/splits/\(name).json")) }
    _ = try succeed(["predict", run, "--store", scratch.file("linqs"), "--out", scratch.file("p.tsv")])
    let (header, rows) = try table(scratch.file("p.tsv"))
    #expect(header[2...] == ["p(red)", "p(green)", "p(blue)"])
    #expect(rows.count == 120 && rows[7].id == "paper 7")
    let names = ["red", "green", "blue"]
    let right = rows.indices.count { rows[$0].classes == [names[$0 % 3]] }
    #expect(right > 84, "\(right) of 120")
  }

  @Test func `a graph that does not fit says how`() throws {
    let scratch = try ScratchFolder()
    let path = try SmallData().writeFolder(scratch.file("small"))
    let run = scratch.file("run")
    _ = try succeed(["train", path, "--out", run, "--epochs", "2"])
    let out = scratch.file("p.tsv")
    try expectFailure(
      ["predict", run, "--store", "\(shippedGraphs)/karate", "--out", out], code: 64, ["karate", "features"],
      absent: [out])
    _ = try succeed(["train", path, "--out", scratch.file("learned"), "--epochs", "2", "--features", "learned:8"])
    try expectFailure(
      ["predict", scratch.file("learned"), "--store", path, "--out", out], code: 64, ["learned:8", "its own nodes"],
      absent: [out])
  }

  @Test func `names that would break a table are refused there and kept in JSON`() throws {
    let scratch = try ScratchFolder()
    let path = try SmallData().writeFolder(scratch.file("small"))
    try AtomicFile.write(#"{"class_names": ["re\td", "green", "blue"]}"#, to: "\(path)/meta.json")
    _ = try succeed(["train", path, "--out", scratch.file("run"), "--epochs", "1"])
    let out = scratch.file("p.tsv")
    try expectFailure(["predict", scratch.file("run"), "--out", out], code: 65, [".jsonl"], absent: [out])
    _ = try succeed(["predict", scratch.file("run"), "--out", scratch.file("p.jsonl")])
    #expect(String(decoding: try bytes(scratch.file("p.jsonl")), as: UTF8.self).contains(#""re\td""#))
  }
}
