import ArgumentParser
import Foundation
import GroveGraphs
import GroveLearning
import GroveStore

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes the embeddings of a run, or the records of a store, for other tools.",
    discussion: """
      Example: grove export run --out embeddings.npy

      The extension decides: .npy, .npz, .tsv, .w2v.txt, .safetensors, .sqlite. Beside .npy and .safetensors lies a \
      file .ids.txt with one node id a line.
      """)

  @Argument(help: "A run's folder, or a store.") var path: String
  @Option(help: "The file to write.") var out: String
  @Option(help: "Node type (default: the one the run was trained on).") var nodes: String?
  @Option(help: "Of a store: oag-v3, its records as JSON lines in a folder or .jsonl file.") var format: String?
  @Option(name: .customLong("run"), help: "Which of several runs (default 0).") var number: Int?
  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    if GraphStore.isStore(path) { return try exportRecords() }
    _ = try ExportCatalogue.format(for: out)
    let table = try embeddings(of: nodes.map { NodeType($0) }, RunPlace(path, number: number))
    for warning in try ExportCatalogue.write(table, to: out) { Notice.say("\(out): \(warning)") }
    var report = Report("export")
    report.set("rows", table.rows)
    report.set("width", table.width)
    report.set("path", out)
    report.say("\(grouped(table.rows)) rows of \(table.width) numbers in \(out)")
    try report.finish(common)
  }

  /// Embeddings with ids of the nodes of a type; nil takes the classified type, or that of links' sources.
  private func embeddings(of type: NodeType?, _ place: RunPlace) throws -> EmbeddingTable {
    if place.configuration.isLinks {
      let loaded = try LoadedLinkRun(place)
      let type = type ?? loaded.model.data.types.source
      let (values, width) = try loaded.model.embeddings(of: type)
      return EmbeddingTable(
        ids: try loaded.links.source.relation?.graph.nodeIDs(of: type), rows: values.count / width, width: width,
        values: values)
    }
    let loaded = try LoadedRun(place)
    let type = type ?? loaded.model.data.nodeType
    let (values, width) = try loaded.model.embeddings(of: type)
    return EmbeddingTable(
      ids: try loaded.graph.nodeIDs(of: type), rows: loaded.graph.nodeCount(of: type), width: width, values: values)
  }

  private func exportRecords() throws {
    guard format == nil || format == OAGV3Format.name else {
      throw TrainingFailure.configuration("--format \(format ?? ""): records of a store are written as oag-v3")
    }
    let suffix = (out as NSString).pathExtension
    guard ["", "json", "jsonl"].contains(suffix) || format != nil else {
      throw TrainingFailure.configuration(
        "\(path) is a store without embeddings; give a run, or --format oag-v3 with a folder or .jsonl file for its records"
      )
    }
    let count = try RecordExport.write(try GraphStore(path), to: out)
    var report = Report("export")
    report.set("rows", count)
    report.set("format", OAGV3Format.name)
    report.set("path", out)
    report.say("\(grouped(count)) records of oag-v3 in \(out)")
    try report.finish(common)
  }
}
