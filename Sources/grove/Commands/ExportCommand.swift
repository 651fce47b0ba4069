import ArgumentParser
import GroveGraphs
import GroveLearning
import GroveStore

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes the embeddings of a run for other tools.",
    discussion: """
      Example: grove export run --out embeddings.npy

      The extension decides: .npy, .npz, .tsv, .w2v.txt, .safetensors, .sqlite. Beside .npy and .safetensors lies a \
      file .ids.txt with one node id a line.
      """)

  @Argument(help: "A run's folder.") var path: String
  @Option(help: "The file to write.") var out: String
  @Option(help: "Node type (default: the one the run was trained on).") var nodes: String?
  @Option(name: .customLong("run"), help: "Which of several runs (default 0).") var number: Int?
  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    _ = try ExportCatalogue.format(for: out)
    let loaded = try LoadedRun(path, number: number)
    let data = loaded.model.data
    if let nodes, nodes != data.nodeType.name {
      throw TrainingFailure.configuration("--nodes \(nodes): the run embeds nodes of type \(data.nodeType)")
    }
    let (values, width, _) = loaded.model.outputs()
    let table = EmbeddingTable(ids: data.nodeIDs, rows: data.nodeCount, width: width, values: values)
    for warning in try ExportCatalogue.write(table, to: out) { Notice.say("\(out): \(warning)") }
    var report = Report("export")
    report.set("rows", data.nodeCount)
    report.set("width", width)
    report.set("path", out)
    report.say("\(grouped(data.nodeCount)) rows of \(width) numbers in \(out)")
    try report.finish(common)
  }
}
