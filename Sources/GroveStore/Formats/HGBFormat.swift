import GroveGraphs

/// The text form of the Heterogeneous Graph Benchmark: `node.dat`, `link.dat`, `label.dat`, `label.dat.test`.
///
/// Fields are separated by tabs. `node.dat`: id, name, type and, where a type has attributes, their values with commas;
/// ids count from 0 and types follow each other. `link.dat`: head, tail, link type, weight. `label.dat`: id, name, type,
/// classes with commas. Types without attributes get no feature column. Names of types, relations and classes come from
/// `info.dat` or `meta.dat`, else they are `type-0` and `relation-0`. A node's id is its name where the names of its
/// type are all different, else its number in the file. The split is called `public`: `label.dat` to train on,
/// `label.dat.test` to test.
///
/// - Source: Lv et al. 2021, "Are we really making much progress?", the data of its repository; `HGBDataset` of PyTorch
///   Geometric 2.8.
public enum HGBFormat: GraphFormat {
  /// The word of `--format`.
  public static let name = "hgb"
  /// What its files look like.
  public static let summary = "node.dat, link.dat, label.dat, label.dat.test"

  /// Whether the names of the files speak for this format.
  public static func recognizes(_ tree: FileTree) -> Bool { tree.contains("node.dat") && tree.contains("link.dat") }

  /// Reads and checks the whole graph.
  ///
  /// - Throws: `FormatFailure` with the file and line of the first mistake.
  public static func read(_ tree: FileTree, options: ReadOptions) throws -> GraphDataset {
    for part in ["node.dat", "link.dat"] where !tree.contains(part) {
      throw FormatFailure.missingPart(path: tree.path, part: part, advice: "give the folder that holds both files")
    }
    let nodes = try HGBNodes(try tree.text(of: "node.dat"), place: tree.place(of: "node.dat"))
    let names = HGBNames(in: tree)
    let typeNames = names.types(nodes.types.map(\.number))
    let links = try HGBLinks(try tree.text(of: "link.dat"), nodes: nodes, place: tree.place(of: "link.dat"))
    let labels = try HGBLabels(in: tree, nodes: nodes)
    var warnings = names.warnings
    if tree.contains("link.dat.test") { warnings.append("link.dat.test is not read: its links are not in the graph") }

    // The labeled type first, then in the order of the file.
    var order = Array(nodes.types.indices)
    if let labeled = labels.type {
      order.removeAll { $0 == labeled }
      order.insert(labeled, at: 0)
    }
    var features: [NodeType: [(name: String, matrix: FeatureMatrix)]] = [:]
    var ids: [NodeType: [String]] = [:]
    for place in order {
      let type = nodes.types[place]
      if let width = type.width { features[typeNames[place]] = [("features", type.features.matrix(width: width))] }
      let isNamed = !type.names.contains("") && Set(type.names).count == type.count
      ids[typeNames[place]] = isNamed ? type.names : (type.first..<type.first + type.count).map { "\($0)" }
    }
    var relations: [(type: EdgeType, edges: EdgeList)] = []
    for link in links.relations {
      let (source, target) = (typeNames[link.source], typeNames[link.target])
      var type = EdgeType(source, names.relation(link.number, source: source, target: target), target)
      if relations.contains(where: { $0.type == type }) {
        type = EdgeType(source, HGBNames.relation(link.number), target)
      }
      relations.append((type, link.edges))
    }
    let labeledType = labels.type.map { typeNames[$0] }
    let known = try labels.type.map { place in
      try labels.labels(nodeCount: nodes.types[place].count, names: names.classes(ofType: nodes.types[place].number))
    }
    var origins = SplitFile.origins(in: tree)
    if let split = labels.split { origins.insert((split.name, .ready(split)), at: 0) }
    return GraphDataset(
      name: NodeFiles.name(of: tree.path), path: tree.path, format: name,
      nodes: order.map { (typeNames[$0], nodes.types[$0].count) }, relations: relations, labeledType: labeledType,
      labels: known, features: features, ids: ids, origins: origins, warnings: warnings)
  }
}
