import ArgumentParser
import Foundation
import GroveGraphs
import GroveKernels
import GroveLanguage
import GroveStore

struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Nodes whose texts are nearest to a query, by an encoder's rows.",
    discussion: """
      Example: grove search papers.store "graph neural networks" -k 10

      The store must hold a column that grove encode made; the query goes through the same encoder. Beyond 50,000 nodes \
      the search is by a graph (HNSW), built once and kept in the cache; --exact compares all.
      """)

  @Argument(help: "A store with an encoded column.") var store: String
  @Argument(help: "What to look for, in words.") var query: String
  @Option(name: .customShort("k"), help: "How many nodes.") var count = 10
  @Option(help: "The column (default: the first that an encoder made).") var features: String?
  @Option(help: "Node type (default: the labeled one).") var nodes: String?
  @Option(help: "Put before the query in place of what stands before the texts, such as 'query: '.") var prefix: String?
  @Flag(help: "Compares the query with every node.") var exact = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if count < 1 { throw ValidationError("-k \(count): give 1 or more") }
  }

  func run() throws {
    common.apply()
    ProcessState.catchInterrupts()
    let graph = try GraphStore(store)
    let (type, column, recipe) = try encodedColumn(of: graph)
    let chosen = try ChosenEncoder(recipe.encoder) {
      throw EncoderFailure.missing(
        path: store, what: "fitted encoder of column '\(column)'", advice: "encode the column again")
    }
    let rows = try graph.features(named: column, of: type)
    guard rows.width == chosen.encoder.width else {
      throw EncoderFailure.malformed(
        path: store, reason: "column '\(column)' is \(rows.width) wide and its encoder \(chosen.encoder.width)",
        advice: "encode the column again")
    }
    let index = try index(of: rows, column, type, graph)
    let row = try chosen.encoder.encode([(prefix ?? chosen.prefix) + query])
    let found = try index.neighbors(of: EncodedRows.dense(row), count: count)
    let ids = try graph.nodeIDs(of: type)
    var report = Report("search")
    report.set("features", column)
    report.set("exact", index.isExact)
    var hits: [[String: Any]] = []
    for (node, score) in found {
      let texts = try graph.texts(of: node, type: type)
      let title = recipe.fields.lazy.compactMap { texts[$0] }.first { !$0.isEmpty } ?? ""
      let id = ids?[node] ?? "\(node)"
      hits.append(["id": id, "score": Double(score), "text": title])
      let short = title.count > 88 ? String(title.prefix(87)) + "…" : title
      report.say(String(format: "%.4f  ", score) + "\(id)  \(short)")
    }
    report.set("neighbors", hits)
    try report.finish(common)
  }

  /// The column to search and how it was made.
  private func encodedColumn(of graph: GraphStore) throws -> (NodeType, String, TextColumnRecipe) {
    let types = nodes.map { [NodeType($0)] } ?? graph.labeledType.map { [$0] + graph.nodeTypes } ?? graph.nodeTypes
    for type in types {
      let names = features.map { [$0] } ?? graph.featureNames(of: type)
      for name in names where graph.featureNames(of: type).contains(name) {
        guard let text = graph.featureRecipe(named: name, of: type), let recipe = TextColumnRecipe(text: text) else {
          if features == nil { continue }
          throw EncoderFailure.malformed(
            path: store, reason: "column '\(name)' was not made by an encoder",
            advice: "make one with grove encode \(store) --encoder minilm")
        }
        return (type, name, recipe)
      }
    }
    throw EncoderFailure.missing(
      path: store, what: "column \(features.map { "'\($0)'" } ?? "that an encoder made")",
      advice: "make one with grove encode \(store) --encoder minilm")
  }

  private func index(
    of rows: FeatureMatrix, _ column: String, _ type: NodeType, _ graph: GraphStore
  ) throws -> RowIndex {
    var options = RowIndex.Options()
    if exact { options.exactRows = .max }
    let identity = try graph.featureIdentity(named: column, of: type)
    let folder = "\(DataCatalogue.defaultCache)/indexes"
    if rows.rowCount > options.exactRows { try AtomicFile.makeFolder(folder) }
    let line = ProgressLine()
    defer { line.clear() }
    let name = Checksum.sha256(Data(identity.utf8)).prefix(32)
    return try RowIndex.opened(at: "\(folder)/\(name).hnsw", rows: rows, identity: identity, options: options) {
      done, total in
      if ProcessState.isInterrupted { throw CancellationError() }
      line.show(Double(done) / Double(total), "\(grouped(done)) of \(grouped(total)) rows in the index")
    }
  }
}
