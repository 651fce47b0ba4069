import GroveGraphs

/// Data sets of the Open Graph Benchmark for nodes, as its packages unpack them: tables of numbers, `.csv.gz` or plain.
///
/// Homogeneous graphs have `raw/edge.csv`, `num-node-list.csv`, `num-edge-list.csv` and, where they are known,
/// `node-feat.csv`, `node-label.csv`, `node_year.csv`, `edge_weight.csv` and `edge_year.csv`. Heterogeneous ones have
/// `raw/num-node-dict.csv`, `triplet-type-list.csv`, `relations/HEAD___RELATION___TAIL/edge.csv`,
/// `node-feat/TYPE/node-feat.csv`, `node-label/TYPE/node-label.csv` and `node_year.csv` in a folder of the type. Splits
/// are `split/NAME/{train,valid,test}.csv`, external ids and names of classes in `mapping`. The edges of a graph run one
/// way unless `master.csv` or the options say otherwise.
///
/// - Source: Hu, Fey, Zitnik, Dong, Ren, Liu, Catasta, Leskovec 2020, Open Graph Benchmark; the layout that its package's
///   `read_csv_graph_raw` and `read_csv_heterograph_raw` read. Differs: features of edges and `node_species` are passed
///   over.
public enum OGBFormat: GraphFormat {
  /// The word of `--format`.
  public static let name = "ogb"
  /// What its files look like.
  public static let summary = "raw/edge.csv.gz and num-node-list.csv.gz, or raw/relations and triplet-type-list.csv.gz"

  /// Whether the names of the files speak for this format.
  public static func recognizes(_ tree: FileTree) -> Bool { OGBFolder(tree) != nil }

  /// Reads and checks the whole graph.
  ///
  /// - Throws: `FormatFailure` with the file and line of the first mistake.
  public static func read(_ tree: FileTree, options: ReadOptions) throws -> GraphDataset {
    guard let folder = OGBFolder(tree) else {
      throw FormatFailure.missingPart(
        path: tree.path, part: "raw/edge.csv.gz or raw/triplet-type-list.csv.gz",
        advice: "give the folder that holds raw, split and mapping")
    }
    return try folder.isHeterogeneous ? heterogeneous(folder, options) : homogeneous(folder, options)
  }

  private static func homogeneous(_ folder: OGBFolder, _ options: ReadOptions) throws -> GraphDataset {
    let (tree, raw) = (folder.tree, folder.raw)
    let settings = try folder.settings()
    func setting(_ key: String) -> String? { settings.first { $0.key == key }?.value }
    let type = setting("node type").map { NodeType($0) } ?? .node
    let relation = EdgeType(type, setting("relation") ?? "edges", type)
    let isUndirected = options.isUndirected || setting("add_inverse_edge") == "True"
    let count = try folder.count("\(raw)num-node-list.csv")
    let (edges, edgeYears) = try folder.edges(
      in: raw, sourceCount: count, targetCount: count, isDirected: !isUndirected)
    let years = try folder.years("\(raw)node_year.csv", count: count, of: "a node")
    var warnings: [String] = []
    folder.unused(&warnings)
    let features = try folder.features("\(raw)node-feat.csv", count: count)
    let ids = try folder.ids(of: type, count: count, &warnings)
    let knownYears = edgeYears ?? years.map { edges.years(ofNodes: $0) }
    return GraphDataset(
      name: NodeFiles.name(of: tree.path), path: tree.path, format: name, nodes: [(type, count)],
      relations: [(relation, edges)], labeledType: type,
      labels: try folder.labels("\(raw)node-label.csv", count: count),
      features: features.map { [type: [("features", $0)]] } ?? [:], ids: ids.map { [type: $0] } ?? [:],
      origins: try folder.splits(of: type), nodeYears: years.map { [type: $0] } ?? [:],
      edgeYears: knownYears.map { [relation: $0] } ?? [:], warnings: warnings)
  }

  private static func heterogeneous(_ folder: OGBFolder, _ options: ReadOptions) throws -> GraphDataset {
    let (tree, raw) = (folder.tree, folder.raw)
    var nodes = try nodeCounts(folder)
    let relations = try relations(folder, types: nodes.map(\.type))
    let counts = Dictionary(uniqueKeysWithValues: nodes.map { ($0.type, $0.count) })
    let undirected = Set(try folder.settings().filter { $0.key == "undirected relation" }.map(\.value))

    func member(_ name: String, of type: NodeType, in folders: [String]) -> String? {
      folder.first(folders.map { "\(raw)\($0)/\(OGBFolder.folderName(type.name))/\(name)" })
    }
    var warnings: [String] = []
    folder.unused(&warnings)
    // Labeled nodes come first, else those that a split is of.
    let labeled = nodes.map(\.type).filter { member("node-label.csv", of: $0, in: ["node-label"]) != nil }
    let split = folder.splitTypes(among: nodes.map(\.type))
    let first = labeled.first ?? split.first
    for type in labeled.dropFirst() { warnings.append("labels of \(labeled[0]) are used, those of \(type) are not") }
    for type in split where type != first { warnings.append("splits of \(type) are not used") }
    if let at = nodes.firstIndex(where: { $0.type == first }) { nodes.insert(nodes.remove(at: at), at: 0) }

    var years: [NodeType: [Int32]] = [:]
    var features: [NodeType: [(name: String, matrix: FeatureMatrix)]] = [:]
    var ids: [NodeType: [String]] = [:]
    for (type, count) in nodes {
      years[type] = try folder.years(
        member("node_year.csv", of: type, in: ["node-feat", "node_year"]), count: count, of: "a node")
      let matrix = try folder.features(member("node-feat.csv", of: type, in: ["node-feat"]), count: count)
      if let matrix { features[type] = [("features", matrix)] }
      ids[type] = try folder.ids(of: type, count: count, &warnings)
    }
    var lists: [(EdgeType, EdgeList)] = []
    var edgeYears: [EdgeType: [Int32]] = [:]
    for relation in relations {
      let isUndirected =
        undirected.contains(relation.description) || options.isUndirected && relation.source == relation.target
      let (edges, known) = try folder.edges(
        in: folder.folder(of: relation), sourceCount: counts[relation.source] ?? 0,
        targetCount: counts[relation.target] ?? 0, isDirected: !isUndirected)
      lists.append((relation, edges))
      edgeYears[relation] = known ?? edges.years(of: relation, in: years)
    }
    let labels = try labeled.first.flatMap {
      try folder.labels(member("node-label.csv", of: $0, in: ["node-label"]), count: counts[$0] ?? 0)
    }
    return GraphDataset(
      name: NodeFiles.name(of: tree.path), path: tree.path, format: name, nodes: nodes, relations: lists,
      labeledType: labeled.first, labels: labels, features: features, ids: ids,
      origins: try first.map { try folder.splits(of: $0) } ?? [], nodeYears: years, edgeYears: edgeYears,
      warnings: warnings)
  }

  /// `num-node-dict.csv`: a line of types and a line of numbers.
  private static func nodeCounts(_ folder: OGBFolder) throws -> [(type: NodeType, count: Int)] {
    let member = "\(folder.raw)num-node-dict.csv"
    let records = Array(CommaRecords(try folder.tree.text(of: member)))
    guard records.count == 2, records[0].count == records[1].count, Set(records[0]).count == records[0].count else {
      throw FormatFailure.bad(
        folder.tree.place(of: member), "is not one line of types and one of their numbers",
        do: "only data sets of a single graph are read")
    }
    return try zip(records[0], records[1]).map { name, text in
      guard let count = Int32(text), count >= 0 else {
        throw FormatFailure.bad(
          folder.tree.place(of: member), "line 2", "\(quoted(text)) is not a number of nodes", do: "correct the file")
      }
      return (NodeType(name), Int(count))
    }
  }

  /// `triplet-type-list.csv`: head, relation and tail a line.
  private static func relations(_ folder: OGBFolder, types: [NodeType]) throws -> [EdgeType] {
    let member = "\(folder.raw)triplet-type-list.csv"
    let place = folder.tree.place(of: member)
    var relations: [EdgeType] = []
    for (row, record) in CommaRecords(try folder.tree.text(of: member)).enumerated() {
      guard record.count == 3, types.contains(NodeType(record[0])), types.contains(NodeType(record[2])) else {
        throw FormatFailure.bad(
          place, "line \(row + 1)", "\(quoted(record.joined(separator: ","))) is not a relation between known types",
          do: "give 'head,relation,tail' with types of num-node-dict.csv")
      }
      let relation = EdgeType(NodeType(record[0]), record[1], NodeType(record[2]))
      guard !relations.contains(relation) else {
        throw FormatFailure.bad(place, "line \(row + 1)", "\(relation) comes twice", do: "keep one line a relation")
      }
      relations.append(relation)
    }
    return relations
  }
}
