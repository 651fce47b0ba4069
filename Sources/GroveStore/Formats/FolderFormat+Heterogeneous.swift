import GroveGraphs

extension FolderFormat {
  /// Reads graphs of several node types.
  ///
  /// Their files are `edges_<a>_<b>.npy` or `edges_<a>_<relation>_<b>.npy`, `features_<a>.npz` or `.npy`,
  /// `labels_<a>.npy`, `<a>_ids.txt`, `texts_<a>.jsonl`. Each type counts from 0, and edges run from the first type to the second.
  /// A relation is named by its middle part, or by both types where there is none (`paper_author`).
  static func readHeterogeneous(_ tree: FileTree) throws -> GraphDataset {
    let edgeNames = tree.names.filter { isEdges($0) }
    let known = knownTypes(in: tree)
    var relations: [(type: EdgeType, edges: EdgeList, member: String)] = []
    for member in edgeNames {
      let type = try relation(member, known: known, in: tree)
      guard !relations.contains(where: { $0.type == type }) else {
        throw FormatFailure.bad(
          tree.place(of: member), "names relation \(type) a second time", do: "rename one of the files")
      }
      relations.append((type, try edges(member, in: tree, isDirected: true), member))
    }
    var types: [NodeType] = []
    for type in relations.flatMap({ [$0.type.source, $0.type.target] }) where !types.contains(type) {
      types.append(type)
    }
    for name in known where !types.contains(NodeType(name)) && hasRows(name, in: tree) { types.append(NodeType(name)) }
    types.sort { $0.name < $1.name }

    let labeled = types.filter { tree.contains("labels_\($0).npy") || tree.contains("labels_multi_\($0).npy") }
    var warnings: [String] = []
    if labeled.count > 1 {
      warnings.append(
        "labels of \(labeled[0]) are used, those of \(labeled.dropFirst().map(\.name).joined(separator: ", ")) are not")
    }
    if let first = labeled.first { types.removeAll { $0 == first }; types.insert(first, at: 0) }

    var nodes: [(type: NodeType, count: Int)] = []
    var features: [NodeType: [(name: String, matrix: FeatureMatrix)]] = [:]
    var ids: [NodeType: [String]] = [:]
    var texts: [NodeType: GraphDataset.TextOrigin] = [:]
    var labels: Labels?
    for type in types {
      let column = try NodeFiles.features("features_\(type)", in: tree)
      let isTarget = type == labeled.first
      let classes = isTarget ? try classes("labels_\(type).npy", in: tree) : nil
      let pairs = isTarget ? try groups("labels_multi_\(type).npy", in: tree) : nil
      let idFile = ["\(type)_ids.txt", "\(type)_names.txt"].first { tree.contains($0) }
      let names = try idFile.map { try NodeFiles.ids($0, in: tree) }
      var largest = -1
      var edgeCount = 0
      for relation in relations {
        if relation.type.source == type { largest = max(largest, Int(relation.edges.sources.max() ?? -1)) }
        if relation.type.target == type { largest = max(largest, Int(relation.edges.targets.max() ?? -1)) }
        edgeCount += relation.edges.count
      }
      largest = max(largest, Int(pairs?.prefix((pairs?.count ?? 0) / 2).max() ?? -1))
      let count =
        try column?.matrix.rowCount ?? classes?.count ?? names?.count
        ?? DatasetChecks.nodeCount(ofLargestID: largest, edgeCount: edgeCount, path: tree.path)
      if let classes {
        try DatasetChecks.rows(classes.count, of: "labels", expected: count, path: tree.place(of: "labels_\(type).npy"))
      }
      if let names, let idFile {
        try DatasetChecks.rows(names.count, of: "node ids", expected: count, path: tree.place(of: idFile))
        ids[type] = names
      }
      if tree.contains("texts_\(type).jsonl") { texts[type] = .file(tree, member: "texts_\(type).jsonl") }
      if let column { features[type] = [("features", column.matrix)] }
      if isTarget {
        labels = try self.labels(
          classes, pairs, nodeCount: count, in: tree, "labels_\(type).npy", "labels_multi_\(type).npy")
      }
      nodes.append((type, count))
    }
    let counts = Dictionary(uniqueKeysWithValues: nodes.map { ($0.type, $0.count) })
    for relation in relations {
      try DatasetChecks.edges(
        relation.edges, sourceCount: counts[relation.type.source] ?? 0, targetCount: counts[relation.type.target] ?? 0,
        path: tree.place(of: relation.member))
    }
    return GraphDataset(
      name: NodeFiles.name(of: tree.path), path: tree.path, format: name, nodes: nodes,
      relations: relations.map { ($0.type, $0.edges) }, labeledType: labeled.first, labels: labels, features: features,
      ids: ids, origins: try splits(in: tree, nodeCount: nodes.first?.count ?? 0), texts: texts, warnings: warnings)
  }

  private static func hasRows(_ type: String, in tree: FileTree) -> Bool {
    ["features_\(type).npz", "features_\(type).npy", "labels_\(type).npy"].contains { tree.contains($0) }
  }

  /// Types that files other than edges name.
  private static func knownTypes(in tree: FileTree) -> Set<String> {
    var types: Set<String> = []
    let forms = [
      ("features_", ".npz"), ("features_", ".npy"), ("labels_multi_", ".npy"), ("labels_", ".npy"), ("", "_ids.txt"),
      ("", "_names.txt"),
    ]
    for name in tree.names where !name.contains("/") {
      for (prefix, suffix) in forms
      where name.hasPrefix(prefix) && name.hasSuffix(suffix) && name.count > prefix.count + suffix.count {
        types.insert(String(name.dropFirst(prefix.count).dropLast(suffix.count)))
        break
      }
    }
    return types
  }

  /// The relation that a file's name tells: known types at both ends first, else its first and last words.
  private static func relation(_ member: String, known: Set<String>, in tree: FileTree) throws -> EdgeType {
    let words = member.dropFirst("edges_".count).dropLast(".npy".count).split(
      separator: "_", omittingEmptySubsequences: false)
    guard words.count >= 2, words.allSatisfy({ !$0.isEmpty }) else {
      throw FormatFailure.bad(
        tree.place(of: member), "its name tells no two node types",
        do: "name it edges_<type>_<type>.npy or edges_<type>_<relation>_<type>.npy")
    }
    func joined(_ range: Range<Int>) -> String { words[range].joined(separator: "_") }
    var firstLength = 1
    var lastLength = 1
    if words.count > 2 {
      for length in (1..<words.count).reversed() where known.contains(joined(0..<length)) {
        firstLength = length
        break
      }
      for length in (1...(words.count - firstLength)).reversed()
      where known.contains(joined(words.count - length..<words.count)) {
        lastLength = length
        break
      }
    }
    let source = NodeType(joined(0..<firstLength))
    let target = NodeType(joined(words.count - lastLength..<words.count))
    let middle = joined(firstLength..<words.count - lastLength)
    return EdgeType(source, middle.isEmpty ? "\(source)_\(target)" : middle, target)
  }
}
