import ArgumentParser
import Foundation
import GroveGraphs
import GroveLearning
import GroveStore

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes the embeddings of a run, a graph, or the records of a store, for other tools.",
    discussion: """
      Example: grove export run --out embeddings.npy

      The extension decides: .npy, .npz, .tsv, .w2v.txt, .safetensors, .sqlite. Beside .npy and .safetensors lies a \
      file .ids.txt with one node id a line.

      Example: grove export papers.store --out papers.npz --format npz

      A store or graph is written whole with --format ogb (a folder), npz, matrix-market (one relation) or graphml; the \
      records of a store as oag-v3. What the format cannot hold is said.
      """)

  @Argument(help: "A run's folder, a store, or a graph in files.") var path: String
  @Option(help: "The file or folder to write.") var out: String
  @Option(help: "Node type (default: the one the run was trained on).") var nodes: String?
  @Option(
    help:
      "Of a store: oag-v3, its records as JSON lines in a folder or .jsonl file. Of a graph: ogb, npz, matrix-market or graphml."
  )
  var format: String?
  @Option(help: "Of a graph as matrix-market: the relation to write.") var relation: String?
  @Option(help: "Of a graph: the feature column that goes along, or none (default: the first of each type).")
  var features: String?
  @Option(name: .customLong("run"), help: "Which of several runs (default 0).") var number: Int?
  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    if let exporter = format.flatMap(GraphExporters.exporter(named:)) { return try exportGraph(exporter) }
    guard format == nil || format == OAGV3Format.name else {
      let known = ([OAGV3Format.name] + GraphExporters.all.map { $0.name }).joined(separator: ", ")
      throw TrainingFailure.configuration("--format \(format ?? ""): choose one of \(known)")
    }
    guard relation == nil, features == nil else {
      let formats = GraphExporters.all.map { $0.name }.joined(separator: ", ")
      throw TrainingFailure.configuration("--relation and --features go with --format \(formats)")
    }
    if format != nil || GraphStore.isStore(path) { return try exportRecords() }
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

  private func exportGraph(_ exporter: any GraphExporter.Type) throws {
    let graph = try openGraph(path)
    let options = GraphExportOptions(relation: relation, features: features)
    let losses = try exporter.write(graph, to: out, options: options)
    for loss in losses { Notice.say("\(out): \(loss)") }
    var report = Report("export")
    let nodes = graph.nodeTypes.reduce(0) { $0 + graph.nodeCount(of: $1) }
    report.set("rows", nodes)
    report.set("format", exporter.name)
    report.set("path", out)
    report.set("leftOut", losses)
    report.say("\(grouped(nodes)) nodes of \(graph.name) as \(exporter.name) in \(out)")
    try report.finish(common)
  }

  private func exportRecords() throws {
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
