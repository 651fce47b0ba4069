import Foundation
import GroveGraphs

/// A square sparse matrix of Matrix Market as a graph: an entry (i, j) is an edge from node i to node j.
///
/// `general` matrices give directed edges unless the options say otherwise, `symmetric` ones undirected edges. Rows and
/// columns count from 1 in the file and from 0 here. Values are weights; `pattern` matrices have none. An archive may
/// hold other matrices beside it, such as names of nodes: the one that is called as the archive is read.
///
/// - Source: Boisvert, Pozo, Remington 1996, "The Matrix Market exchange formats", NIST IR 5935.
public enum MatrixMarketFormat: GraphFormat {
  /// The word of `--format`.
  public static let name = "matrix-market"
  /// What its files look like.
  public static let summary = "one .mtx: a square coordinate matrix, general or symmetric"

  /// Whether the names of the files speak for this format.
  public static func recognizes(_ tree: FileTree) -> Bool { member(in: tree) != nil }

  private static func member(in tree: FileTree) -> String? {
    let members = tree.names.filter { $0.lowercased().hasSuffix(".mtx") && !$0.contains("/") }
    if members.count == 1 { return members.first }
    let name = NodeFiles.name(of: tree.path)
    return members.first { ($0 as NSString).deletingPathExtension == name }
  }

  /// Reads and checks the whole graph.
  ///
  /// - Throws: `FormatFailure` with the file and line of the first mistake.
  public static func read(_ tree: FileTree, options: ReadOptions) throws -> GraphDataset {
    guard let member = member(in: tree) else {
      throw FormatFailure.missingPart(
        path: tree.path, part: "one .mtx file", advice: "give the matrix itself, or name it as its folder")
    }
    let table = try MatrixMarketTable(try tree.text(of: member), place: tree.place(of: member))
    let isDirected = !table.isSymmetric && !options.isUndirected
    let edges = EdgeList(
      sources: table.rows, targets: table.columns, weights: table.values, isDirected: isDirected)
    return GraphDataset(
      name: NodeFiles.name(of: tree.path), path: tree.path, format: name, nodes: [(.node, table.size)],
      relations: [(EdgeType(.node, "edges", .node), edges)], origins: SplitFile.origins(in: tree))
  }
}
