import Foundation
import GroveGraphs
import GroveKernels

/// One relation as a matrix in the Matrix Market coordinate format: an entry an edge, rows sources and columns targets.
///
/// The matrix is `pattern` without weights and `real` with them; `symmetric`, with the lower triangle alone, where edges
/// run both ways within a type, else `general`. Numbers count from 1. Ids stand beside it, one a line: NAME.rows.txt and
/// NAME.columns.txt, of a relation within a type NAME.ids.txt. Not carried: other relations, features, labels, years,
/// splits, texts. Readers that add up entries make one edge of edges that are listed twice.
///
/// - Source: Boisvert, Pozo, Remington 1996, The Matrix Market Exchange Formats.
public enum MatrixMarketExporter: GraphExporter {
  /// The word of `--format`.
  public static let name = "matrix-market"
  /// What it writes.
  public static let summary = "the matrix of one relation as .mtx, with ids beside it"

  /// Writes the matrix and its ids.
  ///
  /// - Returns: what is left out, one sentence each.
  /// - Throws: `FormatFailure.unknownExtension` where the name does not end in .mtx; `.unknownName` where the relation is
  ///   not there or not clear; `FileFailure`; what the graph throws.
  public static func write(_ graph: any GraphData, to path: String, options: GraphExportOptions) throws -> [String] {
    guard path.lowercased().hasSuffix(".mtx") else {
      throw FormatFailure.unknownExtension(path: path, accepted: [".mtx"])
    }
    let exported = try ExportedGraph(graph, options)
    let relation = try relation(options.relation, of: graph)
    let (edges, _) = try exported.edges(of: relation)
    let isSquare = relation.source == relation.target
    let isSymmetric = !edges.isDirected && isSquare
    let stem = String(path.dropLast(4))
    let sides = isSquare ? [(relation.source, "ids")] : [(relation.source, "rows"), (relation.target, "columns")]
    // The matrix comes last: where it is, the ids are.
    var losses: [String] = []
    for (type, side) in sides {
      guard let ids = try graph.nodeIDs(of: type) else { continue }
      try AtomicFile.write(to: "\(stem).\(side).txt") { sink in
        for id in ids { try sink.write("\(oneLine(id))\n") }
      }
      if ids.contains(where: { $0 != oneLine($0) }) { losses.append("line ends in ids of \(type) became spaces") }
    }
    try AtomicFile.write(to: path) { sink in
      let kind = "\(edges.weights == nil ? "pattern" : "real") \(isSymmetric ? "symmetric" : "general")"
      try sink.write("%%MatrixMarket matrix coordinate \(kind)\n% \(oneLine(relation.description))\n")
      try sink.write("\(graph.nodeCount(of: relation.source)) \(graph.nodeCount(of: relation.target)) \(edges.count)\n")
      var row = TextRow()
      for edge in 0..<edges.count {
        var (source, target) = (edges.sources[edge], edges.targets[edge])
        if isSymmetric, source < target { swap(&source, &target) }
        row.clear()
        row.append(Int(source) + 1)
        row.append(byte: 32)
        row.append(Int(target) + 1)
        if let weights = edges.weights {
          row.append(byte: 32)
          row.append(weights[edge])
        }
        row.append(byte: 10)
        try sink.write(row.bytes)
      }
    }
    return losses + leftOut(graph, relation)
  }

  private static func oneLine(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 10 || $0 == 13 }) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\n" || $0 == "\r" ? " " : $0 }))
  }

  private static func relation(_ name: String?, of graph: any GraphData) throws -> EdgeType {
    let names = graph.relations.map(\.relation)
    let found = name.map { name in graph.relations.filter { $0.relation == name || $0.description == name } }
    guard let relation = (found ?? graph.relations).first, (found ?? graph.relations).count == 1 else {
      throw FormatFailure.unknownName(
        path: graph.path, what: "single relation", name: name ?? "",
        known: Set(names).count == names.count ? names : graph.relations.map(\.description))
    }
    return relation
  }

  private static func leftOut(_ graph: any GraphData, _ relation: EdgeType) -> [String] {
    let others = graph.relations.filter { $0 != relation }.map(\.relation)
    let hasFeatures = graph.nodeTypes.contains { !graph.featureNames(of: $0).isEmpty }
    let parts = [
      others.isEmpty ? nil : "relations \(others.joined(separator: ", "))", hasFeatures ? "features" : nil,
      graph.labeledType == nil ? nil : "labels", graph.splitNames.isEmpty ? nil : "splits",
    ].compactMap { $0 }
    return parts.isEmpty ? [] : ["a matrix has no place for \(parts.joined(separator: ", "))"]
  }
}
