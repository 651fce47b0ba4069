public import GroveGraphs
import GroveLayers

/// What a heterogeneous model sees: the graph of all types and relations, or of meta-paths, and the features of each type.
public struct HeteroData: Sendable {
  /// The graph of the whole source.
  public let graph: HeteroGraph
  /// Input of each type of the graph.
  public let features: [NodeData.Features]
  /// Place of the classified type among the types.
  public let target: Int
  /// How the graph was read, to read it again as of a year.
  private let reading: Reading

  private struct Reading: Sendable {
    let relations: [EdgeType]
    let isUndirected: Bool
    let target: NodeType
    /// Nil where the model sees relations.
    let metaPaths: [MetaPath]?
    /// The relations that are turned round, and what they are then called.
    let reversed: [(relation: EdgeType, name: EdgeType)]
  }

  /// - Throws: what the source throws; `TrainingFailure.configuration` for meta-paths and features that there are not.
  init(
    _ source: any GraphSource & FeatureSource, _ relations: [EdgeType], of type: NodeType,
    _ targetFeatures: NodeData.Features, usesMetaPaths: Bool, isUndirected: Bool,
    _ configuration: inout TrainingConfiguration, _ notes: inout [String]
  ) throws {
    let reversed = isUndirected ? try HeteroData.reversed(relations, of: source) : []
    let all = try HeteroData.graph(source, relations, reversed, of: type)
    var metaPaths: [MetaPath]?
    if usesMetaPaths {
      metaPaths = try HeteroData.metaPaths(of: all, type, &configuration, source.name)
    }
    reading = Reading(
      relations: relations, isUndirected: isUndirected, target: type, metaPaths: metaPaths, reversed: reversed)
    graph = try metaPaths.map { try all.metaPathGraph($0, of: type) } ?? all
    target = graph.index(of: type)
    var wordless: [String] = []
    features = try graph.types.map { other in
      if other == type { return targetFeatures }
      return try HeteroData.features(of: other, source, configuration, &wordless)
    }
    if !wordless.isEmpty {
      notes.append(
        "no feature column of type \(wordless.joined(separator: ", ")), so each such node is a column of its own "
          + "(--other-features one-hot)")
    }
  }

  /// The graph as another view of the same source shows it.
  func graph(of seen: any GraphSource & FeatureSource) throws -> HeteroGraph {
    let all = try HeteroData.graph(seen, reading.relations, reading.reversed, of: reading.target)
    return try reading.metaPaths.map { try all.metaPathGraph($0, of: reading.target) } ?? all
  }

  /// The year of each edge of each relation as another view of the same source shows it; nil for relations without years.
  ///
  /// - Precondition: the model sees relations, not meta-paths.
  func edgeYears(of seen: any GraphSource & FeatureSource) throws -> [[Int32]?] {
    func years(_ relation: EdgeType, isTurned: Bool) throws -> [Int32]? {
      guard let years = try seen.edgeYears(of: relation) else { return nil }
      let edges = HeteroData.along(relation, try seen.edges(of: relation).dated(years), isTurned: isTurned)
      let (from, to) = isTurned ? (relation.target, relation.source) : (relation.source, relation.target)
      return try edges.earliestYears(targetCount: seen.nodeCount(of: to), sourceCount: seen.nodeCount(of: from))
    }
    return try reading.relations.map { try years($0, isTurned: false) }
      + reading.reversed.map { try years($0.relation, isTurned: true) }
  }

  /// Checks that a model which was trained on another graph can be used on this one.
  ///
  /// - Throws: `TrainingFailure` with what differs.
  func check(against signature: ModelSignature, _ name: String) throws {
    for (type, features) in zip(graph.types, features) {
      if case .learned = features {
        throw TrainingFailure.configuration(
          "the run knows its own nodes only (nodes of type \(type) have learned features); train with given features "
            + "(--other-features none, or a column) to use it on \(name)")
      }
    }
    let (relations, widths) = (graph.relations.map(\.description), features.map(\.width))
    guard relations == signature.relations else {
      throw TrainingFailure.data(
        "\(name): its relations are \(relations.joined(separator: ", ")), those that the run was trained on "
          + "\((signature.relations ?? []).joined(separator: ", ")); give a graph with the same relations")
    }
    guard widths == signature.featureWidths else {
      throw TrainingFailure.data(
        "\(name): the features of its types are \(widths.map(String.init).joined(separator: ", ")) wide, those that the "
          + "run was trained on \((signature.featureWidths ?? []).map(String.init).joined(separator: ", ")); "
          + "give a graph with the same features")
    }
  }

  /// All types and relations of a source for walks along meta-paths from one of them and back; the paths are written back
  /// into the configuration.
  ///
  /// - Throws: what the source throws; `TrainingFailure` for paths that there are not.
  static func walkable(
    _ source: any GraphSource & FeatureSource, from type: NodeType, _ configuration: inout TrainingConfiguration
  ) throws -> (graph: HeteroGraph, paths: [MetaPath]) {
    var every = configuration
    every.relations = []
    let relations = try HeteroData.relations(of: source, &every)
    let graph = try HeteroData.graph(source, relations, HeteroData.reversed(relations, of: source), of: type)
    return (graph, try metaPaths(of: graph, type, &configuration, source.name))
  }

  // MARK: - Reading

  /// The relations to train on, all where none are named, written back into the configuration by name.
  static func relations(
    of source: any GraphSource & FeatureSource, _ configuration: inout TrainingConfiguration
  ) throws -> [EdgeType] {
    let names = source.relations.map(\.relation)
    for name in configuration.relations where !names.contains(name) {
      throw TrainingFailure.configuration(
        "\(source.name): there is no relation '\(name)'; it has \(names.joined(separator: ", "))")
    }
    // A directed twin of the same edges is an alternative, not a second relation.
    let hasTwin = names.contains("edges") && names.contains("edges_directed")
    let chosen = source.relations.filter { relation in
      configuration.relations.isEmpty
        ? !(hasTwin && relation.relation == "edges_directed") : configuration.relations.contains(relation.relation)
    }
    guard !chosen.isEmpty else {
      throw TrainingFailure.data("\(source.name): it has no relations; heterogeneous models need one")
    }
    var told: Set<String> = []
    configuration.relations = chosen.map(\.relation).filter { told.insert($0).inserted }
    return chosen
  }

  /// The relations that also run back: all but those whose edges run both ways as they are, or that another relation
  /// turns round already.
  private static func reversed(
    _ relations: [EdgeType], of source: any GraphSource & FeatureSource
  ) throws -> [(relation: EdgeType, name: EdgeType)] {
    var taken = Set(relations)
    var result: [(relation: EdgeType, name: EdgeType)] = []
    for relation in relations {
      let edges = try source.edges(of: relation)
      if relation.source == relation.target && !edges.isDirected { continue }
      let opposite = relations.filter { $0.source == relation.target && $0.target == relation.source && $0 != relation }
      if try opposite.contains(where: { try isReverse(edges, source.edges(of: $0)) }) { continue }
      var name = "rev_" + relation.relation
      while !taken.insert(EdgeType(relation.target, name, relation.source)).inserted { name = "rev_" + name }
      result.append((relation, EdgeType(relation.target, name, relation.source)))
    }
    return result
  }

  /// Whether the one list holds just the edges of the other, turned round.
  ///
  /// - Complexity: O(E log E).
  private static func isReverse(_ a: EdgeList, _ b: EdgeList) -> Bool {
    func sorted(_ sources: [Int32], _ targets: [Int32]) -> [UInt64] {
      Set(zip(sources, targets).map { UInt64(UInt32(bitPattern: $0)) << 32 | UInt64(UInt32(bitPattern: $1)) }).sorted()
    }
    return sorted(a.sources, a.targets) == sorted(b.targets, b.sources)
  }

  /// The types that relations join, in the source's order, the classified one among them, and all adjacencies.
  private static func graph(
    _ source: any GraphSource & FeatureSource, _ relations: [EdgeType],
    _ reversed: [(relation: EdgeType, name: EdgeType)], of type: NodeType
  ) throws -> HeteroGraph {
    let joined = Set(relations.flatMap { [$0.source, $0.target] } + [type])
    let types = source.nodeTypes.filter(joined.contains)
    func adjacency(_ relation: EdgeType, isTurned: Bool) throws -> Adjacency {
      let edges = along(relation, try source.edges(of: relation), isTurned: isTurned)
      let (from, to) = isTurned ? (relation.target, relation.source) : (relation.source, relation.target)
      let matrix = try SparseMatrix(
        rows: edges.targets, columns: edges.sources, values: edges.weights, rowCount: source.nodeCount(of: to),
        columnCount: source.nodeCount(of: from),
        duplicates: edges.weights == nil ? .max : .sum)
      let (rows, values) = try matrix.sparseRows()
      let weights = edges.weights == nil ? nil : values
      return from == to
        ? .within(Graph(incoming: rows, weights: weights)) : .between(BipartiteGraph(incoming: rows, weights: weights))
    }
    let all =
      try relations.map { ($0, try adjacency($0, isTurned: false)) }
      + reversed.map { ($0.name, try adjacency($0.relation, isTurned: true)) }
    return HeteroGraph(
      types: types, nodeCounts: types.map { source.nodeCount(of: $0) }, relations: all.map(\.0),
      adjacencies: all.map(\.1)
    )
  }

  /// Edges of a relation as they run in the graph: both ways where they are listed once, turned round where that is asked.
  private static func along(_ relation: EdgeType, _ edges: EdgeList, isTurned: Bool) -> EdgeList {
    var all = relation.source == relation.target && !edges.isDirected ? edges.bothWays() : edges
    if isTurned { swap(&all.sources, &all.targets) }
    return all
  }

  /// The meta-paths that are asked for, else the relations within the type and out to each other type and back.
  private static func metaPaths(
    of graph: HeteroGraph, _ type: NodeType, _ configuration: inout TrainingConfiguration, _ name: String
  ) throws -> [MetaPath] {
    let names = graph.types.map(\.name).joined(separator: ", ")
    let paths: [MetaPath]
    if configuration.metapaths.isEmpty {
      let back = graph.types.filter { $0 != type && graph.leads(from: type, to: $0) && graph.leads(from: $0, to: type) }
      paths =
        (graph.leads(from: type, to: type) ? [MetaPath([type, type])] : []) + back.map { MetaPath([type, $0, type]) }
      guard !paths.isEmpty else {
        throw TrainingFailure.data("\(name): no walk leads from \(type) back to \(type), so there are no meta-paths")
      }
    } else {
      paths = try configuration.metapaths.map { text in
        guard let path = MetaPath(parsing: text, types: graph.types) else {
          throw TrainingFailure.configuration(
            "metapaths holds '\(text)'; write node types joined by hyphens, such as paper-author-paper, out of \(names)"
          )
        }
        guard path.types.first == type, path.types.last == type else {
          throw TrainingFailure.configuration(
            "meta-path \(path) must start and end at \(type)")
        }
        for (from, to) in zip(path.types, path.types.dropFirst()) where !graph.leads(from: from, to: to) {
          throw TrainingFailure.configuration("meta-path \(path): no relation leads from \(from) to \(to)")
        }
        return path
      }
      guard Set(paths).count == paths.count else {
        throw TrainingFailure.configuration("metapaths holds the same path twice; leave one out")
      }
    }
    configuration.metapaths = paths.map(\.description)
    return paths
  }

  /// Features of a type that is not classified.
  private static func features(
    of type: NodeType, _ source: any GraphSource & FeatureSource, _ configuration: TrainingConfiguration,
    _ wordless: inout [String]
  ) throws -> NodeData.Features {
    let (name, available) = (configuration.otherFeatures, source.featureNames(of: type))
    let count = source.nodeCount(of: type)
    func stored(_ column: String) throws -> NodeData.Features {
      let matrix = try source.features(named: column, of: type)
      return .given(
        configuration.normalizeFeatures != "none" && matrix.isNonNegative ? matrix.normalizedByRowSum() : matrix)
    }
    if name.hasPrefix("learned:") {
      guard let width = Int(name.dropFirst("learned:".count)), width >= 1, width <= 1 << 16 else {
        throw TrainingFailure.configuration("other-features is '\(name)'; write learned:WIDTH, such as learned:64")
      }
      return .learned(width: width)
    }
    switch name {
    case "auto":
      if let first = available.first { return try stored(first) }
      wordless.append(type.name)
      return .given(.oneHot(count))
    case "one-hot": return .given(.oneHot(count))
    case "none": return .given(.dense(values: .array([Float](repeating: 1, count: count)), width: 1))
    case let column where available.contains(column): return try stored(column)
    default:
      let names = ["auto"] + available + ["learned:WIDTH", "one-hot", "none"]
      throw TrainingFailure.configuration(
        "\(source.name): type \(type) has no features '\(name)'; choose one of \(names.joined(separator: ", "))")
    }
  }
}

extension FeatureMatrix {
  /// One column a node, 1 in its own. [N, N], N entries
  static func oneHot(_ nodeCount: Int) -> FeatureMatrix {
    let rows = SparseRows(
      offsets: (0...nodeCount).map(Int64.init), columns: (0..<nodeCount).map(Int32.init), columnCount: nodeCount)
    return .sparse(rows: rows, values: nil)
  }
}
