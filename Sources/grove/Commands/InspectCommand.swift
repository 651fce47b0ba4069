import ArgumentParser
import GroveGraphs
import GroveLearning
import GroveStore

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "What a graph holds; or one node with its neighbours.",
    discussion: "Example: grove inspect graphs/karate")

  @Argument(help: "A store, a folder or a file that holds a graph.") var store: String
  @Option(help: "Id of a node to show.") var node: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    if LinkSource.isFolderOfLinks(store), node == nil { return try inspectLinks() }
    let graph = try openGraph(store)
    if let node { return try show(node, of: graph) }
    let summary = try GraphSummary(graph, warnings: graph.warnings, snapshot: graph.knownSnapshot)
    let components = try componentCount(summary, graph)
    var report = Report("inspect")
    report.set("name", summary.name)
    report.set("format", graph.format)
    report.set("nodes", Dictionary(uniqueKeysWithValues: summary.nodes.map { ($0.type.name, $0.count) }))
    let names = titles(of: summary.edges.map(\.relation))
    report.set("edges", Dictionary(uniqueKeysWithValues: zip(names, summary.edges.map(\.count))))
    report.set("classes", summary.classNames.count)
    report.set("classNames", summary.classNames)
    report.set("classCounts", summary.classCounts)
    report.set("unlabeled", summary.unlabeledCount)
    report.set("multiLabel", summary.isMultiLabel)
    report.set("splits", summary.splitNames)
    let linkSplits = LinkSplitFile.names(inFolder: store)
    report.set("linkSplits", linkSplits)
    report.set(
      "features", Dictionary(summary.features.map { ($0.name, $0.width) }, uniquingKeysWith: { first, _ in first }))
    var byType: [String: [String: Int]] = [:]
    for column in summary.features { byType[column.type.name, default: [:]][column.name] = column.width }
    report.set("featuresByType", byType)
    report.set("textFields", try fields(of: graph))
    report.set("selfLoops", summary.selfLoopCount)
    report.set("isolated", summary.isolatedCount)
    report.set("components", components)
    report.set("snapshot", summary.snapshot)
    report.set("warnings", summary.warnings)
    if let degrees = summary.degrees {
      report.set(
        "degrees",
        [
          "minimum": degrees.minimum, "median": degrees.median, "mean": degrees.mean, "maximum": degrees.maximum,
        ] as [String: Any])
    }
    describe(summary, components, graph.format, linkSplits, in: &report)
    try report.finish(common)
  }

  private func describe(
    _ summary: GraphSummary, _ components: Int?, _ format: String, _ linkSplits: [String], in report: inout Report
  ) {
    report.say("\(summary.name) (\(format))")
    var rows: [[String]] = summary.nodes.map { ["nodes \($0.type)", grouped($0.count)] }
    rows += zip(titles(of: summary.edges.map(\.relation)), summary.edges).map { name, edges in
      ["edges \(name)", grouped(edges.count), edges.isDirected ? "directed" : "undirected"]
    }
    rows += summary.features.map { ["features \($0.name) of \($0.type)", "\(grouped($0.width)) wide"] }
    if !summary.classNames.isEmpty {
      rows.append(["classes", "\(summary.classNames.count)\(summary.isMultiLabel ? ", many a node" : "")"])
      rows.append(["unlabelled nodes", grouped(summary.unlabeledCount)])
    }
    if let degrees = summary.degrees {
      rows.append([
        "degree least / median / mean / most",
        "\(degrees.minimum) / \(degrees.median) / \(fixed(degrees.mean)) / \(degrees.maximum)",
      ])
      rows.append(["self-loops, isolated nodes", "\(summary.selfLoopCount), \(summary.isolatedCount)"])
    }
    if let components { rows.append(["connected components", grouped(components)]) }
    report.table(rows)
    if !summary.classNames.isEmpty {
      report.say("Classes:")
      report.table(zip(summary.classNames, summary.classCounts).map { [$0, grouped($1)] })
    }
    if !summary.splitNames.isEmpty { report.say("Splits: \(summary.splitNames.joined(separator: ", "))") }
    if !linkSplits.isEmpty { report.say("Splits of links: \(linkSplits.joined(separator: ", "))") }
    report.say("Snapshot \(summary.snapshot)")
  }

  /// Names of the texts of each type that has any.
  private func fields(of graph: any GraphData) throws -> [String: [String]] {
    var fields: [String: [String]] = [:]
    for type in graph.nodeTypes {
      let known = try graph.textFields(of: type)
      if !known.isEmpty { fields[type.name] = known }
    }
    return fields
  }

  private func fixed(_ value: Double) -> String { String((value * 100).rounded() / 100) }

  private func componentCount(_ summary: GraphSummary, _ graph: any GraphData) throws -> Int? {
    guard let relation = summary.mainRelation else { return nil }
    let edges = try graph.edges(of: relation)
    let count = graph.nodeCount(of: relation.source)
    let matrix = try SparseMatrix(
      rows: edges.sources, columns: edges.targets, values: nil, rowCount: count, columnCount: count, duplicates: .max)
    return try matrix.connectedComponents().count
  }

  private func show(_ id: String, of graph: any GraphData) throws {
    let type = graph.labeledType ?? graph.nodeTypes.first ?? .node
    let ids = try graph.nodeIDs(of: type)
    let count = graph.nodeCount(of: type)
    guard let number = try graph.number(ofID: id, type: type) else {
      throw TrainingFailure.configuration(
        "\(graph.name) has no \(type) '\(id)'; ids run \(ids == nil ? "from 0 to \(count - 1)" : "as the graph's files give them")"
      )
    }
    // A store makes its ids anew for each call, so each type's are asked for once.
    var idsOfType: [NodeType: [String]?] = [type: ids]
    func name(_ node: Int32, _ type: NodeType) throws -> String {
      if idsOfType[type] == nil { idsOfType[type] = .some(try graph.nodeIDs(of: type)) }
      return idsOfType[type].flatMap { $0 }.map { $0[Int(node)] } ?? String(node)
    }
    var neighbors: [[String: Any]] = []
    for relation in graph.relations {
      let edges = try graph.edges(of: relation)
      for edge in 0..<edges.count {
        if relation.source == type, Int(edges.sources[edge]) == number {
          neighbors.append([
            "relation": relation.relation, "direction": edges.isDirected ? "out" : "both",
            "id": try name(edges.targets[edge], relation.target),
          ])
        } else if relation.target == type, Int(edges.targets[edge]) == number {
          neighbors.append([
            "relation": relation.relation, "direction": edges.isDirected ? "in" : "both",
            "id": try name(edges.sources[edge], relation.source),
          ])
        }
      }
    }
    let classes: [String] =
      switch try graph.labels() {
      case .single(let classes, let names) where type == graph.labeledType && classes[number] >= 0:
        [names[Int(classes[number])]]
      case .multiple(let rows, let names) where type == graph.labeledType: rows[number].map { names[Int($0)] }
      default: []
      }
    var report = Report("inspect")
    report.set("node", id)
    report.set("type", type.name)
    report.set("classes", classes)
    report.set("neighbors", neighbors)
    report.say(
      "\(type) \(id): \(classes.isEmpty ? "no class" : "class " + classes.joined(separator: ", ")), \(neighbors.count) edges"
    )
    report.table(
      neighbors.prefix(50).map { ["\($0["direction"] ?? "") \($0["relation"] ?? "")", "\($0["id"] ?? "")"] })
    if neighbors.count > 50 { report.say("  and \(neighbors.count - 50) more (--json lists all)") }
    try report.finish(common)
  }
}
