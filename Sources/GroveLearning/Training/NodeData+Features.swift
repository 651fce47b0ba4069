import Foundation
public import GroveGraphs
import GroveKernels
public import GroveTensors

extension NodeData {
  /// Features made from edges: what is seen of the edges decides them.
  enum Derived: Sendable {
    /// Two columns: log(1 + d) of the numbers d of distinct edges into and out of each node, both equal in undirected
    /// relations.
    case degree(NodeType, [EdgeType])
    /// One column for each target of a relation: the added weights of a node's edges to it, 1 an edge without weights.
    case relation(EdgeType)

    /// The features of all nodes, as the edges of `source` tell them. [N, 2] or [N, targets]
    ///
    /// - Complexity: O(N + E log E).
    func matrix(of source: any GraphSource & FeatureSource) throws -> FeatureMatrix {
      switch self {
      case .degree(let type, let relations):
        // Edges as they run, before any is turned round for training.
        let graph = try NodeData.graph(source, relations, of: type, isUndirected: false)
        var outgoing = [Int](repeating: 0, count: graph.nodeCount)
        for node in graph.incoming.columns { outgoing[Int(node)] += 1 }
        let values = zip(graph.inDegrees, outgoing).flatMap { [log1p(Float($0)), log1p(Float($1))] }
        return .dense(values: .array(values), width: 2)
      case .relation(let relation):
        let edges = try source.edges(of: relation)
        let matrix = try SparseMatrix(
          rows: edges.sources, columns: edges.targets, values: edges.weights,
          rowCount: source.nodeCount(of: relation.source), columnCount: source.nodeCount(of: relation.target),
          duplicates: .sum)
        let (rows, values) = try matrix.sparseRows()
        return .sparse(rows: rows, values: values)
      }
    }

    /// The relations whose edges decide the features.
    var relations: [EdgeType] {
      switch self {
      case .degree(_, let relations): relations
      case .relation(let relation): [relation]
      }
    }
  }

  /// The relation that serves as features where nothing else does.
  private static let topics = "has_topic"

  static func features(
    _ source: any GraphSource & FeatureSource, _ type: NodeType, _ relations: [EdgeType],
    _ configuration: inout TrainingConfiguration, _ notes: inout [String]
  ) throws -> (Features, Derived?) {
    let available = source.featureNames(of: type)
    let outward = source.relations.filter { $0.source == type && $0.target != type }
    if configuration.features == nil {
      configuration.features = try available.first ?? substitute(source, outward, &notes)
    }
    let name = configuration.features ?? ""
    if name == "one-hot" {
      configuration.normalizeFeatures = "none"
      return (.given(.oneHot(source.nodeCount(of: type))), nil)
    }
    if name.hasPrefix("learned:") {
      guard let width = Int(name.dropFirst("learned:".count)), width >= 1, width <= 1 << 16 else {
        throw TrainingFailure.configuration("features is '\(name)'; write learned:WIDTH, such as learned:64")
      }
      configuration.normalizeFeatures = "none"
      return (.learned(width: width), nil)
    }
    let derived: Derived?
    if available.contains(name) {
      derived = nil
    } else if name == "degree" {
      derived = .degree(type, relations)
      if configuration.normalizeFeatures == "auto" { configuration.normalizeFeatures = "none" }
    } else if let relation = outward.first(where: { $0.relation == name }) {
      guard relation != source.labelRelation else {
        throw TrainingFailure.configuration(
          "\(source.name): the labels were made from \(name), so all of its edges at labeled nodes are hidden; "
            + "choose other features")
      }
      guard source.nodeCount(of: relation.target) > 0 else {
        throw TrainingFailure.data(
          "\(source.name): there are no nodes of type \(relation.target), so \(name) gives no features; choose others")
      }
      derived = .relation(relation)
    } else {
      let names = available + ["one-hot", "learned:WIDTH", "degree"] + outward.map(\.relation)
      throw TrainingFailure.configuration(
        "\(source.name): there are no features '\(name)'; choose one of \(names.joined(separator: ", "))")
    }
    let matrix = try derived?.matrix(of: source) ?? source.features(named: name, of: type)
    if configuration.normalizeFeatures == "auto" {
      configuration.normalizeFeatures = matrix.isNonNegative ? "rows" : "none"
    }
    return (.given(configuration.normalizeFeatures == "rows" ? matrix.normalizedByRowSum() : matrix), derived)
  }

  /// What stands in for feature columns: the topics of the nodes where there are any, else learned rows.
  private static func substitute(
    _ source: any GraphSource & FeatureSource, _ outward: [EdgeType], _ notes: inout [String]
  ) throws -> String {
    if let relation = outward.first(where: { $0.relation == topics && $0 != source.labelRelation }),
      try source.edges(of: relation).count > 0
    {
      notes.append("no feature column, so the topics of each node are its features (--features \(topics))")
      return topics
    }
    notes.append("no feature column, so each node learns 64 numbers (--features learned:64)")
    return "learned:64"
  }
}

extension FeatureMatrix {
  /// The same numbers as a tensor: sparse rows, unless more than a fifth of the entries are other than zero.
  ///
  /// So a bag of words trains at one speed and to one result whether its file lists all numbers or only those.
  public func tensor() -> Tensor {
    switch self {
    case .dense(let values, let width):
      let filled = values.count { $0 != 0 }
      if values.isEmpty || 5 * filled > values.count {
        return Tensor(values.buffer(), rows: rowCount, columns: width)
      }
      return sparse(filled: filled).tensor()
    case .sparse(let rows, let values):
      let index = EdgeIndex(offsets: rows.offsets, columns: rows.columns)
      let sparse = Tensor(
        SparseValues(
          entries: Aggregation(incoming: index, sourceCount: rows.columnCount), values: values.map(FloatBuffer.init)))
      return 5 * rows.entryCount > rows.rowCount * rows.columnCount ? sparse.densified() : sparse
    }
  }

  /// The entries of a dense matrix that are not zero.
  private func sparse(filled: Int) -> FeatureMatrix {
    guard case .dense(let values, let width) = self else { return self }
    var offsets: [Int64] = [0]
    var columns: [Int32] = []
    var kept: [Float] = []
    columns.reserveCapacity(filled)
    kept.reserveCapacity(filled)
    for start in stride(from: 0, to: values.count, by: width) {
      for column in 0..<width where values[start + column] != 0 {
        columns.append(Int32(column))
        kept.append(values[start + column])
      }
      offsets.append(Int64(columns.count))
    }
    return .sparse(rows: SparseRows(offsets: offsets, columns: columns, columnCount: width), values: kept)
  }
}
