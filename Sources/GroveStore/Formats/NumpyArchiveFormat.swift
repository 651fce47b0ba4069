import Foundation
import GroveGraphs

/// A graph in one `.npz` file, in any of the key layouts that published data sets use.
///
/// The keys of PyTorch Geometric, `edge_index` and `x`, may be those of a graph of several node types: see
/// `TorchArchive`.
public enum NumpyArchiveFormat: GraphFormat {
  /// The word of `--format`.
  public static let name = "npz"
  /// What its files look like.
  public static let summary =
    "one .npz with adj_data … or adj_matrix.data …, node_features and edges, x and edge_index, or edge_index__A__R__B"

  /// Whether the names of the files speak for this format.
  public static func recognizes(_ tree: FileTree) -> Bool {
    tree.names.count == 1 && tree.names[0].lowercased().hasSuffix(".npz")
  }

  /// The keys of one layout.
  private enum Layout {
    /// Adjacency and features as compressed sparse rows under prefixes.
    case sparse(adjacency: String, attributes: String)
    /// Edges and features as plain arrays.
    case plain(edges: String, features: String, labels: String, masks: [String], isDirected: Bool)
  }

  /// Members of the ppnp layout that are pickles and that no training needs.
  private static let skippedInPPNP: Set<String> = ["edge_attr_matrix", "edge_attr_names", "metadata"]

  /// Reads and checks the whole graph.
  ///
  /// - Throws: `FormatFailure` with the file and place of the first mistake.
  public static func read(_ tree: FileTree, options: ReadOptions) throws -> GraphDataset {
    guard let member = tree.names.first, tree.names.count == 1 else {
      throw FormatFailure.bad(
        tree.path, "holds \(tree.names.count) files, expected one .npz", do: "give the file itself")
    }
    let bytes = try tree.bytes(of: member)
    let place = tree.place(of: member)
    let isPPNP = try memberNames(bytes, place: place).contains("adj_matrix.indptr")
    let archive = try NumpyArchive(bytes, place: place, skipping: isPPNP ? skippedInPPNP : [])
    let isOther = ["adj_indptr", "adj_matrix.indptr", "node_labels", "node_features"].contains { archive.contains($0) }
    if !isOther, let torch = try TorchArchive(archive) { return try torch.dataset(path: tree.path, options: options) }
    let graph: Parts
    switch try layout(of: archive) {
    case .sparse(let adjacency, let attributes):
      graph = try readSparse(archive, adjacency: adjacency, attributes: attributes)
    case .plain(let edges, let features, let labels, let masks, let isDirected):
      graph = try readPlain(archive, edges, features, labels, masks, isDirected: isDirected && !options.isUndirected)
    }
    let skipped = isPPNP ? try memberNames(bytes, place: place).filter { skippedInPPNP.contains($0) } : []
    let warnings =
      skipped.isEmpty ? [] : ["skipped unread: \(skipped.joined(separator: ", ")) (pickles, which are never executed)"]
    return try dataset(graph, archive: archive, path: tree.path, warnings: warnings)
  }

  private struct Parts {
    var edges: EdgeList
    var features: FeatureMatrix?
    var classes: [Int32]?
    var adjacencyCount: Int?
    var maskKeys: (train: String, validation: String, test: String)?
  }

  /// Names alone, so that a layout is known before any member is looked at.
  private static func memberNames(_ bytes: Data, place: String) throws -> [String] {
    try FileKind.check(FileKind(head: bytes.prefix(FileKind.headCount)), named: "archive.npz", at: place)
    let reader = try ArchiveReader(.memory(bytes, name: "archive.npz", place: place), kind: .zip)
    var names: [String] = []
    while let name = try reader.next() { names.append(name.hasSuffix(".npy") ? String(name.dropLast(4)) : name) }
    return names
  }

  private static func layout(of archive: NumpyArchive) throws -> Layout {
    let masks = ["train_mask", "val_mask", "test_mask"]
    if archive.contains("adj_indptr") { return .sparse(adjacency: "adj_", attributes: "attr_") }
    if archive.contains("adj_matrix.indptr") { return .sparse(adjacency: "adj_matrix.", attributes: "attr_matrix.") }
    if archive.contains("edges"), archive.contains("node_labels") || archive.contains("node_features") {
      return .plain(
        edges: "edges", features: "node_features", labels: "node_labels",
        masks: ["train_masks", "val_masks", "test_masks"], isDirected: false)
    }
    if archive.contains("edges") {
      return .plain(edges: "edges", features: "features", labels: "labels", masks: masks, isDirected: false)
    }
    throw FormatFailure.bad(
      archive.place,
      "its keys (\(archive.names.prefix(12).map { plain($0) }.joined(separator: ", "))) are no known graph layout",
      do: "expected adj_data … and attr_data …, adj_matrix.data …, node_features with edges, or x with edge_index")
  }

  private static func readSparse(_ archive: NumpyArchive, adjacency: String, attributes: String) throws -> Parts {
    let (edges, count) = try SparseMembers.edges(in: archive, prefix: adjacency)
    var features: FeatureMatrix?
    if archive.contains("\(attributes)indptr") {
      features = try SparseMembers.features(in: archive, prefix: attributes)
    } else if archive.contains("attr_matrix") {
      features = try NodeFiles.dense(try archive.array("attr_matrix"))
    }
    let classes = archive.contains("labels") ? try NodeFiles.classes(try archive.array("labels")) : nil
    return Parts(edges: edges, features: features, classes: classes, adjacencyCount: count)
  }

  private static func readPlain(
    _ archive: NumpyArchive, _ edgeKey: String, _ featureKey: String, _ labelKey: String, _ masks: [String],
    isDirected: Bool
  ) throws -> Parts {
    let array = try archive.array(edgeKey)
    let (sources, targets) = try ends(array, isPairs: edgeKey == "edges" && labelKey == "node_labels")
    return Parts(
      edges: EdgeList(sources: sources, targets: targets, isDirected: isDirected),
      features: archive.contains(featureKey) ? try NodeFiles.dense(try archive.array(featureKey)) : nil,
      classes: archive.contains(labelKey) ? try NodeFiles.classes(try archive.array(labelKey)) : nil,
      maskKeys: archive.contains(masks[0]) ? (masks[0], masks[1], masks[2]) : nil)
  }

  /// Sources and targets out of [2, edges] or [edges, 2].
  ///
  /// - Parameter isPairs: whether an array [2, 2] is two pairs.
  static func ends(_ array: NumpyArray, isPairs: Bool) throws -> (sources: [Int32], targets: [Int32]) {
    let ends = try array.int32s()
    switch array.shape {
    case let shape where shape.count == 2 && shape[1] == 2 && (isPairs || shape[0] != 2):
      return (
        stride(from: 0, to: ends.count, by: 2).map { ends[$0] }, stride(from: 1, to: ends.count, by: 2).map { ends[$0] }
      )
    case let shape where shape.count == 2 && shape[0] == 2:
      return (Array(ends.prefix(ends.count / 2)), Array(ends.suffix(ends.count / 2)))
    default:
      throw FormatFailure.bad(
        array.place, "has shape \(array.shape), expected [2, edges] or [edges, 2]", do: "save it in that shape")
    }
  }

  private static func dataset(_ graph: Parts, archive: NumpyArchive, path: String, warnings: [String]) throws
    -> GraphDataset
  {
    let place = archive.place
    let largest = Int(max(graph.edges.sources.max() ?? -1, graph.edges.targets.max() ?? -1))
    let count =
      try graph.features?.rowCount ?? graph.classes?.count ?? graph.adjacencyCount
      ?? DatasetChecks.nodeCount(ofLargestID: largest, edgeCount: graph.edges.count, path: place)
    if let features = graph.features { try DatasetChecks.features(features, path: place) }
    if let classes = graph.classes { try DatasetChecks.rows(classes.count, of: "labels", expected: count, path: place) }
    if let adjacency = graph.adjacencyCount {
      try DatasetChecks.rows(adjacency, of: "rows of adjacency", expected: count, path: place)
    }
    try DatasetChecks.edges(graph.edges, sourceCount: count, targetCount: count, path: place)
    var ids: [NodeType: [String]] = [:]
    if archive.contains("node_names") {
      let names = try archive.array("node_names").strings()
      try DatasetChecks.rows(names.count, of: "node names", expected: count, path: place)
      try DatasetChecks.uniqueIDs(names, path: "\(place)(node_names)")
      ids[.node] = names
    }
    let classNames = archive.contains("class_names") ? try archive.array("class_names").strings() : nil
    let splits = try graph.maskKeys.map { try SplitMasks.splits(in: archive, keys: $0, nodeCount: count) } ?? []
    let labels = try graph.classes.map { try DatasetChecks.labels($0, names: classNames, path: place) }
    return GraphDataset(
      name: NodeFiles.name(of: path), path: path, format: name, nodes: [(.node, count)],
      relations: [(EdgeType(.node, "edges", .node), graph.edges)], labeledType: .node, labels: labels,
      features: graph.features.map { [.node: [("features", $0)]] } ?? [:], ids: ids,
      origins: splits.map { ($0.name, .ready($0)) }, warnings: warnings)
  }
}
