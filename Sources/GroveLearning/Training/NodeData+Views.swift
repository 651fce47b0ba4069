import GroveGraphs
import GroveKernels

extension NodeData {
  /// How graph and features were read.
  struct Reading: Sendable {
    /// The graph without the edges that tell the labels.
    let source: any GraphSource & FeatureSource
    /// The relations that were chosen to train on.
    let relations: [EdgeType]
    /// Whether every edge runs both ways.
    let isUndirected: Bool
    /// How the features are made from edges; nil for stored, one-hot and learned ones.
    let derived: Derived?
    /// Whether each row of features is divided by its sum.
    let normalizesRows: Bool
  }

  /// The graph as of the end of a year.
  struct YearView: Sendable {
    /// All nodes with the edges that were there.
    let graph: Graph
    /// What a heterogeneous model sees of them.
    let heterogeneous: HeteroGraph?
    /// Features made from the edges that were there; nil where the features are those of the whole graph.
    let features: FeatureMatrix?
  }

  /// The graph as of the end of a calendar year, read when first asked for and kept.
  ///
  /// - Throws: what the source throws.
  func view(asOf year: Int) throws -> YearView {
    try views.withLock { views in
      if let kept = views[year] { return kept }
      let seen = GraphView(reading.source, asOf: year)
      let features = try reading.derived?.matrix(of: seen)
      let made = YearView(
        graph: try NodeData.graph(
          seen, relationsWithin, of: nodeType, isUndirected: reading.isUndirected),
        heterogeneous: try heterogeneous?.graph(of: seen),
        features: reading.normalizesRows ? features?.normalizedByRowSum() : features)
      views[year] = made
      return made
    }
  }

  /// The years of edges, for the relations that the model sees in their order; one entry where it sees one kind of edge.
  ///
  /// - Parameter year: as in `view(asOf:)`; nil: all edges.
  /// - Throws: what the source throws; `TrainingFailure.data` where no relation has years.
  func edgeYears(asOf year: Int?) throws -> [[Int32]?] {
    let seen: any GraphSource & FeatureSource = year.map { GraphView(reading.source, asOf: $0) } ?? reading.source
    guard try reading.relations.contains(where: { try seen.edgeYears(of: $0) != nil }) else {
      throw TrainingFailure.data("\(name): no relation has years, so there is no time to keep to; leave temporal out")
    }
    if let heterogeneous { return try heterogeneous.edgeYears(of: seen) }
    return [try NodeData.edgeYears(seen, relationsWithin, of: nodeType, isUndirected: reading.isUndirected)]
  }

  /// The chosen relations that join the classified nodes with each other.
  private var relationsWithin: [EdgeType] {
    reading.relations.filter { $0.source == nodeType && $0.target == nodeType }
  }

  /// The years of some nodes that are classified, 0 where one has none.
  ///
  /// - Throws: what the source throws; `TrainingFailure.data` where nodes have no years.
  func years(of nodes: [Int32]) throws -> [Int32] {
    guard let years = try reading.source.nodeYears(of: nodeType) else {
      throw TrainingFailure.data("\(name): nodes of type \(nodeType) have no years; leave temporal out")
    }
    return nodes.map { max(0, years[Int($0)]) }
  }

  /// What a split by time, or training by time, cannot see to, in words: relations without years, labeled nodes without a
  /// year.
  func notes(onTimeOf split: Split, isTemporal: Bool = false) throws -> [String] {
    guard split.years != nil else {
      guard isTemporal else { return [] }
      let count = try years(of: split.train).count { $0 == 0 }
      return count == 0 ? [] : ["\(count) training nodes have no year, so they hear of no edge that has one"]
    }
    var notes: [String] = []
    var relations = reading.relations
    for relation in reading.derived?.relations ?? [] where !relations.contains(relation) { relations.append(relation) }
    for relation in relations where try reading.source.edgeYears(of: relation) == nil {
      notes.append(
        "relation \(relation.relation) has no years, so every part of split '\(split.name)' sees all of its edges")
    }
    if let years = try reading.source.nodeYears(of: nodeType), years.count == labels.nodeCount {
      let count = SplitKind.withoutYear(years, labels: labels)
      if count > 0 { notes.append("\(count) labeled nodes have no year and are in no part of split '\(split.name)'") }
    }
    return notes
  }
}
