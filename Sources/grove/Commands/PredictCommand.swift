import ArgumentParser
import Foundation
import GroveGraphs
import GroveKernels
import GroveLearning
import GroveStore

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Classes with probabilities for nodes, also of a graph that the run never saw.",
    discussion: """
      Example: grove predict run --out classes.tsv

      Runs of --task links give each node its likeliest new partners, with scores. --nodes may then hold pairs, two ids \
      with a tab between them, whose scores are written.
      """)

  @Argument(help: "A run's folder.") var path: String
  @Option(help: "Another graph with the same features and classes.") var store: String?
  @Option(help: "File with one node id a line (default: all nodes).") var nodes: String?
  @Option(help: "Partners of each node (runs of --task links; default 10).") var top: Int?
  @Option(help: "A .tsv or .jsonl file to write.") var out: String
  @Option(name: .customLong("run"), help: "Which of several runs (default 0).") var number: Int?
  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    guard out.hasSuffix(".tsv") || out.hasSuffix(".jsonl") else {
      throw TrainingFailure.configuration("--out \(out): the name must end with .tsv or .jsonl")
    }
    let place = try RunPlace(path, number: number)
    if place.configuration.isLinks { return try predictLinks(LoadedLinkRun(place)) }
    guard top == nil else {
      throw TrainingFailure.configuration("--top is for runs of --task links; leave it out")
    }
    let loaded = try LoadedRun(place, store: store)
    let data = loaded.model.data
    let chosen = try chosenNodes(data)
    let (probabilities, classes) = loaded.model.predictions()
    let names = loaded.model.classNames
    let isTable = out.hasSuffix(".tsv")
    if isTable, let text = (names + chosen.compactMap { data.nodeIDs?[$0] }).first(where: \.breaksTable) {
      throw TrainingFailure.data("\(out): '\(text.onOneLine)' holds a tab or line break; write a .jsonl file instead")
    }
    try AtomicFile.write(to: out) { sink in
      if isTable {
        try sink.write((["id", "class"] + names.map { "p(\($0))" }).joined(separator: "\t") + "\n")
      }
      for node in chosen {
        let row = probabilities[node * names.count..<(node + 1) * names.count]
        let id = data.nodeIDs?[node] ?? String(node)
        let given = classes[node].map { names[$0] }
        if isTable {
          let cells = [id, given.joined(separator: "|")] + row.map { "\($0)" }
          try sink.write(cells.joined(separator: "\t") + "\n")
        } else {
          let object: [String: Any] = [
            "id": id, "classes": given,
            "probabilities": Dictionary(zip(names, row.map(Double.init)), uniquingKeysWith: { first, _ in first }),
          ]
          let line = try JSONSerialization.data(
            withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
          try sink.write(line)
          try sink.write("\n")
        }
      }
    }
    var report = Report("predict")
    report.set("rows", chosen.count)
    report.set("path", out)
    report.say("\(grouped(chosen.count)) rows in \(out)")
    try report.finish(common)
  }

  private func chosenNodes(_ data: NodeData) throws -> [Int] {
    guard let nodes else { return Array(0..<data.nodeCount) }
    guard let text = FileManager.default.contents(atPath: nodes) else { throw FileFailure.missing(path: nodes) }
    let places = data.nodeIDs.map {
      Dictionary($0.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }
    let lines = String(decoding: text, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return try lines.enumerated().compactMap { line, text in
      let id = text.trimmingCharacters(in: .whitespaces)
      if id.isEmpty { return nil }
      let found = places.map { $0[String(text)] ?? $0[id] } ?? Int(id)
      guard let node = found, node >= 0, node < data.nodeCount else {
        throw TrainingFailure.data("\(nodes), line \(line + 1): \(data.name) has no node '\(id)'; correct the list")
      }
      return node
    }
  }
}

extension String {
  /// Whether it would break a line of a table in two, or a cell.
  var breaksTable: Bool { unicodeScalars.contains { $0 == "\t" || $0 == "\n" || $0 == "\r" } }
  /// Without control characters.
  var onOneLine: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 32 ? "?" : $0 }))
  }
}
