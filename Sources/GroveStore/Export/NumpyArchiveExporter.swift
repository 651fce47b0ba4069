import GroveGraphs

/// A graph as one `.npz` file under the names of PyTorch Geometric, whose keys `TorchArchive` lists.
///
/// Edges that run both ways stand in both directions, as PyTorch Geometric wants them; sparse features are four arrays of
/// compressed sparse rows. Every array loads without pickles. Not carried: texts, feature columns beside one a type, the
/// division of an open-world split's classes.
///
/// - Source: Fey, Lenssen 2019, Fast Graph Representation Learning with PyTorch Geometric; the attributes of `Data` and
///   `HeteroData`.
public enum NumpyArchiveExporter: GraphExporter {
  /// The word of `--format`.
  public static let name = "npz"
  /// What it writes.
  public static let summary = "one .npz with PyTorch Geometric's names: edge_index, x, y, train_mask"

  private typealias Arrays = [(name: String, shape: [Int], values: NumpyValues)]

  /// Writes the file.
  ///
  /// - Returns: what is left out, one sentence each.
  /// - Throws: `FormatFailure.unknownExtension` where the name does not end in .npz; `FileFailure`; what the graph throws.
  /// - Complexity: memory for all arrays at once.
  public static func write(_ graph: any GraphData, to path: String, options: GraphExportOptions) throws -> [String] {
    guard path.lowercased().hasSuffix(".npz") else {
      throw FormatFailure.unknownExtension(path: path, accepted: [".npz"])
    }
    var exported = try ExportedGraph(graph, options)
    try exported.leaveOutTexts()
    let isHeterogeneous = exported.onlyRelation == nil
    var arrays: Arrays = []
    let types = graph.nodeTypes.map(\.name)
    if isHeterogeneous || types != [NodeType.node.name] {
      arrays.append(("node_types", [types.count], .strings(types)))
    }
    if isHeterogeneous || graph.relations.map(\.relation) != ["edges"] {
      let words = graph.relations.flatMap { [$0.source.name, $0.relation, $0.target.name] }
      arrays.append(("edge_types", [graph.relations.count, 3], .strings(words)))
    }
    for relation in graph.relations {
      arrays += try edges(exported, relation, TorchArchive.suffix(of: relation, isHeterogeneous))
    }
    for type in graph.nodeTypes {
      arrays += try nodes(&exported, type, TorchArchive.suffix(of: type, isHeterogeneous))
    }
    if let labels = try graph.labels(), let type = graph.labeledType {
      let suffix = TorchArchive.suffix(of: type, isHeterogeneous)
      switch labels {
      case .single(let classes, _): arrays.append(("y\(suffix)", [classes.count], .int64s(classes.map { Int64($0) })))
      case .multiple(let rows, _):
        var values = [Bool](repeating: false, count: rows.rowCount * rows.columnCount)
        for node in 0..<rows.rowCount {
          for column in rows[node] { values[node * rows.columnCount + Int(column)] = true }
        }
        arrays.append(("y\(suffix)", [rows.rowCount, rows.columnCount], .bools(values)))
      }
      if let names = exported.classNames(of: labels) {
        arrays.append(("class_names", [names.count], .strings(names)))
      }
    }
    arrays += try splits(&exported, isHeterogeneous)
    try NumpyArchive.write(arrays, to: path)
    return exported.losses
  }

  private static func edges(_ exported: ExportedGraph, _ relation: EdgeType, _ suffix: String) throws -> Arrays {
    var (edges, years) = try exported.edges(of: relation)
    var arrays: Arrays = []
    if !edges.isDirected {
      arrays.append(("listed_edges\(suffix)", [1], .int64s([Int64(edges.count)])))
      if relation.source == relation.target {
        let turned = edges.sources.indices.filter { edges.sources[$0] != edges.targets[$0] }
        years = years.map { years in years + turned.map { years[$0] } }
        edges = edges.bothWays()
      }
    }
    let ends = edges.sources.map { Int64($0) } + edges.targets.map { Int64($0) }
    arrays.append(("edge_index\(suffix)", [2, edges.count], .int64s(ends)))
    if let weights = edges.weights { arrays.append(("edge_weight\(suffix)", [weights.count], .floats(weights))) }
    if let years { arrays.append(("edge_year\(suffix)", [years.count], .int64s(years.map { Int64($0) }))) }
    return arrays
  }

  private static func nodes(_ exported: inout ExportedGraph, _ type: NodeType, _ suffix: String) throws -> Arrays {
    let graph = exported.graph
    var arrays: Arrays = [("num_nodes\(suffix)", [1], .int64s([Int64(graph.nodeCount(of: type))]))]
    switch try exported.features(of: type) {
    case .dense(let values, let width):
      arrays.append(("x\(suffix)", [values.count / max(width, 1), width], .floats(values.copied)))
    case .sparse(let rows, let values):
      let values = values ?? [Float](repeating: 1, count: rows.entryCount)
      arrays.append(("x\(suffix)_data", [values.count], .floats(values)))
      arrays.append(("x\(suffix)_indices", [rows.entryCount], .int32s(rows.columns)))
      arrays.append(("x\(suffix)_indptr", [rows.offsets.count], .int64s(rows.offsets)))
      arrays.append(("x\(suffix)_shape", [2], .int64s([Int64(rows.rowCount), Int64(rows.columnCount)])))
    case nil: break
    }
    if let years = exported.years[type] {
      arrays.append(("year\(suffix)", [years.count], .int64s(years.map { Int64($0) })))
    }
    if let ids = try graph.nodeIDs(of: type) { arrays.append(("ids\(suffix)", [ids.count], .strings(ids))) }
    return arrays
  }

  private static func splits(_ exported: inout ExportedGraph, _ isHeterogeneous: Bool) throws -> Arrays {
    let graph = exported.graph
    let names = graph.splitNames
    guard !names.isEmpty, let type = graph.labeledType ?? graph.nodeTypes.first else { return [] }
    let count = graph.nodeCount(of: type)
    let splits = try names.map { try graph.split(named: $0) }
    for split in splits where split.classes != nil {
      exported.leaveOut("split \(split.name) loses which of its classes are seen and novel")
    }
    let suffix = TorchArchive.suffix(of: type, isHeterogeneous)
    let shape = names.count == 1 ? [count] : [count, names.count]
    var arrays: Arrays = []
    for (key, part) in [("train_mask", SplitPart.train), ("val_mask", .validation), ("test_mask", .test)] {
      var mask = [Bool](repeating: false, count: count * names.count)
      for (at, split) in splits.enumerated() {
        for node in split.nodes(of: part) { mask[Int(node) * names.count + at] = true }
      }
      arrays.append(("\(key)\(suffix)", shape, .bools(mask)))
    }
    arrays.append(("split_names", [names.count], .strings(names)))
    arrays.append(("split_kinds", [names.count], .strings(splits.map(\.kind))))
    if splits.contains(where: { $0.years != nil }) {
      let years = splits.flatMap { [Int64($0.years?.train ?? 0), Int64($0.years?.validation ?? 0)] }
      arrays.append(("split_years", [names.count, 2], .int64s(years)))
    }
    return arrays
  }
}
