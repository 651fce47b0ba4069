import GroveGraphs

/// A graph as files of nodes and edges with ids and attributes give it, piece by piece.
struct AttributedGraph {
  let path: String
  /// External ids, in the order of the nodes.
  private(set) var ids: [String] = []
  var attributes = NodeAttributes()
  private var numbers: [String: Int32] = [:]
  private var sources: [Int32] = []
  private var targets: [Int32] = []
  private var weights: [Float] = []
  private var years: [Int32] = []
  private var isDirected: [Bool] = []
  /// Ends of edges that came before their node: the edge, whether it is the source, the id, the place.
  private var awaited: [(edge: Int, isSource: Bool, id: String, place: Int)] = []

  init(path: String) { self.path = path }

  /// Number of edges.
  var edgeCount: Int { sources.count }

  /// Adds a node.
  ///
  /// - Returns: its number, or nil where the id is taken.
  mutating func addNode(_ id: String) -> Int? {
    guard ids.count < Int(Int32.max), numbers.updateValue(Int32(ids.count), forKey: id) == nil else { return nil }
    ids.append(id)
    return ids.count - 1
  }

  /// Adds an edge between ids, whose nodes may come later.
  ///
  /// - Parameter place: for a message where no node comes: what `placeText` of `dataset` is given.
  mutating func addEdge(from source: String, to target: String, isDirected: Bool, place: Int) {
    for (id, isSource) in [(source, true), (target, false)] where numbers[id] == nil {
      awaited.append((sources.count, isSource, id, place))
    }
    addEdge(from: numbers[source] ?? -1, to: numbers[target] ?? -1, isDirected: isDirected)
  }

  /// Adds an edge between the numbers of nodes.
  mutating func addEdge(from source: Int32, to target: Int32, isDirected: Bool) {
    sources.append(source)
    targets.append(target)
    weights.append(1)
    years.append(0)
    self.isDirected.append(isDirected)
  }

  /// Sets the weight of the last edge.
  mutating func setWeight(_ weight: Float) { weights[weights.count - 1] = weight }

  /// Sets the year of the last edge.
  mutating func setYear(_ year: Int32) { years[years.count - 1] = year }

  /// The whole graph.
  ///
  /// Edges are undirected where none is directed; beside directed ones, an undirected edge is two of them.
  ///
  /// - Parameters:
  ///   - byteCount: length of the file.
  ///   - placeText: the place of an edge, for messages.
  /// - Throws: `FormatFailure.malformed` for edges between nodes that never came, classes and years that are none.
  func dataset(
    format: String, source: String, byteCount: Int, warnings: [String], placeText: (Int) -> String
  ) throws -> GraphDataset {
    var (sources, targets) = (sources, targets)
    for end in awaited {
      guard let number = numbers[end.id] else {
        throw FormatFailure.bad(
          path, placeText(end.place),
          "the \(end.isSource ? "source" : "target") \(quoted(end.id)) of an edge is not a node",
          do: "add the node or correct the edge")
      }
      if end.isSource { sources[end.edge] = number } else { targets[end.edge] = number }
    }
    let parts = try attributes.parts(nodeCount: ids.count, byteCount: byteCount, path: path)
    let isAnyDirected = isDirected.contains(true)
    var edges = EdgeList(
      sources: sources, targets: targets, weights: weights.allSatisfy { $0 == 1 } ? nil : weights,
      isDirected: isAnyDirected)
    var edgeYears = years
    if isAnyDirected, isDirected.contains(false) {
      let turned = sources.indices.filter { !isDirected[$0] && sources[$0] != targets[$0] }
      edges = EdgeList(
        sources: sources + turned.map { targets[$0] }, targets: targets + turned.map { sources[$0] },
        weights: edges.weights.map { weights in weights + turned.map { weights[$0] } }, isDirected: true)
      edgeYears += turned.map { years[$0] }
    }
    let relation = EdgeType(.node, "edges", .node)
    var knownYears: [EdgeType: [Int32]] = [:]
    if edgeYears.contains(where: { $0 != 0 }) {
      knownYears[relation] = edgeYears
    } else if let years = parts.years {
      knownYears[relation] = edges.years(ofNodes: years)
    }
    // Ids that count the nodes say nothing more than their order.
    let isNumbered = ids.enumerated().allSatisfy { $0.element == "\($0.offset)" }
    return GraphDataset(
      name: NodeFiles.name(of: source), path: source, format: format, nodes: [(.node, ids.count)],
      relations: [(relation, edges)], labeledType: .node, labels: parts.labels,
      features: parts.features.map { [.node: [("attributes", $0)]] } ?? [:], ids: isNumbered ? [:] : [.node: ids],
      nodeYears: parts.years.map { [.node: $0] } ?? [:], edgeYears: knownYears,
      texts: parts.texts.map { [.node: $0] } ?? [:], warnings: warnings + parts.warnings)
  }
}
