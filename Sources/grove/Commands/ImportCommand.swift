import ArgumentParser
import Foundation
import GroveGraphs
import GroveKernels
import GroveLearning
import GroveStore

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Reads academic dumps, or a whole graph, into a store.",
    discussion: """
      Example: grove import papers.jsonl --labels labels.tsv --into papers.store
      Example: grove import --edges E.csv --features X.npy --labels y.npy --undirected --into graph.store

      SOURCE is a file, a folder or an archive (gzip, zstd, xz, zip, tar) of records: OAG, the DBLP citation networks,
      MAG, OpenAlex, S2ORC. A store that is there already is added to. Without SOURCE only labels and splits change. Or
      SOURCE is one graph, which makes a new store: a folder of arrays, an .npz, a list of edges, files of LINQS,
      Planetoid, HGB, OGB, Matrix Market (.mtx), GraphML, node-link JSON.
      """)

  @Argument(help: "Files, folders or archives of records, or one graph.") var sources: [String] = []
  @Option(help: "The store: a folder, made where there is none.") var into: String
  @Option(help: "auto, or the name of a dialect of records or of a graph format.") var format = "auto"
  @Option(help: "A list of edges, in place of SOURCE: source,target[,weight] a line.") var edges: String?
  @Option(help: "Of --edges: one row of features a node, .npy or .npz.") var features: String?
  @Flag(help: "Of a graph whose files do not say so: every edge runs both ways.") var undirected = false
  @Option(
    help:
      "A table of id and label, an array of one label a node, or a relation to label by: published_in or has_topic.")
  var labels: String?
  @Option(help: "A split file or a folder of them; may be repeated.") var split: [String] = []
  @Option(help: "References to papers that are not there: drop, keep-stub or error (default drop).")
  var dangling: String?
  @Option(help: "Papers whose id came before: first, merge or error (default first).") var duplicates: String?
  @Flag(help: "The dump is a newer one: its records take the place of the store's papers with their ids.")
  var update = false
  @Option(
    name: .customLong("author-key"), help: "id, or name: authors without an id become one node a name (default id).")
  var authorKey: String?
  @Flag(name: .customLong("decode-html"), help: "Decode &amp; and its like in titles.") var decodesEntities = false
  @Flag(help: "Stop at the first bad record.") var strict = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let dangling, DanglingRule(rawValue: dangling) == nil {
      throw ValidationError("--dangling \(dangling): give drop, keep-stub or error")
    }
    if let duplicates, DuplicateRule(rawValue: duplicates) == nil {
      throw ValidationError("--duplicates \(duplicates): give first, merge or error")
    }
    if let authorKey, !["id", "name"].contains(authorKey) {
      throw ValidationError("--author-key \(authorKey): give id or name")
    }
    if edges != nil, !sources.isEmpty { throw ValidationError("--edges stands in place of SOURCE: give one of them") }
    if edges == nil, features != nil { throw ValidationError("--features goes with --edges") }
    if edges == nil, sources.isEmpty && labels == nil && split.isEmpty {
      throw ValidationError("nothing to import: give files of records, --labels or --split")
    }
  }

  func run() throws {
    common.apply()
    if !FormatCatalogue.all.contains(where: { $0.name == format }) { try RecordFormats.check(format) }
    let started = Date()
    var report: LoadReport?
    if let (graph, labels) = try graph() {
      try refuse(recordOptions, with: "a graph (\(graph.path)); they are for dumps of records")
      report = try GraphImporter(labels: labels, splits: split).run(graph, into: into)
    } else if !sources.isEmpty {
      try refuse(graphOptions, with: "records; it is for a graph whose files do not say so")
      var options = StoreImporter.Options()
      options.dangling = dangling.flatMap(DanglingRule.init) ?? .drop
      options.duplicates = duplicates.flatMap(DuplicateRule.init) ?? .first
      options.isUpdate = update
      options.isStrict = strict
      options.keysAuthorsByName = authorKey == "name"
      options.decodesEntities = decodesEntities
      options.format = format
      options.labels = labels
      options.splits = split
      let line = Guarded(ProgressLine())
      defer { line.withLock { $0.clear() } }
      let importer = StoreImporter(options) { share, text in line.withLock { $0.show(share, text) } }
      report = try importer.run(sources, into: into)
    } else {
      try refuse(recordOptions + graphOptions, with: "--labels or --split alone; give SOURCE too")
      try StoreEditor(into).set(labels: labels, splits: split)
    }
    let seconds = Date().timeIntervalSince(started)
    for warning in report?.warnings ?? [] { Notice.say(warning) }
    try show(report, seconds)
  }

  /// The given options that are for records alone.
  private var recordOptions: [String] {
    [
      dangling.map { _ in "--dangling" }, duplicates.map { _ in "--duplicates" }, authorKey.map { _ in "--author-key" },
      decodesEntities ? "--decode-html" : nil, strict ? "--strict" : nil, update ? "--update" : nil,
    ].compactMap(\.self)
  }

  /// The given options that are for whole graphs alone.
  private var graphOptions: [String] { undirected ? ["--undirected"] : [] }

  private func refuse(_ options: [String], with what: String) throws {
    guard options.isEmpty else {
      throw ValidationError(
        "\(options.joined(separator: ", ")) \(options.count == 1 ? "does" : "do") not go with \(what)")
    }
  }

  /// The graph that is to be imported whole, and the labels that are not part of its files; nil for records.
  private func graph() throws -> (GraphDataset, labels: String?)? {
    let options = ReadOptions(isUndirected: undirected)
    guard let edges else {
      return try GraphImporter.graph(in: sources, format: format, options: options).map { ($0, labels) }
    }
    var files = ["edges.csv": edges]
    if let features { files[features.lowercased().hasSuffix(".npz") ? "features.npz" : "features.npy"] = features }
    if let labels { files[labels.lowercased().hasSuffix(".npy") ? "labels.npy" : "labels.tsv"] = labels }
    return (try EdgeListFormat.read(try FileTree(named: edges, files: files), options: options), nil)
  }

  private func show(_ load: LoadReport?, _ seconds: Double) throws {
    let store = try GraphStore(into)
    let load = load ?? LoadReport()
    var report = Report("import")
    let nodes = store.nodeTypes.map { ($0.name, store.nodeCount(of: $0)) }
    let edges = Array(zip(titles(of: store.relations), store.relations.map { store.edgeCount(of: $0) }))
    report.set("path", into)
    report.set("format", load.format)
    report.set("records", load.records)
    report.set("bad", load.bad)
    report.set("duplicates", load.duplicates)
    report.set("dangling", load.dangling)
    report.set("distinctDangling", load.distinctDangling)
    report.set("selfReferences", load.selfReferences)
    report.set("duplicateEdges", load.duplicateEdges)
    report.set("authorsWithoutID", load.authorsWithoutID)
    report.set("venuesWithoutID", load.venuesWithoutID)
    report.set("yearsMissing", load.yearsMissing)
    report.set("yearsOutOfRange", load.yearsOutOfRange)
    report.set("abstracts", load.abstracts)
    report.set("links", load.links)
    report.set("joined", load.joined ?? 0)
    report.set("merged", load.merged ?? 0)
    report.set("updated", load.updated ?? 0)
    report.set("nodes", Dictionary(uniqueKeysWithValues: nodes))
    report.set("edges", Dictionary(uniqueKeysWithValues: edges))
    report.set("bytesRead", load.bytesRead)
    report.set("megabytesPerSecond", Double(load.bytesRead) / 1e6 / seconds)
    report.set("recordsPerSecond", Double(load.records) / seconds)
    report.set("badLines", load.badLines)
    report.set("badPlaces", load.badPlaces)
    report.set("rejects", load.rejects.map { "\(into)/\($0)" })
    report.set("warnings", load.warnings)
    report.set("classes", try store.labels()?.classCount ?? 0)
    report.set("splits", store.splitNames)
    report.set("snapshot", store.snapshot)
    if load.records > 0 {
      let rate = "\(duration(seconds)), \(Int(Double(load.bytesRead) / 1e6 / seconds)) MB/s"
      let what = FormatCatalogue.all.contains { $0.name == load.format } ? "nodes" : "records"
      report.say("\(into): \(grouped(load.records)) \(what) of \(load.format) in \(rate)")
    } else {
      report.say("\(into): labels and splits changed")
    }
    report.table(nodes.map { ["nodes \($0.0)", grouped($0.1)] } + edges.map { ["edges \($0.0)", grouped($0.1)] })
    let dirt: [(String, Int)] = [
      ("bad records, left out", load.bad), ("papers with an id that came before", load.duplicates),
      ("references to papers that are not there", load.dangling),
      ("references of a paper to itself", load.selfReferences),
      ("references listed twice", load.duplicateEdges), ("authors without id", load.authorsWithoutID),
      ("venues without id", load.venuesWithoutID), ("papers without year", load.yearsMissing),
      ("years out of range", load.yearsOutOfRange), ("nodes of two dumps made one", load.joined ?? 0),
      ("papers merged into others", load.merged ?? 0), ("papers replaced by newer records", load.updated ?? 0),
    ].filter { $0.1 > 0 }
    if !dirt.isEmpty {
      report.say("Dirt:")
      report.table(dirt.map { [$0.0, grouped($0.1)] })
    }
    for place in load.badPlaces { report.say("  \(place)") }
    if let rejects = load.rejects { report.say("Bad records are kept in \(into)/\(rejects)") }
    if let labels = try store.labels() {
      report.say(
        "\(labels.classCount) classes; splits: \(store.splitNames.isEmpty ? "none" : store.splitNames.joined(separator: ", "))"
      )
    }
    report.say("Snapshot \(store.snapshot)")
    try report.finish(common)
  }
}
