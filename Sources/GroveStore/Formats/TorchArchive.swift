import GroveGraphs

/// A graph in one `.npz` file under the names that PyTorch Geometric gives the parts of its graphs.
///
/// A graph of one node type has plain keys; of several, each key ends in `__TYPE` of its nodes or `__HEAD__RELATION__TAIL`
/// of its edges. Letters: N nodes, E edges, F features, C classes, S splits.
///
///     edge_index            [2, E]        sources, then targets
///     edge_weight           [E]
///     edge_year             [E]           0 for unknown
///     listed_edges          [1]           edges run both ways: so many are listed, their reverses follow
///     num_nodes             [1]
///     x                     [N, F]; sparse x_data, x_indices, x_indptr, x_shape (x__TYPE_data … of several types)
///     y                     [N] classes, -1 for none; [N, C] of 0 and 1 for several classes a node
///     year                  [N]           0 for unknown; also node_year
///     ids                   [N]           external ids; also node_names
///     train_mask, val_mask, test_mask     [N]; with split_names [N, S], else [S, N]
///     class_names [C], split_names [S], split_kinds [S], split_years [S, 2] of a split by time, 0 for others
///     node_types [types], edge_types [relations, 3]     names, in their order; else those of the keys
///
/// The labeled type is the one that `y` is of. Only `edge_index` must be there, of several types `num_nodes` or another
/// array of each type's nodes.
struct TorchArchive {
  private let archive: NumpyArchive
  private let isHeterogeneous: Bool
  private let types: [NodeType]
  private let relations: [EdgeType]

  /// Nil where the keys are of another layout.
  init?(_ archive: NumpyArchive) throws {
    self.archive = archive
    let nodeKeys = ["num_nodes__", "x__", "y__", "ids__", "year__"]
    let isHeterogeneous = archive.names.contains {
      name in name.hasPrefix("edge_index__") || name.hasPrefix("num_nodes__")
    }
    guard isHeterogeneous || archive.contains("edge_index") else { return nil }
    self.isHeterogeneous = isHeterogeneous
    if archive.contains("node_types") {
      types = try archive.array("node_types").strings().map { NodeType($0) }
    } else if isHeterogeneous {
      var found: [NodeType] = []
      for name in archive.names {
        guard let prefix = nodeKeys.first(where: { name.hasPrefix($0) }) else { continue }
        var type = String(name.dropFirst(prefix.count))
        for part in ["_data", "_indices", "_indptr", "_shape"] where prefix == "x__" && type.hasSuffix(part) {
          type.removeLast(part.count)
        }
        if !found.contains(NodeType(type)) { found.append(NodeType(type)) }
      }
      types = found.sorted { $0.name < $1.name }
    } else {
      types = [.node]
    }
    if archive.contains("edge_types") {
      let names = try archive.array("edge_types")
      try names.require(shape: [-1, 3], "head, relation and tail of each")
      let words = try names.strings()
      relations = stride(from: 0, to: words.count, by: 3).map {
        EdgeType(NodeType(words[$0]), words[$0 + 1], NodeType(words[$0 + 2]))
      }
    } else if isHeterogeneous {
      relations = try archive.names.filter { $0.hasPrefix("edge_index__") }.map { key in
        let words = key.dropFirst("edge_index__".count).split(separator: "__", omittingEmptySubsequences: false)
        guard words.count == 3, words.allSatisfy({ !$0.isEmpty }) else {
          throw FormatFailure.bad(
            archive.place, "key \(quoted(key)) is not edge_index__HEAD__RELATION__TAIL",
            do: "name it so, or list the relations in edge_types")
        }
        return EdgeType(NodeType(String(words[0])), String(words[1]), NodeType(String(words[2])))
      }
    } else {
      relations = [EdgeType(types.first ?? .node, "edges", types.first ?? .node)]
    }
    let isSound =
      !types.isEmpty && Set(types).count == types.count && Set(relations).count == relations.count
      && relations.allSatisfy { types.contains($0.source) && types.contains($0.target) }
      && (isHeterogeneous || types.count == 1 && relations.count == 1)
    guard isSound else {
      throw FormatFailure.bad(
        archive.place,
        "its relations do not fit its node types (\(types.map { plain($0.name) }.joined(separator: ", ")))",
        do: "give node_types and edge_types that list each once, and the number of nodes of every type")
    }
  }

  /// What the keys of a type's nodes end in; also used to write them.
  static func suffix(of type: NodeType, _ isHeterogeneous: Bool) -> String { isHeterogeneous ? "__\(type)" : "" }

  /// What the keys of a relation's edges end in.
  static func suffix(of relation: EdgeType, _ isHeterogeneous: Bool) -> String {
    isHeterogeneous ? "__\(relation.source)__\(relation.relation)__\(relation.target)" : ""
  }

  private func array(_ key: String) throws -> NumpyArray? { archive.contains(key) ? try archive.array(key) : nil }

  private func first(_ keys: [String]) throws -> NumpyArray? { try keys.first { archive.contains($0) }.flatMap(array) }

  /// Reads and checks the whole graph.
  func dataset(path: String, options: ReadOptions) throws -> GraphDataset {
    let place = archive.place
    let edges = try relations.map { try self.edges(of: $0, options) }
    var nodes: [(type: NodeType, count: Int)] = []
    var features: [NodeType: [(name: String, matrix: FeatureMatrix)]] = [:]
    var years: [NodeType: [Int32]] = [:]
    var ids: [NodeType: [String]] = [:]
    for type in types {
      let suffix = TorchArchive.suffix(of: type, isHeterogeneous)
      let matrix = try self.features("x\(suffix)")
      let names = try first(["ids\(suffix)"] + (isHeterogeneous ? [] : ["node_names"]))?.strings()
      let known = try first(["year\(suffix)", "node_year\(suffix)"])
      let told = try array("num_nodes\(suffix)")?.int32s().first.map { Int($0) }
      let rows =
        told ?? matrix?.rowCount ?? archive.shape(of: "y\(suffix)")?.first ?? names?.count ?? known?.shape.first
      let count = try rows ?? nodeCount(of: type, edges)
      guard count >= 0, count <= Int(Int32.max) else {
        throw FormatFailure.bad(place, "key num_nodes\(suffix)", "\(count) is no number of nodes", do: "save it again")
      }
      if let matrix {
        try DatasetChecks.features(matrix, path: place)
        if count > 0 { try DatasetChecks.rows(matrix.rowCount, of: "feature rows", expected: count, path: place) }
        if matrix.rowCount == count { features[type] = [("features", matrix)] }
      }
      if let names {
        try DatasetChecks.rows(names.count, of: "node names", expected: count, path: place)
        try DatasetChecks.uniqueIDs(names, path: "\(place)(\(isHeterogeneous ? "ids\(suffix)" : "node_names"))")
        ids[type] = names
      }
      if let known {
        years[type] = try self.years(known, count: count, of: "years")
      }
      nodes.append((type, count))
    }
    let counts = Dictionary(uniqueKeysWithValues: nodes.map { ($0.type, $0.count) })
    var edgeYears: [EdgeType: [Int32]] = [:]
    for (relation, list) in zip(relations, edges) {
      try DatasetChecks.edges(
        list, sourceCount: counts[relation.source] ?? 0, targetCount: counts[relation.target] ?? 0, path: place)
      let suffix = TorchArchive.suffix(of: relation, isHeterogeneous)
      let known = try array("edge_year\(suffix)").map { array in
        // Of edges both ways the reverses have the same years.
        try self.years(array, count: array.count, of: "years")
      }
      if let known, known.count < list.count {
        try DatasetChecks.rows(known.count, of: "edge years", expected: list.count, path: place)
      }
      edgeYears[relation] = known.map { Array($0.prefix(list.count)) } ?? list.years(of: relation, in: years)
    }
    let labeled = types.filter { archive.contains("y\(TorchArchive.suffix(of: $0, isHeterogeneous))") }
    let masked = types.first { archive.contains("train_mask\(TorchArchive.suffix(of: $0, isHeterogeneous))") }
    if let first = labeled.first ?? masked, let at = types.firstIndex(of: first) {
      nodes.insert(nodes.remove(at: at), at: 0)
    }
    var warnings: [String] = []
    for type in labeled.dropFirst() { warnings.append("labels of \(labeled[0]) are used, those of \(type) are not") }
    return GraphDataset(
      name: NodeFiles.name(of: path), path: path, format: NumpyArchiveFormat.name, nodes: nodes,
      relations: Array(zip(relations, edges)), labeledType: labeled.first,
      labels: try labeled.first.map { try labels(of: $0, count: counts[$0] ?? 0) }, features: features, ids: ids,
      origins: try (labeled.first ?? masked).map { try splits(of: $0, count: counts[$0] ?? 0) } ?? [],
      nodeYears: years, edgeYears: edgeYears, warnings: warnings)
  }

  // MARK: - Parts

  private func edges(of relation: EdgeType, _ options: ReadOptions) throws -> EdgeList {
    let suffix = TorchArchive.suffix(of: relation, isHeterogeneous)
    let index = try archive.array("edge_index\(suffix)")
    let (sources, targets) = try NumpyArchiveFormat.ends(index, isPairs: false)
    let weights = try array("edge_weight\(suffix)")?.floats()
    if let weights {
      try DatasetChecks.rows(weights.count, of: "edge weights", expected: sources.count, path: archive.place)
    }
    guard let listed = try array("listed_edges\(suffix)")?.int32s().first.map({ Int($0) }) else {
      let isUndirected = options.isUndirected && relation.source == relation.target
      return EdgeList(sources: sources, targets: targets, weights: weights, isDirected: !isUndirected)
    }
    guard listed >= 0, listed <= sources.count else {
      throw FormatFailure.bad(
        archive.place, "listed_edges\(suffix) is \(listed), and edge_index\(suffix) has \(sources.count)",
        do: "save the number of edges that are listed before their reverses")
    }
    return EdgeList(
      sources: Array(sources.prefix(listed)), targets: Array(targets.prefix(listed)),
      weights: weights.map { Array($0.prefix(listed)) }, isDirected: false)
  }

  private func nodeCount(of type: NodeType, _ lists: [EdgeList]) throws -> Int {
    var largest = -1
    var edgeCount = 0
    for (relation, list) in zip(relations, lists) {
      if relation.source == type { largest = max(largest, Int(list.sources.max() ?? -1)) }
      if relation.target == type { largest = max(largest, Int(list.targets.max() ?? -1)) }
      edgeCount += list.count
    }
    return try DatasetChecks.nodeCount(ofLargestID: largest, edgeCount: edgeCount, path: archive.place)
  }

  private func features(_ key: String) throws -> FeatureMatrix? {
    if archive.contains("\(key)_indptr") { return try SparseMembers.features(in: archive, prefix: "\(key)_") }
    return try array(key).map { try NodeFiles.dense($0) }
  }

  private func years(_ array: NumpyArray, count: Int, of what: String) throws -> [Int32] {
    let years = try array.int32s()
    try DatasetChecks.rows(years.count, of: what, expected: count, path: array.place)
    if let at = years.firstIndex(where: { $0 < 0 }) {
      throw FormatFailure.bad(array.place, "row \(at)", "\(years[at]) is not a year", do: "use 0 for unknown")
    }
    return years
  }

  private func labels(of type: NodeType, count: Int) throws -> Labels {
    let y = try archive.array("y\(TorchArchive.suffix(of: type, isHeterogeneous))")
    try DatasetChecks.rows(y.shape.first ?? 0, of: "labels", expected: count, path: archive.place)
    let names = try array("class_names")?.strings()
    // A column of truth values is one of several classes, a column of numbers the class itself.
    guard y.shape.count == 2, y.shape[1] != 1 || y.elementName == "bool" else {
      return try DatasetChecks.labels(try NodeFiles.classes(y), names: names, path: archive.place)
    }
    let width = y.shape[1]
    let values = try y.bools()
    var offsets: [Int64] = [0]
    var columns: [Int32] = []
    for row in 0..<count {
      for column in 0..<width where values[row * width + column] { columns.append(Int32(column)) }
      offsets.append(Int64(columns.count))
    }
    return .multiple(
      rows: SparseRows(offsets: offsets, columns: columns, columnCount: width),
      names: names.flatMap { $0.count == width ? $0 : nil } ?? (0..<width).map { "\($0)" })
  }

  private func splits(of type: NodeType, count: Int) throws -> [(String, GraphDataset.SplitOrigin)] {
    let suffix = TorchArchive.suffix(of: type, isHeterogeneous)
    let keys = ("train_mask\(suffix)", "val_mask\(suffix)", "test_mask\(suffix)")
    guard archive.contains(keys.0) else { return [] }
    guard let names = try array("split_names")?.strings() else {
      return try SplitMasks.splits(in: archive, keys: keys, nodeCount: count).map { ($0.name, .ready($0)) }
    }
    for name in names { try GraphDataset.checkSplitName(name) }
    let kinds = try array("split_kinds")?.strings()
    let years = try array("split_years")?.int32s()
    let parts = try [keys.0, keys.1, keys.2].map { key -> [[Int32]] in
      let mask = try archive.array(key)
      if names.count != 1 || mask.shape.count != 1 {
        try mask.require(shape: [count, names.count], "one row a node, one column a split")
      } else {
        try mask.require(shape: [count], "one row a node")
      }
      let values = try mask.bools()
      return names.indices.map { split in
        (0..<count).filter { values[$0 * names.count + split] }.map { Int32($0) }
      }
    }
    return names.enumerated().map { at, name in
      var bounds: TimeBounds?
      if let years, years.count == 2 * names.count {
        bounds = TimeBounds(train: Int(years[2 * at]), validation: Int(years[2 * at + 1]))
      }
      let split = Split(
        name: name, kind: kinds.flatMap { at < $0.count ? $0[at] : nil } ?? "published with the data set",
        train: parts[0][at], validation: parts[1][at], test: parts[2][at], years: bounds)
      return (name, .ready(split))
    }
  }
}
