import Foundation
import GroveGraphs
import GroveKernels

/// Writes a whole graph of any types into a new store: what a folder of arrays, an archive of them or a list of edges
/// holds, feature columns, labels, splits, ids and years included.
public struct GraphImporter: Sendable {
  /// Labels in place of the graph's own: see `StoreEditor.set`.
  private let labels: String?
  /// Splits beside the graph's own, as for `labels`.
  private let splits: [String]

  /// An importer that also sets labels and adds splits.
  public init(labels: String? = nil, splits: [String] = []) {
    self.labels = labels
    self.splits = splits
  }

  /// Writes `graph` into the store at `folder`, which must not hold one yet.
  ///
  /// - Throws: `StoreFailure.occupied`; `FormatFailure` for ids that are not distinct; what the graph throws; `FileFailure`.
  /// - Complexity: O(N log N + E + feature entries) time; memory for one relation or column beside the graph's own.
  @discardableResult
  public func run(_ graph: any GraphData, into folder: String) throws -> LoadReport {
    var report = LoadReport()
    report.format = graph.format
    report.sources = [graph.path]
    report.records = graph.nodeTypes.reduce(0) { $0 + graph.nodeCount(of: $1) }
    report.warnings = graph.warnings
    report.bytesRead = try GraphImporter.byteCount(graph.path)
    try StoreWriter.change(folder) { writer in
      if let former = writer.former {
        let holds = former.isGraph == true ? "a graph" : "academic records"
        throw StoreFailure.occupied(path: folder, holds: holds, by: "another graph")
      }
      try write(graph, writer, reports: [report])
    }
    return report
  }

  /// The graph that `sources` hold, or nil where they are to be read as a dump of records.
  ///
  /// Without a format's name, a folder is a graph where the names in it are those of a format; for a file see
  /// `GraphFileNames`.
  ///
  /// - Throws: `FormatFailure` where several sources are given for one graph; what the format's reader throws.
  public static func graph(in sources: [String], format: String, options: ReadOptions) throws -> GraphDataset? {
    let isNamed = FormatCatalogue.all.contains { $0.name == format }
    guard isNamed || format == "auto", let first = sources.first else { return nil }
    guard try isNamed || isGraph(first) else { return nil }
    guard sources.count == 1 else {
      throw FormatFailure.bad(sources[1], "is a second source for one graph", do: "import one graph at a time")
    }
    return try StoreOpener.open(first, format: isNamed ? format : nil, options: options)
  }

  private static func isGraph(_ path: String) throws -> Bool {
    guard AtomicFile.isFolder(path) else { return GraphFileNames.isGraph(path) }
    let tree = try FileTree(path)
    return FormatCatalogue.all.contains { format in
      // A single text file of any name would do for a list of edges; of records too.
      format.recognizes(tree)
        && (format.name != EdgeListFormat.name || tree.names.contains { $0.hasPrefix("edges.") })
    }
  }

  /// Writes the graph of a store anew.
  static func rewrite(_ store: GraphStore) throws {
    try StoreWriter.change(store.path) { try GraphImporter().write(store, $0, reports: store.reports) }
  }

  private func write(_ graph: any GraphData, _ writer: StoreWriter, reports: [LoadReport]) throws {
    let database = try TextDatabaseWriter(writer.path("texts.sqlite"), types: graph.nodeTypes)
    let nodes = try graph.nodeTypes.enumerated().map {
      try GraphImporter.nodes($1, named: GraphImporter.fileName($1.name, "type-\($0)"), of: graph, database, writer)
    }
    for type in graph.nodeTypes where try graph.textFields(of: type).contains(TextDatabaseWriter.textField) {
      try database.insertTexts(of: type, from: graph)
    }
    let relations = try graph.relations.enumerated().map {
      try GraphImporter.relation(
        $1, named: GraphImporter.fileName($1.description, "relation-\($0)"), of: graph, writer)
    }
    var catalogue = StoreCatalogue()
    catalogue.labels = try graph.labels()
    for name in graph.splitNames { catalogue.set(try graph.split(named: name)) }
    var isMultiLabel: Bool?
    if let labels = catalogue.labels, case .multiple = labels { isMultiLabel = true }
    var manifest = StoreManifest(
      version: StoreManifest.currentVersion, isGraph: true, generation: writer.generation, nodes: nodes,
      relations: relations, unresolved: nil, texts: try database.finish(),
      catalogue: try catalogue.write(writer.path("catalogue.sqlite")), labeledType: graph.labeledType?.name,
      labelRelation: graph.labelRelation?.relation, isMultiLabel: isMultiLabel, splits: catalogue.splitNames,
      snapshot: "", reports: reports, rejects: nil)
    if labels != nil || !splits.isEmpty {
      try StoreEditor.stage(labels: labels, splits: splits, writer, &catalogue, &manifest)
    }
    // Over what was written, so that the hash speaks for the store.
    manifest.snapshot = try GraphSnapshot.hash(try GraphStore(writer.folder, manifest))
    try writer.commit(manifest)
  }

  /// A name of the user's as part of a file's name, or what stands for it.
  static func fileName(_ name: String, _ other: String) -> String {
    let isPlain = name.utf8.allSatisfy {
      $0 >= 48 && $0 <= 57 || $0 >= 65 && $0 <= 90 || $0 >= 97 && $0 <= 122 || $0 == 95 || $0 == 45
    }
    return isPlain && !name.isEmpty && name.utf8.count <= 100 ? name : other
  }

  private static func byteCount(_ path: String) throws -> Int {
    // A graph may lie in no file.
    guard FileManager.default.fileExists(atPath: path) else { return 0 }
    guard AtomicFile.isFolder(path) else { return try ByteSource.file(path).tail(0).size }
    let tree = try FileTree(path)
    return try tree.names.reduce(0) { $0 + (try ByteSource.file(tree.place(of: $1)).tail(0).size) }
  }

  // MARK: - Parts

  private static func nodes(
    _ type: NodeType, named name: String, of graph: any GraphData, _ database: TextDatabaseWriter,
    _ writer: StoreWriter
  ) throws -> StoreManifest.Nodes {
    let count = graph.nodeCount(of: type)
    let ids = try graph.nodeIDs(of: type)
    let keys = (0..<count).map { number -> NodeKey in
      guard var id = ids?[number] else { return NodeKey(number: Int64(number)) }
      return id.withUTF8 { NodeKey(id: $0) }
    }
    let order = (0..<count).sorted { (keys[$0].partition, keys[$0]) < (keys[$1].partition, keys[$1]) }
    for (first, second) in zip(order, order.dropFirst()) where keys[first] == keys[second] {
      throw FormatFailure.bad(
        graph.path, "\(type) \(first) and \(type) \(second) have one id, \(quoted(ids?[first] ?? ""))",
        do: "give every node an id of its own")
    }
    if let ids {
      let table = TextDatabaseWriter.table(of: type, isGraph: true)
      try database.insert("INSERT INTO \(table)(number, id) VALUES (?, ?)") { row in
        for number in 0..<count where keys[number].text != ids[number] {
          var id = ids[number]
          row.bind(Int64(number), at: 1)
          try id.withUTF8 { id in
            row.bind(id, at: 2)
            try row.step()
          }
        }
      }
    }
    let features =
      try kept(type, of: graph, writer)
      ?? graph.featureNames(of: type).enumerated().map {
        try column($1, named: "\(name).features-\($0)", try graph.features(named: $1, of: type), writer)
      }
    return StoreManifest.Nodes(
      type: type.name, count: count, keys: try array(keys, "\(name).keys", .key, writer),
      order: try array(order.map { UInt32($0) }, "\(name).order", .uint32, writer),
      years: try graph.nodeYears(of: type).map { try array($0, "\(name).years", .int32, writer) }, authorCounts: nil,
      records: nil, isNumbered: ids == nil ? true : nil, features: features.isEmpty ? nil : features)
  }

  /// The columns of a store that is written anew: their files stay as they are.
  private static func kept(
    _ type: NodeType, of graph: any GraphData, _ writer: StoreWriter
  ) throws -> [StoreManifest.Features]? {
    guard let store = graph as? GraphStore, writer.former != nil else { return nil }
    let columns = store.manifest.nodes.first { $0.type == type.name }?.features ?? []
    for file in columns.flatMap(\.files) { try store.verify(file) }
    return columns
  }

  private static func column(
    _ name: String, named file: String, _ matrix: FeatureMatrix, _ writer: StoreWriter
  ) throws -> StoreManifest.Features {
    switch matrix {
    case .dense(let values, let width):
      return StoreManifest.Features(
        name: name, width: width, values: try array(values.copied, "\(file)-values", .float32, writer), offsets: nil,
        columns: nil)
    case .sparse(let rows, let values):
      return StoreManifest.Features(
        name: name, width: rows.columnCount,
        values: try values.map { try array($0, "\(file)-values", .float32, writer) },
        offsets: try array(rows.offsets, "\(file)-offsets", .int64, writer),
        columns: try array(rows.columns, "\(file)-columns", .int32, writer))
    }
  }

  private static func relation(
    _ type: EdgeType, named name: String, of graph: any GraphData, _ writer: StoreWriter
  ) throws -> StoreManifest.Relation {
    let edges = try graph.edges(of: type)
    let years = try graph.edgeYears(of: type)
    let (rows, positions) = SparseRows.grouping(
      rows: edges.sources, columns: edges.targets, rowCount: graph.nodeCount(of: type.source),
      columnCount: graph.nodeCount(of: type.target))
    func moved<Value>(_ values: [Value]) -> [Value] { positions.map { values[Int($0)] } }
    return StoreManifest.Relation(
      source: type.source.name, relation: type.relation, target: type.target.name, rowsAreTargets: false,
      count: edges.count, offsets: try array(rows.offsets, "\(name).offsets", .int64, writer),
      columns: try array(rows.columns, "\(name).columns", .int32, writer), detail: edges.weights == nil ? nil : .weight,
      details: try edges.weights.map { try array(moved($0), "\(name).details", .float32, writer) }, repeats: nil,
      years: try years.map { try array(moved($0), "\(name).years", .int32, writer) },
      isUndirected: edges.isDirected ? nil : true)
  }

  private static func array<Value: BitwiseCopyable>(
    _ values: [Value], _ name: String, _ element: StoreElement, _ writer: StoreWriter
  ) throws -> StoreFile {
    let file = try StoreArrayWriter(writer.path(name), element)
    try file.append(contentsOf: values)
    return try file.finish()
  }
}
