import GroveGraphs

/// The shared folder layout: `edges.npy`, `features.npz` or `.npy`, `labels.npy`, `splits/*.json` and companions.
///
/// Graphs of several node types name them in their files (`edges_paper_author.npy`); see
/// `FolderFormat+Heterogeneous.swift`. Self-loops and repeated edges stay as they are: training decides on them.
public enum FolderFormat: GraphFormat {
  /// The word of `--format`.
  public static let name = "folder"
  /// What its files look like.
  public static let summary = "edges.npy, features.npz or features.npy, labels.npy, splits/*.json"

  /// Whether the names of the files speak for this format.
  public static func recognizes(_ tree: FileTree) -> Bool {
    tree.names.contains { isEdges($0) } || LinkFiles.recognizes(tree)
  }

  /// `edges.npy`, `edges_directed.npy`, `edges_a_b.npy`.
  static func isEdges(_ name: String) -> Bool {
    name == "edges.npy" || name.hasPrefix("edges_") && name.hasSuffix(".npy") && !name.contains("/")
  }

  /// Reads and checks the whole graph.
  ///
  /// - Throws: `FormatFailure` with the file and place of the first mistake.
  public static func read(_ tree: FileTree, options: ReadOptions) throws -> GraphDataset {
    guard tree.names.contains(where: { isEdges($0) }) else {
      if LinkFiles.recognizes(tree) { throw FormatFailure.onlyLinks(path: tree.path) }
      throw FormatFailure.missingPart(path: tree.path, part: "edges.npy", advice: "add the edges as int32 [2, E]")
    }
    let single = ["edges.npy", "edges_directed.npy", "edges_raw.npy"].filter { tree.contains($0) }
    return single.isEmpty ? try readHeterogeneous(tree) : try readHomogeneous(tree, single)
  }

  private static func readHomogeneous(_ tree: FileTree, _ edgeNames: [String]) throws -> GraphDataset {
    let names = edgeNames.count > 1 ? edgeNames.filter { $0 != "edges_raw.npy" } : edgeNames
    var lists: [(name: String, edges: EdgeList)] = []
    for name in names {
      let edges = try edges(
        name, in: tree, isDirected: name != "edges.npy", weights: lists.isEmpty ? "edge_weights.npy" : nil)
      lists.append((name, edges))
    }
    let features = try NodeFiles.features("features", in: tree)
    let classes = try classes("labels.npy", in: tree)
    let pairs = try groups("labels_multi.npy", in: tree)
    let ids = try nodeIDs(in: tree)

    // How many nodes: features say, else labels, else ids, else the largest number seen.
    let count: Int
    if let features {
      count = features.matrix.rowCount
    } else if let classes {
      count = classes.count
    } else if let ids {
      count = ids.names.count
    } else {
      let inEdges = lists.map { Int(max($0.edges.sources.max() ?? -1, $0.edges.targets.max() ?? -1)) }.max() ?? -1
      let inPairs = Int(pairs?.prefix((pairs?.count ?? 0) / 2).max() ?? -1)
      count = try DatasetChecks.nodeCount(
        ofLargestID: max(inEdges, inPairs), edgeCount: lists.map(\.edges.count).reduce(0, +), path: tree.path)
    }
    for (name, edges) in lists {
      try DatasetChecks.edges(edges, sourceCount: count, targetCount: count, path: tree.place(of: name))
    }
    if let classes {
      try DatasetChecks.rows(classes.count, of: "labels", expected: count, path: tree.place(of: "labels.npy"))
    }
    if let ids { try DatasetChecks.rows(ids.names.count, of: "node ids", expected: count, path: ids.place) }
    let labels = try labels(classes, pairs, nodeCount: count, in: tree, "labels.npy", "labels_multi.npy")
    let years = try NodeFiles.years("years.npy", nodeCount: count, in: tree)
    let relations = lists.map { (type: EdgeType(.node, String($0.name.dropLast(4)), .node), edges: $0.edges) }
    let edgeYears = years.map { years in relations.map { ($0.type, $0.edges.years(ofNodes: years)) } } ?? []
    return GraphDataset(
      name: NodeFiles.name(of: tree.path), path: tree.path, format: name, nodes: [(.node, count)],
      relations: relations, labeledType: .node, labels: labels,
      features: features.map { [.node: [("features", $0.matrix)]] } ?? [:], ids: ids.map { [.node: $0.names] } ?? [:],
      origins: try splits(in: tree, nodeCount: count), nodeYears: years.map { [.node: $0] } ?? [:],
      edgeYears: Dictionary(uniqueKeysWithValues: edgeYears),
      texts: tree.contains("texts.jsonl") ? [.node: .file(tree, member: "texts.jsonl")] : [:])
  }

  // MARK: - Parts

  /// Edges out of an array [2, E], with weights where a file gives them.
  static func edges(_ name: String, in tree: FileTree, isDirected: Bool, weights: String? = nil) throws -> EdgeList {
    let array = try NumpyArray(try tree.bytes(of: name), place: tree.place(of: name))
    try array.require(shape: [2, -1], "sources, then targets")
    let ends = try array.int32s()
    let count = ends.count / 2
    var values: [Float]?
    if let weights, tree.contains(weights) {
      let array = try NumpyArray(try tree.bytes(of: weights), place: tree.place(of: weights))
      try array.require(shape: [count], "one weight an edge of \(name)")
      let floats = try array.floats()
      if let at = floats.firstIndex(where: { !$0.isFinite }) {
        throw FormatFailure.bad(array.place, "edge \(at)", "the weight is not finite", do: "correct the weight")
      }
      values = floats
    }
    return EdgeList(
      sources: Array(ends.prefix(count)), targets: Array(ends.suffix(count)), weights: values, isDirected: isDirected)
  }

  static func classes(_ name: String, in tree: FileTree) throws -> [Int32]? {
    guard tree.contains(name) else { return nil }
    return try NodeFiles.classes(try NumpyArray(try tree.bytes(of: name), place: tree.place(of: name)))
  }

  /// (node, group) pairs: all nodes, then all groups.
  static func groups(_ name: String, in tree: FileTree) throws -> [Int32]? {
    guard tree.contains(name) else { return nil }
    let array = try NumpyArray(try tree.bytes(of: name), place: tree.place(of: name))
    try array.require(shape: [2, -1], "nodes, then their groups")
    return try array.int32s()
  }

  static func labels(
    _ classes: [Int32]?, _ pairs: [Int32]?, nodeCount: Int, in tree: FileTree, _ classFile: String, _ pairFile: String
  ) throws -> Labels? {
    if let classes {
      return try DatasetChecks.labels(
        classes, names: try NodeFiles.classNames(in: tree), path: tree.place(of: classFile))
    }
    guard let pairs else { return nil }
    return try DatasetChecks.groups(
      pairs, nodeCount: nodeCount, names: try NodeFiles.classNames(in: tree), path: tree.place(of: pairFile))
  }

  private static func nodeIDs(in tree: FileTree) throws -> (names: [String], place: String)? {
    for name in ["node_names.txt", "paper_ids.txt"] where tree.contains(name) {
      return (try NodeFiles.ids(name, in: tree), tree.place(of: name))
    }
    guard tree.contains("texts.jsonl"), let ids = try NodeFiles.textIDs("texts.jsonl", in: tree) else { return nil }
    return (ids, tree.place(of: "texts.jsonl"))
  }

  /// `splits/*.json`, then the rows of `split_masks.npz` as `published_0` ….
  static func splits(in tree: FileTree, nodeCount: Int) throws -> [(String, GraphDataset.SplitOrigin)] {
    var origins = SplitFile.origins(in: tree)
    if tree.contains("split_masks.npz") {
      let archive = try NumpyArchive(try tree.bytes(of: "split_masks.npz"), place: tree.place(of: "split_masks.npz"))
      let validation = archive.contains("val") ? "val" : "validation"
      origins += try SplitMasks.splits(in: archive, keys: ("train", validation, "test"), nodeCount: nodeCount).map {
        ($0.name, .ready($0))
      }
    }
    return origins
  }
}

/// Splits kept as truth values: one row of [R, N] a split, or a single [N].
enum SplitMasks {
  static func splits(
    in archive: NumpyArchive, keys: (train: String, validation: String, test: String), nodeCount: Int
  ) throws -> [Split] {
    var parts: [[[Int32]]] = []
    var shape: [Int]?
    for key in [keys.train, keys.validation, keys.test] {
      guard key != keys.validation || archive.contains(key) else {
        parts.append([])
        continue
      }
      let array = try archive.array(key)
      guard [1, 2].contains(array.shape.count), array.shape.last == nodeCount, array.shape == shape ?? array.shape
      else {
        let expected = shape.map { "\($0)" } ?? "[splits, \(nodeCount)] or [\(nodeCount)]"
        throw FormatFailure.bad(
          array.place, "has shape \(array.shape), expected \(expected)", do: "save it in that shape")
      }
      shape = array.shape
      let width = array.shape.last ?? 0
      let values = try array.bools()
      let rows = array.shape.count == 2 ? array.shape[0] : 1
      guard rows <= 10_000 else { throw FormatFailure.bad(array.place, "has \(rows) splits", do: "give at most 10000") }
      parts.append(
        (0..<rows).map { row in (0..<width).filter { values[row * width + $0] }.map { Int32(clamping: $0) } })
    }
    return parts[0].indices.map { row in
      Split(
        name: "published_\(row)", kind: "published with the data set", train: parts[0][row],
        validation: parts[1].isEmpty ? [] : parts[1][row], test: parts[2][row])
    }
  }
}
