import GroveGraphs

/// What an export may be told beside the graph.
public struct GraphExportOptions: Sendable, Equatable {
  /// Name of the one relation to write, for formats of one matrix.
  public var relation: String?
  /// The feature column that goes along, for formats that hold one; nil for the first of each type, `none` for none.
  public var features: String?

  /// Options; what is not said is the default.
  public init(relation: String? = nil, features: String? = nil) {
    self.relation = relation
    self.features = features
  }
}

/// A format that whole graphs are written in: one type, in one file, listed in `GraphExporters`.
public protocol GraphExporter {
  /// The word of `--format`.
  static var name: String { get }
  /// What it writes, for messages and tables.
  static var summary: String { get }
  /// Writes a graph, whole or not at all.
  ///
  /// - Returns: what the format cannot carry of this graph, one sentence each.
  /// - Throws: `FormatFailure`, `FileFailure`, what the graph throws.
  static func write(_ graph: any GraphData, to path: String, options: GraphExportOptions) throws -> [String]
}

/// All formats that whole graphs are written in.
public enum GraphExporters {
  /// The exporters.
  public static var all: [any GraphExporter.Type] {
    [
      OGBExporter.self,
      NumpyArchiveExporter.self,
      MatrixMarketExporter.self,
      GraphMLExporter.self,
    ]
  }

  /// The exporter called `name`, or nil.
  public static func exporter(named name: String) -> (any GraphExporter.Type)? { all.first { $0.name == name } }
}

/// A graph as exporters write it: edges by source, one feature column a type, and a list of what is left out.
struct ExportedGraph {
  let graph: any GraphData
  let options: GraphExportOptions
  /// Years of the nodes of each type that has any.
  let years: [NodeType: [Int32]]
  /// What has been left out, one sentence each.
  private(set) var losses: [String] = []

  init(_ graph: any GraphData, _ options: GraphExportOptions) throws {
    self.graph = graph
    self.options = options
    var years: [NodeType: [Int32]] = [:]
    for type in graph.nodeTypes { years[type] = try graph.nodeYears(of: type) }
    self.years = years
    if let relation = graph.labelRelation, let type = graph.labeledType {
      leaveOut("labels of \(type) were made from \(relation.relation), which a reader must hide when it trains")
    }
    if let name = options.features, name != "none" {
      let known = graph.nodeTypes.flatMap { graph.featureNames(of: $0) }
      guard known.contains(name) else {
        throw FormatFailure.unknownName(path: graph.path, what: "feature column", name: name, known: known)
      }
    }
  }

  /// The one type and relation of a graph that has no others.
  var onlyRelation: EdgeType? {
    graph.nodeTypes.count == 1 && graph.relations.count == 1 ? graph.relations[0] : nil
  }

  /// Notes what is left out.
  mutating func leaveOut(_ sentence: String) { losses.append(sentence) }

  /// Notes the texts of all types but those fields that the format holds.
  mutating func leaveOutTexts(but kept: Set<String> = []) throws {
    for type in graph.nodeTypes {
      // Years are written as numbers.
      let fields = try graph.textFields(of: type).filter { !kept.contains($0) && $0 != "year" }
      if !fields.isEmpty { leaveOut("texts of \(type) are left out (\(fields.joined(separator: ", ")))") }
    }
  }

  /// The edges of a relation in the order of their sources, and their years where those of nodes do not tell them.
  ///
  /// Edges of one source stay in their order, so that a graph written, read and written again gives the same bytes.
  func edges(of relation: EdgeType) throws -> (edges: EdgeList, years: [Int32]?) {
    let (edges, years) = try datedEdges(of: relation)
    return (edges, years == edges.years(of: relation, in: self.years) ? nil : years)
  }

  /// The same with their years in any case.
  func datedEdges(of relation: EdgeType) throws -> (edges: EdgeList, years: [Int32]?) {
    let list = try graph.edges(of: relation)
    let years = try graph.edgeYears(of: relation)
    let (rows, positions) = SparseRows.grouping(
      rows: list.sources, columns: list.targets, rowCount: graph.nodeCount(of: relation.source),
      columnCount: graph.nodeCount(of: relation.target))
    let edges = EdgeList(
      sources: positions.map { list.sources[Int($0)] }, targets: rows.columns,
      weights: list.weights.map { weights in positions.map { weights[Int($0)] } }, isDirected: list.isDirected)
    return (edges, years.map { years in positions.map { years[Int($0)] } })
  }

  /// The feature column of a type that goes along, if any.
  mutating func features(of type: NodeType) throws -> FeatureMatrix? {
    let names = graph.featureNames(of: type)
    let chosen = options.features == nil ? names.first : names.first { $0 == options.features }
    let others = names.filter { $0 != chosen }
    if !others.isEmpty {
      leaveOut("feature columns of \(type) are left out (\(others.joined(separator: ", "))); --features chooses one")
    }
    guard let chosen, graph.nodeCount(of: type) > 0 else { return nil }
    return try graph.features(named: chosen, of: type)
  }

  /// The class names where they are not the classes' numbers, which readers give by themselves.
  func classNames(of labels: Labels) -> [String]? {
    let largest: Int
    switch labels {
    case .single(let classes, _): largest = Int(classes.max() ?? -1)
    case .multiple(let rows, _): largest = rows.columnCount - 1
    }
    let names = labels.classNames
    return names == (0..<largest + 1).map { "\($0)" } ? nil : names
  }
}
