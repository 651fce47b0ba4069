import Foundation
import GroveGraphs
import GroveKernels
import GroveLearning
import GroveStore

/// Where links come from: a folder of links, or one relation of a graph.
struct LinkSource {
  private enum Kind {
    case files(LinkFiles)
    case relation(EdgeType, of: any GraphData)
  }

  private let kind: Kind
  private let path: String

  /// Opens a folder of links, or a graph.
  ///
  /// - Parameters:
  ///   - relation: name of the relation; nil for `edges`, else the only one, else the only one within a type.
  ///   - option: the flag that names a relation, for messages.
  /// - Throws: `TrainingFailure.configuration` where the relation is not there or not clear; what reading throws.
  init(_ path: String, relation name: String?, option: String = "--relation") throws {
    self.path = path
    if name == nil, LinkSource.isFolderOfLinks(path) {
      kind = .files(try LinkFiles(path: path))
      return
    }
    let graph = try openGraph(path)
    kind = .relation(try LinkSource.relation(named: name, of: graph, option), of: graph)
  }

  /// Whether a path is a folder of links to predict, without a graph.
  static func isFolderOfLinks(_ path: String) -> Bool {
    AtomicFile.isFolder(path) && !GraphStore.isStore(path) && LinkFiles.isThere(path)
  }

  private static func relation(named name: String?, of graph: any GraphData, _ option: String) throws -> EdgeType {
    let names = graph.relations.map(\.relation).joined(separator: ", ")
    if let name {
      guard let found = graph.relations.first(where: { $0.relation == name }) else {
        throw TrainingFailure.configuration("\(graph.name) has no relation '\(name)'; give one of \(names)")
      }
      return found
    }
    if graph.relations.count == 1 { return graph.relations[0] }
    let within = graph.relations.filter { $0.source == $0.target }
    // A directed twin of the same edges is an alternative, not a second relation.
    let main = within.filter { $0.relation == "edges" }
    guard let found = main.count == 1 ? main[0] : within.count == 1 ? within[0] : nil else {
      throw TrainingFailure.configuration("\(graph.name) has several relations; give \(option), one of \(names)")
    }
    return found
  }

  /// A short name for people.
  var name: String {
    switch kind {
    case .files(let files): files.split.name
    case .relation(let relation, let graph): "\(graph.name), \(relation.relation)"
    }
  }

  /// The graph and its relation; nil for a folder of links.
  var relation: (graph: any GraphData, type: EdgeType)? {
    if case .relation(let type, let graph) = kind { (graph, type) } else { nil }
  }

  /// Types of anchors and candidates.
  var types: (source: NodeType, target: NodeType) {
    switch kind {
    case .files(let files): files.split.ends.isSquare ? (.node, .node) : (NodeType("user"), NodeType("item"))
    case .relation(let relation, _): (relation.source, relation.target)
    }
  }

  /// Ids of anchors and of candidates; nil where an id is a number.
  var ids: (sources: [String]?, targets: [String]?) {
    get throws {
      guard case .relation(let relation, let graph) = kind else { return (nil, nil) }
      return (try graph.nodeIDs(of: relation.source), try graph.nodeIDs(of: relation.target))
    }
  }

  /// The folder of links; nil for a graph.
  var files: LinkFiles? { if case .files(let files) = kind { files } else { nil } }
  /// The published split of a folder of links.
  var published: LinkSplit? { files?.split }

  /// What links run between.
  ///
  /// - Parameter isUndirected: whether (a, b) and (b, a) are one link even where the relation tells them apart.
  func ends(isUndirected: Bool) throws -> LinkEnds {
    switch kind {
    case .files(let files): return files.split.ends
    case .relation(let relation, let graph):
      let count = graph.nodeCount(of: relation.source)
      guard relation.source == relation.target else {
        return .bipartite(sources: count, targets: graph.nodeCount(of: relation.target))
      }
      let isDirected = try graph.edges(of: relation).isDirected && !isUndirected
      return isDirected ? .directed(nodes: count) : .undirected(nodes: count)
    }
  }

  // MARK: - Splits

  /// Names of the splits that words ask for: stored ones, files, or kinds to draw; without words the usual one.
  ///
  /// - Throws: `TrainingFailure.configuration` where there are several and none was named.
  func splits(_ words: [String]) throws -> [String] {
    let stored = LinkSplitFile.names(inFolder: path)
    if words.isEmpty {
      if case .files = kind { return ["published"] }
      if stored.count == 1 { return stored }
      guard stored.isEmpty else {
        throw TrainingFailure.configuration(
          "\(name) has several splits of links; choose with --split: \(stored.joined(separator: ", "))")
      }
      Notice.say(
        "\(name) has no split of links, so each run draws its own: 5 % validation, 10 % test (--split \(LinkSplitKind.usual))"
      )
      return ["\(LinkSplitKind.usual)"]
    }
    return try words.map { word in
      if stored.contains(word) { return word }
      if case .files = kind, word == "published" { return word }
      if LinkSplitKind.isMeant(by: word) {
        _ = try LinkSplitKind(parsing: word)
        if case .files = kind {
          throw TrainingFailure.configuration(
            "--split \(word): \(path) is a folder of links with a split of its own; leave --split out")
        }
        return word
      }
      guard FileManager.default.fileExists(atPath: word) else {
        let known = stored + (published == nil ? [] : ["published"])
        throw TrainingFailure.configuration(
          "--split \(word): \(name) has no such split of links; it has \(known.isEmpty ? "none" : known.joined(separator: ", ")), and others are drawn, such as --split links:.05,.1"
        )
      }
      return absolute(word)
    }
  }

  /// The split of one run: number `run` modulo their count.
  ///
  /// A folder of links without a validation part has a tenth of each source's training links held out.
  ///
  /// - Throws: `TrainingFailure.data` for a split of other nodes; what reading or drawing throws.
  func split(_ names: [String], run: Int, seed: Int, isUndirected: Bool) throws -> LinkSplit {
    let word = names[run % names.count]
    let random = RandomStream(seed: UInt64(seed + run), run: run, operation: 7)
    if case .files(let files) = kind, word == "published" {
      return files.split.validation.positives.count > 0
        ? files.split : try files.split.holdingOutValidation(0.1, random: random)
    }
    if case .relation(let relation, let graph) = kind, LinkSplitKind.isMeant(by: word) {
      return try draw(LinkSplitKind(parsing: word), relation, graph, isUndirected, name: name, random)
    }
    let split =
      LinkSplitFile.names(inFolder: path).contains(word)
      ? try LinkSplitFile.read(named: word, inFolder: path) : try LinkSplitFile.read(path: word)
    let ends = try ends(isUndirected: isUndirected)
    guard split.ends.sourceCount == ends.sourceCount, split.ends.targetCount == ends.targetCount else {
      throw TrainingFailure.data(
        "split '\(split.name)' is of links between \(split.ends.sourceCount) and \(split.ends.targetCount) nodes, \(name) has \(ends.sourceCount) and \(ends.targetCount); choose another"
      )
    }
    return split
  }

  /// A split of a kind, of the links of a relation.
  ///
  /// - Throws: `TrainingFailure.configuration` for a folder of links; what drawing throws.
  func draw(_ kind: LinkSplitKind, name: String, seed: Int, isUndirected: Bool) throws -> LinkSplit {
    guard case .relation(let relation, let graph) = self.kind else {
      throw TrainingFailure.configuration("\(path) is a folder of links with a split of its own")
    }
    return try draw(
      kind, relation, graph, isUndirected, name: name, RandomStream(seed: UInt64(seed), operation: 7))
  }

  private func draw(
    _ kind: LinkSplitKind, _ relation: EdgeType, _ graph: any GraphData, _ isUndirected: Bool, name: String,
    _ random: RandomStream
  ) throws -> LinkSplit {
    let edges = try graph.edges(of: relation)
    let (sources, targets) = (graph.nodeCount(of: relation.source), graph.nodeCount(of: relation.target))
    let plan = kind.plan(targetCount: targets)
    if relation.source == relation.target {
      let undirected = isUndirected || !edges.isDirected
      return try LinkSplit.drawn(
        from: Graph(edges, nodeCount: sources, undirected: undirected), undirected: undirected, plan: plan,
        name: name, random: random)
    }
    let incoming = SparseRows.grouping(
      rows: edges.targets, columns: edges.sources, rowCount: targets, columnCount: sources
    ).rows
    return try LinkSplit.drawn(from: BipartiteGraph(incoming: incoming), plan: plan, name: name, random: random)
  }
}
