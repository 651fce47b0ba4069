import ArgumentParser
import Foundation
import GroveGraphs
import GroveKernels
import GroveLanguage
import GroveStore

struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode", abstract: "Turns texts of nodes into a feature column, or lines of a file into rows.",
    discussion: """
      Example: grove encode papers.store --encoder minilm --fields title,abstract

      Lines of a file: grove encode titles.txt --encoder minilm --out titles.npy

      Each text is encoded once for each model: what was encoded before is read from the cache, and a command that was \
      stopped goes on where it was.
      """)

  @Argument(help: "A store, a folder with texts, or a text file of one text a line.") var source: String
  @OptionGroup var options: EncoderOptions
  @Option(help: "Fields to encode, separated by commas (default: title,abstract).") var fields: String?
  @Option(help: "How fields are joined, such as '{title}. {abstract}' (default: by a blank).") var template: String?
  @Option(help: "Node type (default: the labeled one).") var nodes: String?
  @Option(name: .customLong("as"), help: "Name of the feature column (default: the encoder's).") var column: String?
  @Flag(help: "Makes the column the default features of its type.") var first = false
  @Flag(help: "Stores numbers in 16 bits: half the room, three digits.") var half = false
  @Option(help: "A file for the rows in place of a column: .npy, .npz, .tsv, .w2v.txt, .safetensors or .sqlite.")
  var out: String?
  @Option(help: "Folder for what a fitted encoder (tfidf, glove) learned (default: in the cache).") var save: String?
  @Option(help: "Folder of rows that are kept (default: in $GROVE_CACHE).") var cache: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    ProcessState.catchInterrupts()
    if let out { _ = try ExportCatalogue.format(for: out) }
    let isGraph = GraphStore.isStore(source) || AtomicFile.isFolder(source)
    try isGraph ? encodeNodes() : encodeLines()
  }

  // MARK: - Nodes

  private func encodeNodes() throws {
    let graph = try openGraph(source)
    if out == nil, !(graph is GraphStore) {
      throw EncoderFailure.option(
        encoder: options.encoder, reason: "\(source) is no store, so it takes no column",
        advice: "import it first (grove import \(source) --into STORE), or give a file with --out")
    }
    let words = fields?.split(separator: ",").map(String.init) ?? []
    if template != nil, !words.isEmpty {
      throw EncoderFailure.option(
        encoder: options.encoder, reason: "--fields and --template both name fields", advice: "give one of them")
    }
    var texts = try NodeTexts(graph, type: nodes.map { NodeType($0) }, fields: words, pattern: template)
    var request = try options.request
    let unprefixed = texts
    let chosen = try ChosenEncoder(request, saving: save) { try unprefixed.all() }
    request = chosen.request
    texts.prefix = chosen.prefix
    let name = column ?? options.encoder
    let recipe = try TextColumnRecipe(encoder: request, template: template, fields: texts.template.fields).text
    let rows = try EncodedRows(texts.count, chosen.encoder, cache: EncodingFolder.path(cache)) { try texts.forEach($0) }
    if rows.absent > 0 {
      Notice.say(
        "\(grouped(rows.absent)) of \(grouped(texts.count)) \(texts.type) nodes have none of these fields; they get the row of an empty text"
      )
    }
    if let out {
      let table = try rows.table(ids: graph.nodeIDs(of: texts.type))
      for warning in try ExportCatalogue.write(table, to: out) { Notice.say("\(out): \(warning)") }
      return try finish(chosen, rows, to: out, "in \(out)")
    }
    let snapshot = graph.knownSnapshot
    let editor = StoreEditor(source)
    switch rows.contents {
    case .sparse(let matrix):
      try editor.set(
        features: matrix, named: name, of: texts.type, elementType: half ? .f16 : .f32, isDefault: first,
        snapshot: snapshot, recipe: recipe)
    case .kept(let encoding, let keys):
      try editor.set(
        featuresOfWidth: rows.width, named: name, of: texts.type, elementType: half ? .f16 : .f32, isDefault: first,
        snapshot: snapshot, recipe: recipe
      ) { try encoding.rows(keys[$0]).values }
    }
    try finish(chosen, rows, to: nil, "in column \(name) of \(texts.type) nodes")
  }

  // MARK: - Lines

  private func encodeLines() throws {
    guard let out else {
      throw EncoderFailure.option(
        encoder: options.encoder, reason: "\(source) is no store, so the rows need a file",
        advice: "give one with --out, such as rows.npy")
    }
    for (flag, isGiven) in [
      ("--fields", fields != nil), ("--template", template != nil), ("--nodes", nodes != nil), ("--as", column != nil),
      ("--first", first), ("--half", half),
    ] where isGiven {
      throw EncoderFailure.option(
        encoder: options.encoder, reason: "\(flag) is about columns of a store", advice: "leave it out for a text file")
    }
    let lines = try TextFile.lines(of: source)
    let chosen = try ChosenEncoder(options.request, saving: save) { lines }
    let rows = try EncodedRows(lines.count, chosen.encoder, cache: EncodingFolder.path(cache)) { take in
      for line in lines { try take(chosen.prefix + line) }
      return 0
    }
    for warning in try ExportCatalogue.write(rows.table(ids: nil), to: out) { Notice.say("\(out): \(warning)") }
    try finish(chosen, rows, to: out, "in \(out)")
  }

  private func finish(_ chosen: ChosenEncoder, _ rows: EncodedRows, to path: String?, _ place: String) throws {
    var report = Report("encode")
    report.set("encoder", options.encoder)
    report.set("rows", rows.count)
    report.set("width", rows.width)
    report.set("cached", rows.cached)
    report.set("rowsPerSecond", rows.seconds > 0 ? Double(rows.count) / rows.seconds : 0)
    report.set("gigaflopsPerSecond", rows.gigaflops)
    report.set("column", path == nil ? column ?? options.encoder : nil)
    report.set("path", path)
    report.set("savedTo", chosen.savedTo)
    report.say("\(grouped(rows.count)) rows of \(grouped(rows.width)) numbers \(place)")
    if rows.cached > 0 { report.say("\(grouped(rows.cached)) of them were at hand") }
    if let saved = chosen.savedTo { report.say("What \(options.encoder) learned lies in \(saved)") }
    try report.finish(common)
  }
}
