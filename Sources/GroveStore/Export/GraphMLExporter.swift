import Foundation
import GroveGraphs
import GroveKernels

/// A graph as GraphML, with all its relations: nodes with id, type, title, year and label, edges with relation, weight and
/// year.
///
/// A node's `id` is its external id where these are all different in the graph, else `TYPE:ID`; the attribute `id` is the
/// external id alone. `label` holds the names of its classes, joined by `|`. Characters that XML cannot hold become
/// U+FFFD. Not carried: features, splits, texts but the title (of papers) or name.
///
/// - Source: Brandes, Eiglsperger, Herman, Himsolt, Marshall 2002, GraphML Progress Report; graphml.graphdrawing.org.
public enum GraphMLExporter: GraphExporter {
  /// The word of `--format`.
  public static let name = "graphml"
  /// What it writes.
  public static let summary = "GraphML: nodes with id, title, year, label; edges with relation"

  /// Writes the file.
  ///
  /// - Returns: what is left out, one sentence each.
  /// - Throws: `FormatFailure.unknownExtension` where the name does not end in .graphml or .xml; `FileFailure`; what the
  ///   graph throws.
  public static func write(_ graph: any GraphData, to path: String, options: GraphExportOptions) throws -> [String] {
    guard [".graphml", ".xml"].contains(where: { path.lowercased().hasSuffix($0) }) else {
      throw FormatFailure.unknownExtension(path: path, accepted: [".graphml", ".xml"])
    }
    var exported = try ExportedGraph(graph, options)
    try exported.leaveOutTexts(but: ["title", "name"])
    if graph.nodeTypes.contains(where: { !graph.featureNames(of: $0).isEmpty }) {
      exported.leaveOut("features are left out")
    }
    if !graph.splitNames.isEmpty {
      exported.leaveOut("splits are left out (\(graph.splitNames.joined(separator: ", ")))")
    }
    let names = try nodeNames(graph)
    let labels = try graph.labels()
    try AtomicFile.write(to: path) { sink in
      var xml = XMLText()
      xml.raw(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <graphml xmlns="http://graphml.graphdrawing.org/xmlns" \
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
        xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">

        """)
      for (key, kind, element) in keys {
        xml.raw("<key id=\"\(key)\" for=\"\(element)\" attr.name=\"\(attribute(key))\" attr.type=\"\(kind)\"/>\n")
      }
      let isDirected = try graph.relations.allSatisfy { try graph.edges(of: $0).isDirected }
      xml.raw("<graph id=\"G\" edgedefault=\"\(isDirected ? "directed" : "undirected")\">\n")
      for type in graph.nodeTypes {
        try nodes(exported, type, names[type] ?? [], type == graph.labeledType ? labels : nil, &xml, &sink)
      }
      for relation in graph.relations { try edges(exported, relation, names, isDirected, &xml, &sink) }
      xml.raw("</graph>\n</graphml>\n")
      try xml.send(to: &sink)
    }
    return exported.losses
  }

  /// Keys, their types and what they are for.
  private static let keys = [
    ("id", "string", "node"), ("type", "string", "node"), ("title", "string", "node"), ("year", "int", "node"),
    ("label", "string", "node"), ("relation", "string", "edge"), ("weight", "double", "edge"),
    ("edge_year", "int", "edge"),
  ]

  private static func attribute(_ key: String) -> String { key == "edge_year" ? "year" : key }

  /// The `id` of every node.
  private static func nodeNames(_ graph: any GraphData) throws -> [NodeType: [String]] {
    var names: [NodeType: [String]] = [:]
    var seen: Set<String> = []
    var total = 0
    for type in graph.nodeTypes {
      let ids = try graph.nodeIDs(of: type) ?? (0..<graph.nodeCount(of: type)).map { "\($0)" }
      names[type] = ids
      total += ids.count
      seen.formUnion(ids)
    }
    if seen.count < total { for type in graph.nodeTypes { names[type] = names[type]?.map { "\(type):\($0)" } } }
    return names
  }

  private static func nodes(
    _ exported: ExportedGraph, _ type: NodeType, _ names: [String], _ labels: Labels?, _ xml: inout XMLText,
    _ sink: inout ByteSink
  ) throws {
    let graph = exported.graph
    let ids = try graph.nodeIDs(of: type)
    let years = exported.years[type]
    func write(_ node: Int, _ title: String?) throws {
      xml.raw("<node id=\"")
      xml.escaped(names[node])
      xml.raw("\">")
      if let ids { xml.data("id", ids[node]) }
      xml.data("type", type.name)
      if let title { xml.data("title", title) }
      if let year = years?[node], year > 0 { xml.data("year", "\(year)") }
      switch labels {
      case .single(let classes, let names): if classes[node] >= 0 { xml.data("label", names[Int(classes[node])]) }
      case .multiple(let rows, let names):
        if labels?.isLabeled(node) == true {
          xml.data("label", rows[node].map { names[Int($0)] }.joined(separator: "|"))
        }
      case nil: break
      }
      xml.raw("</node>\n")
      if xml.isFull { try xml.send(to: &sink) }
    }
    let fields = try graph.textFields(of: type)
    if let field = ["title", "name"].first(where: { fields.contains($0) }) {
      try graph.forEachText(of: type, fields: [field]) { try write($0, $1[0]) }
    } else {
      for node in 0..<graph.nodeCount(of: type) { try write(node, nil) }
    }
  }

  private static func edges(
    _ exported: ExportedGraph, _ relation: EdgeType, _ names: [NodeType: [String]], _ isDirected: Bool,
    _ xml: inout XMLText, _ sink: inout ByteSink
  ) throws {
    let (list, years) = try exported.datedEdges(of: relation)
    let (sources, targets) = (names[relation.source] ?? [], names[relation.target] ?? [])
    for edge in 0..<list.count {
      xml.raw("<edge source=\"")
      xml.escaped(sources[Int(list.sources[edge])])
      xml.raw("\" target=\"")
      xml.escaped(targets[Int(list.targets[edge])])
      if list.isDirected != isDirected { xml.raw("\" directed=\"\(list.isDirected)") }
      xml.raw("\">")
      xml.data("relation", relation.relation)
      if let weights = list.weights { xml.data("weight", "\(weights[edge])") }
      if let year = years?[edge], year > 0 { xml.data("edge_year", "\(year)") }
      xml.raw("</edge>\n")
      if xml.isFull { try xml.send(to: &sink) }
    }
  }
}

/// XML being put together.
private struct XMLText {
  private var bytes: [UInt8] = []

  /// Whether so much has gathered that it should be sent on.
  var isFull: Bool { bytes.count >= 1 << 16 }

  /// Markup as it is.
  mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Text that is no markup.
  mutating func escaped(_ text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": raw("&amp;")
      case "<": raw("&lt;")
      case ">": raw("&gt;")
      case "\"": raw("&quot;")
      // Readers turn these into spaces where they stand as they are.
      case "\t", "\n", "\r": raw("&#\(scalar.value);")
      case _ where scalar.value < 32 || scalar.value == 0xfffe || scalar.value == 0xffff: raw("\u{fffd}")
      default: bytes.append(contentsOf: UTF8.encode(scalar)!)
      }
    }
  }

  /// A `data` element.
  mutating func data(_ key: String, _ text: String) {
    raw("<data key=\"\(key)\">")
    escaped(text)
    raw("</data>")
  }

  /// Sends everything on.
  mutating func send(to sink: inout ByteSink) throws {
    try sink.write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
