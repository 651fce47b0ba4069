import Foundation
public import GroveGraphs
import GroveKernels

/// The facts of a graph that `grove inspect` shows.
public struct GraphSummary: Sendable {
  /// How many neighbors nodes have.
  public struct Degrees: Sendable, Equatable {
    /// The smallest degree.
    public let minimum: Int
    /// The lower of the two middle degrees where their number is even.
    public let median: Int
    /// The mean degree.
    public let mean: Double
    /// The largest degree.
    public let maximum: Int
  }

  /// The graph's name.
  public let name: String
  /// Node types and how many nodes each has.
  public let nodes: [(type: NodeType, count: Int)]
  /// Relations and how many listed edges each has.
  public let edges: [(relation: EdgeType, count: Int, isDirected: Bool, isWeighted: Bool)]
  /// The type whose nodes carry labels, if any.
  public let labeledType: NodeType?
  /// Names of the classes, in the order of their numbers.
  public let classNames: [String]
  /// Nodes of each class.
  public let classCounts: [Int]
  /// Nodes of the labeled type without any class.
  public let unlabeledCount: Int
  /// Whether nodes may have several classes.
  public let isMultiLabel: Bool
  /// Names of the stored splits.
  public let splitNames: [String]
  /// Feature columns of each type and how wide they are.
  public let features: [(type: NodeType, name: String, width: Int)]
  /// The relation that degrees, self-loops and isolated nodes are of: the first between nodes of the labeled type.
  public let mainRelation: EdgeType?
  /// Ends of edges at each node of that relation, both ends counted; a self-loop counts once.
  public let degrees: Degrees?
  /// Edges of that relation from a node to itself.
  public let selfLoopCount: Int
  /// Nodes without an edge of that relation but to themselves.
  public let isolatedCount: Int
  /// What was passed over while reading.
  public let warnings: [String]
  /// SHA-256 of the graph's records, the same for every order of lines and every format.
  ///
  /// The hash is over lines of UTF-8, each ended by a newline, where tabs separate fields and a backslash, tab,
  /// newline or carriage return inside a field is written `\\`, `\t`, `\n`, `\r`:
  ///
  ///     node <type> <id> <classes> <features>       sorted by (type, id)
  ///     edge <relation> <source id> <target id> <weight>      sorted as whole lines
  ///
  /// `id` is the external id, else the node's number; `classes` the names of its classes, sorted and joined by `|`,
  /// empty for none; `features` the first 16 digits of the SHA-256 over its features that are not zero, taken as
  /// (column as little-endian UInt32, value as little-endian float32) in order of columns over all feature columns by
  /// name, empty where the type has none. `relation` is `source-name-target` with `~` before it where edges run both
  /// ways; then the two ids are in sorted order. `weight` is the shortest decimal that reads back equal, `1.0` without
  /// weights. Repeated edges stay repeated. Sorting is by UTF-8 bytes.
  public let snapshot: String

  /// Reads the whole graph and counts.
  ///
  /// - Complexity: O(N log N + E log E + feature entries) time; the lines of one type or relation are held in memory.
  public init(
    _ graph: some GraphSource & FeatureSource, warnings: [String] = [], snapshot known: String? = nil
  ) throws {
    name = graph.name
    nodes = graph.nodeTypes.map { ($0, graph.nodeCount(of: $0)) }
    var edges: [(relation: EdgeType, count: Int, isDirected: Bool, isWeighted: Bool)] = []
    for relation in graph.relations {
      let list = try graph.edges(of: relation)
      edges.append((relation, list.count, list.isDirected, list.weights != nil))
    }
    self.edges = edges
    labeledType = graph.labeledType
    let labels = try graph.labels()
    classNames = labels?.classNames ?? []
    var classCounts = [Int](repeating: 0, count: labels?.classCount ?? 0)
    var unlabeled = 0
    switch labels {
    case .single(let classes, _):
      isMultiLabel = false
      for label in classes { if label >= 0 { classCounts[Int(label)] += 1 } else { unlabeled += 1 } }
    case .multiple(let rows, _):
      isMultiLabel = true
      for column in rows.columns { classCounts[Int(column)] += 1 }
      unlabeled = (0..<rows.rowCount).count { rows.range(of: $0).isEmpty }
    case nil: isMultiLabel = false
    }
    self.classCounts = classCounts
    unlabeledCount = unlabeled
    splitNames = graph.splitNames
    var features: [(type: NodeType, name: String, width: Int)] = []
    for type in graph.nodeTypes {
      // A store knows the widths without reading the columns.
      let widths = (graph as? GraphStore)?.featureWidths(of: type)
      for (place, name) in graph.featureNames(of: type).enumerated() {
        features.append((type, name, try widths?[place] ?? graph.features(named: name, of: type).width))
      }
    }
    self.features = features
    let type = graph.labeledType ?? graph.nodeTypes.first ?? .node
    mainRelation = graph.relations.first { $0.source == type && $0.target == type }
    if let mainRelation {
      let list = try graph.edges(of: mainRelation)
      (degrees, selfLoopCount, isolatedCount) = GraphSummary.degrees(list, nodeCount: graph.nodeCount(of: type))
    } else {
      (degrees, selfLoopCount, isolatedCount) = (nil, 0, 0)
    }
    self.warnings = warnings
    snapshot = try known ?? GraphSnapshot.hash(graph)
  }

  /// The summary of a dataset, with what its reader passed over.
  public init(dataset: GraphDataset) throws { try self.init(dataset, warnings: dataset.warnings) }

  private static func degrees(_ list: EdgeList, nodeCount: Int) -> (Degrees?, selfLoops: Int, isolated: Int) {
    var degree = [Int](repeating: 0, count: nodeCount)
    var proper = [Bool](repeating: false, count: nodeCount)
    var selfLoops = 0
    for edge in 0..<list.count {
      let source = Int(list.sources[edge])
      let target = Int(list.targets[edge])
      degree[source] += 1
      if source == target {
        selfLoops += 1
      } else {
        degree[target] += 1
        proper[source] = true
        proper[target] = true
      }
    }
    let isolated = proper.count { !$0 }
    guard nodeCount > 0 else { return (nil, selfLoops, isolated) }
    let sum = degree.reduce(0, +)
    degree.sort()
    let degrees = Degrees(
      minimum: degree[0], median: degree[(nodeCount - 1) / 2], mean: Double(sum) / Double(nodeCount),
      maximum: degree[nodeCount - 1])
    return (degrees, selfLoops, isolated)
  }
}
