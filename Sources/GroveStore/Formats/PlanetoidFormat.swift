import Foundation
import GroveGraphs

/// The Planetoid layout: `ind.NAME.x`, `.tx`, `.allx`, `.y`, `.ty`, `.ally`, `.graph` (pickles) and `.test.index` (text).
///
/// The pickles are read as data by `Pickle`, which executes nothing. Nodes are the rows of `allx`, then those of `tx` in
/// the places that `test.index` gives; nodes that neither names (the isolated ones of Citeseer) have a row of zeros and
/// no label. Neighbor lists become undirected edges, each once, without loops. The split is called `public`: the nodes
/// of `y` to train on, the next 500 rows of `allx` to validate, those of `test.index` to test.
///
/// - Source: Yang, Cohen, Salakhutdinov 2016, the README of its code; `read_planetoid_data` of PyTorch Geometric 2.8.
///   Differs: nodes without a row have no label, where an argmax over zeros there makes them the first class; NELL gets
///   no features of relations.
public enum PlanetoidFormat: GraphFormat {
  /// The word of `--format`.
  public static let name = "planetoid"
  /// What its files look like.
  public static let summary = "ind.NAME.x, .tx, .allx, .y, .ty, .ally, .graph, .test.index"

  private static let parts = ["x", "tx", "allx", "y", "ty", "ally", "graph", "test.index"]
  /// Nodes to validate on, by the paper.
  private static let validationCount = 500

  /// Whether the names of the files speak for this format.
  public static func recognizes(_ tree: FileTree) -> Bool { !stems(in: tree).isEmpty }

  /// The names of the graphs there are.
  private static func stems(in tree: FileTree) -> [String] {
    let stems = tree.names.compactMap { name -> String? in
      guard name.hasPrefix("ind."), !name.contains("/") else { return nil }
      guard let part = parts.first(where: { name.hasSuffix(".\($0)") && name.count > "ind..".count + $0.count }) else {
        return nil
      }
      return String(name.dropFirst("ind.".count).dropLast(part.count + 1))
    }
    return Set(stems).sorted()
  }

  /// Reads and checks the whole graph.
  ///
  /// - Throws: `PickleFailure` for pickles of anything but arrays, sparse matrices and plain containers;
  ///   `FormatFailure` with the file and place of the first mistake.
  public static func read(_ tree: FileTree, options: ReadOptions) throws -> GraphDataset {
    let stems = stems(in: tree)
    guard let stem = stems.first, stems.count == 1 else {
      throw FormatFailure.bad(
        tree.path,
        stems.isEmpty
          ? "holds no ind.NAME.graph"
          : "holds several graphs (\(stems.prefix(8).map { plain($0) }.joined(separator: ", ")))",
        do: "give a folder with the eight files of one graph")
    }
    for part in parts where !tree.contains("ind.\(stem).\(part)") {
      throw FormatFailure.missingPart(
        path: tree.path, part: plain("ind.\(stem).\(part)"), advice: "give the folder that holds all eight files")
    }
    let files = Files(tree: tree, stem: stem)
    let (x, allx, tx) = (try files.rows("x"), try files.rows("allx"), try files.rows("tx"))
    let (y, ally, ty) = (try files.classes("y"), try files.classes("ally"), try files.classes("ty"))
    for (part, found, expected) in [
      ("y", y.classes.count, x.rows.rowCount), ("ally", ally.classes.count, allx.rows.rowCount),
      ("ty", ty.classes.count, tx.rows.rowCount),
    ] {
      try DatasetChecks.rows(found, of: "labels", expected: expected, path: files.place(part))
    }
    for (part, found) in [("tx", tx.rows.columnCount), ("x", x.rows.columnCount)] where found != allx.rows.columnCount {
      throw FormatFailure.bad(
        files.place(part), "has \(found) features, allx has \(allx.rows.columnCount)", do: "give files of one graph")
    }
    guard x.rows.rowCount <= allx.rows.rowCount else {
      throw FormatFailure.bad(
        files.place("x"), "has \(x.rows.rowCount) rows, allx only \(allx.rows.rowCount)", do: "give files of one graph")
    }
    let test = try files.testNodes(from: allx.rows.rowCount)
    try DatasetChecks.rows(
      test.count, of: "test nodes", expected: tx.rows.rowCount, path: files.place("test.index"))
    let graph = try PlanetoidGraph(files.pickle("graph"))
    let nodeCount = max(allx.rows.rowCount, Int(test.max() ?? -1) + 1, graph.keyCount)
    let (edges, notes) = try graph.edges(nodeCount: nodeCount)

    let features = arranged(allx, tx, test, nodeCount: nodeCount)
    try DatasetChecks.features(features, path: tree.path)
    var classes = ally.classes + [Int32](repeating: -1, count: nodeCount - ally.classes.count)
    for (row, node) in test.enumerated() { classes[Int(node)] = ty.classes[row] }
    let classCount = max(y.count, ally.count, ty.count)
    let names = try NodeFiles.classNames(in: tree) ?? (0..<classCount).map { "\($0)" }
    let isolated = nodeCount - allx.rows.rowCount - test.count
    let train = Int32(y.classes.count)
    let split = Split(
      name: "public", kind: "published (Planetoid)", train: Array(0..<train),
      validation: Array(train..<Int32(min(y.classes.count + validationCount, allx.rows.rowCount))), test: test.sorted())
    return GraphDataset(
      name: stem, path: tree.path, format: name, nodes: [(.node, nodeCount)],
      relations: [(EdgeType(.node, "edges", .node), edges)], labeledType: .node,
      labels: try DatasetChecks.labels(classes, names: names, path: files.place("ally")),
      features: features.width == 0 ? [:] : [.node: [("features", features)]],
      origins: [("public", .ready(split))] + SplitFile.origins(in: tree),
      warnings: notes + (isolated == 0 ? [] : ["\(isolated) nodes are in no file of features: zeros and no label"]))
  }

  private typealias Rows = (rows: SparseRows, values: [Float]?)

  /// The rows of allx, then those of tx where their nodes are.
  private static func arranged(_ all: Rows, _ tests: Rows, _ test: [Int32], nodeCount: Int) -> FeatureMatrix {
    var rowOfNode = [Int](repeating: -1, count: nodeCount)
    for (row, node) in test.enumerated() { rowOfNode[Int(node)] = row }
    var features = FeatureRows()
    func append(_ row: Int, of source: Rows) {
      features.append(
        row: source.rows.range(of: row).map { (source.rows.columns[$0], source.values?[$0] ?? 1) })
    }
    for node in 0..<nodeCount {
      if node < all.rows.rowCount {
        append(node, of: all)
      } else if rowOfNode[node] >= 0 {
        append(rowOfNode[node], of: tests)
      } else {
        features.endRow()
      }
    }
    return features.matrix(width: all.rows.columnCount)
  }

  /// The eight files.
  private struct Files {
    let tree: FileTree
    let stem: String

    func place(_ part: String) -> String { tree.place(of: "ind.\(stem).\(part)") }

    func pickle(_ part: String) throws -> Pickle {
      try Pickle([UInt8](try tree.bytes(of: "ind.\(stem).\(part)")), place: place(part))
    }

    func rows(_ part: String) throws -> Rows {
      let pickle = try pickle(part)
      return try pickle.rows(pickle.root)
    }

    /// The one class of each row, -1 for a row of zeros, and how many classes there are.
    func classes(_ part: String) throws -> (classes: [Int32], count: Int) {
      let (rows, values) = try rows(part)
      guard rows.columnCount <= max(rows.rowCount, 1 << 16) else {
        throw FormatFailure.bad(
          place(part), "\(rows.columnCount) classes with only \(rows.rowCount) nodes", do: "mark one class a node")
      }
      let classes = try (0..<rows.rowCount).map { row -> Int32 in
        let marked = rows.range(of: row).filter { values?[$0] ?? 1 != 0 }
        guard marked.count <= 1 else {
          throw FormatFailure.bad(
            place(part), "row \(row)", "has \(marked.count) classes", do: "mark one class a node")
        }
        return marked.first.map { rows.columns[$0] } ?? -1
      }
      return (classes, rows.columnCount)
    }

    /// The nodes of tx, in the order of its rows: none before `first`, none twice.
    func testNodes(from first: Int) throws -> [Int32] {
      let place = place("test.index")
      var nodes: [Int32] = []
      var lines: [Int32: Int] = [:]
      for (line, text) in TextLines(try tree.text(of: "ind.\(stem).test.index")) where !text.trimmed.isEmpty {
        guard let number = text.trimmed.integer, let node = Int32(exactly: number), node >= 0 else {
          throw FormatFailure.bad(
            place, "line \(line)", "\(quoted(text.string)) is no node", do: "give the number of one test node a line")
        }
        guard node >= first else {
          throw FormatFailure.bad(
            place, "line \(line)", "node \(node) is among the \(first) rows of allx", do: "give files of one graph")
        }
        if let other = lines.updateValue(line, forKey: node) {
          throw FormatFailure.bad(
            place, "line \(line)", "node \(node) is also that of line \(other)", do: "list each test node once")
        }
        nodes.append(node)
      }
      let largest = Int(nodes.max() ?? -1)
      guard largest - first < max(1 << 20, 64 * nodes.count) else {
        throw FormatFailure.bad(
          place, "node \(largest) among only \(nodes.count) test nodes", do: "number nodes without large gaps")
      }
      return nodes
    }
  }
}
