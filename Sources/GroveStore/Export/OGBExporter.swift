import Foundation
import GroveGraphs
import GroveKernels

/// A graph as a folder of the Open Graph Benchmark, which `OGBFormat` and OGB's own package read.
///
/// Graphs of one type and relation become OGB's homogeneous layout, all others its heterogeneous one. Names, edges in
/// both directions and what splits tell beside their nodes are kept in `master.csv` and `splits`, which OGB's package
/// passes over. Sparse features become dense. Not carried: texts, and feature columns beside one a type.
public enum OGBExporter: GraphExporter {
  /// The word of `--format`.
  public static let name = "ogb"
  /// What it writes.
  public static let summary = "an OGB folder: raw, split, mapping as .csv.gz"

  /// Writes the folder.
  ///
  /// - Returns: what is left out, one sentence each.
  /// - Throws: `FormatFailure.taken` where something lies at `path`; `FileFailure`; what the graph throws.
  public static func write(_ graph: any GraphData, to path: String, options: GraphExportOptions) throws -> [String] {
    var exported = try ExportedGraph(graph, options)
    try exported.leaveOutTexts()
    try ExportFolder.write(to: path) { folder in
      let files = OGBFiles(folder)
      if let relation = exported.onlyRelation {
        try homogeneous(&exported, relation, files)
      } else {
        try heterogeneous(&exported, files)
      }
      try splits(graph, files, isHeterogeneous: exported.onlyRelation == nil)
      if let labels = try graph.labels(), let names = exported.classNames(of: labels) {
        try files.names("mapping/labelidx2name", heading: "label idx,name", names)
      }
    }
    return exported.losses
  }

  private static func homogeneous(_ exported: inout ExportedGraph, _ relation: EdgeType, _ files: OGBFiles) throws {
    let graph = exported.graph
    let type = relation.source
    let isDirected = try edges(exported, relation, in: "raw", files)
    try files.numbers("raw/num-node-list", [Int32(graph.nodeCount(of: type))])
    if let features = try exported.features(of: type) { try files.features("raw/node-feat", features) }
    if let years = exported.years[type] { try files.numbers("raw/node_year", years) }
    if let labels = try graph.labels() { try files.labels("raw/node-label", labels) }
    if let ids = try graph.nodeIDs(of: type) { try files.names("mapping/nodeidx2id", heading: "node idx,id", ids) }
    var settings = [("is hetero", "False"), ("add_inverse_edge", isDirected ? "False" : "True")]
    settings += try task(graph)
    if type != .node { settings.append(("node type", type.name)) }
    if relation.relation != "edges" { settings.append(("relation", relation.relation)) }
    try files.settings(settings)
  }

  private static func heterogeneous(_ exported: inout ExportedGraph, _ files: OGBFiles) throws {
    let graph = exported.graph
    let types = graph.nodeTypes
    var settings = [("is hetero", "True")] + (try task(graph))
    var folders: Set<String> = []
    for relation in graph.relations {
      let folder = [relation.source.name, relation.relation, relation.target.name].map(OGBFolder.folderName)
        .joined(separator: "___")
      guard folders.insert(folder).inserted else {
        throw FormatFailure.unusableName(
          name: relation.description, rule: "two relations would share the folder \(folder)")
      }
      if try !edges(exported, relation, in: "raw/relations/\(folder)", files) {
        settings.append(("undirected relation", relation.description))
      }
    }
    try files.table(
      "raw/triplet-type-list",
      graph.relations.isEmpty ? [[""]] : graph.relations.map { [$0.source.name, $0.relation, $0.target.name] })
    try files.table("raw/num-node-dict", [types.map(\.name), types.map { "\(graph.nodeCount(of: $0))" }])
    var hasFeatures: [String] = []
    for type in types {
      let folder = OGBFolder.folderName(type.name)
      let features = try exported.features(of: type)
      hasFeatures.append(features == nil ? "False" : "True")
      if let features { try files.features("raw/node-feat/\(folder)/node-feat", features) }
      if let years = exported.years[type], !years.isEmpty {
        try files.numbers("raw/node-feat/\(folder)/node_year", years)
      }
      if type == graph.labeledType, let labels = try graph.labels() {
        try files.labels("raw/node-label/\(folder)/node-label", labels)
      }
      if let ids = try graph.nodeIDs(of: type) {
        try files.names("mapping/\(folder)_entidx2name", heading: "ent idx,ent name", ids)
      }
    }
    try files.table("raw/nodetype-has-feat", [types.map(\.name), hasFeatures])
    try files.table(
      "raw/nodetype-has-label", [types.map(\.name), types.map { $0 == graph.labeledType ? "True" : "False" }])
    try files.settings(settings)
  }

  /// What OGB's list of data sets says of their labels.
  private static func task(_ graph: any GraphData) throws -> [(String, String)] {
    switch try graph.labels() {
    case .single(_, let names):
      [("num tasks", "1"), ("num classes", "\(names.count)"), ("task type", "multiclass classification")]
    case .multiple(_, let names):
      [("num tasks", "\(names.count)"), ("num classes", "2"), ("task type", "binary classification")]
    case nil: []
    }
  }

  /// - Returns: whether the edges run one way.
  private static func edges(
    _ exported: ExportedGraph, _ relation: EdgeType, in folder: String, _ files: OGBFiles
  ) throws -> Bool {
    let (edges, years) = try exported.edges(of: relation)
    try files.edges("\(folder)/edge", edges)
    try files.numbers("\(folder)/num-edge-list", [Int32(clamping: edges.count)])
    if let weights = edges.weights { try files.numbers("\(folder)/edge_weight", weights) }
    if let years, !years.isEmpty { try files.numbers("\(folder)/edge_year", years) }
    return edges.isDirected
  }

  private static func splits(_ graph: any GraphData, _ files: OGBFiles, isHeterogeneous: Bool) throws {
    guard let type = graph.labeledType ?? graph.nodeTypes.first else { return }
    for name in graph.splitNames {
      let split = try graph.split(named: name)
      let folder = "split/\(name)" + (isHeterogeneous ? "/\(OGBFolder.folderName(type.name))" : "")
      for (part, nodes) in [("train", split.train), ("valid", split.validation), ("test", split.test)] {
        // pandas refuses files without a number.
        if part == "train" || !nodes.isEmpty { try files.numbers("\(folder)/\(part)", nodes) }
      }
      if isHeterogeneous {
        let types = graph.nodeTypes
        try files.table(
          "split/\(name)/nodetype-has-split", [types.map(\.name), types.map { $0 == type ? "True" : "False" }])
      }
      if split.years != nil || split.classes != nil {
        try AtomicFile.makeFolder("\(files.folder)/splits")
        try SplitFile.write(split, to: "\(files.folder)/splits/\(name).json")
      }
    }
  }
}
