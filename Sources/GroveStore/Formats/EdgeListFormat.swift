import GroveGraphs

/// Edges as text: `edges.csv`, `.tsv`, `.txt` or `.edgelist`, with features and labels beside them if wanted.
///
/// A line is `source, target[, weight]`, separated by commas, tabs, semicolons or spaces; a header is optional and
/// lines beginning with `#` or `%` are comments. Ids are row numbers where all are whole numbers and either
/// `features.npy`, `features.npz` or `labels.npy` says how many nodes there are or they are dense (0 … n-1); otherwise
/// they are names, numbered as they first appear or as `node_names.txt` lists them. Edges are directed unless the
/// options say otherwise.
public enum EdgeListFormat: GraphFormat {
  /// The word of `--format`.
  public static let name = "edges"
  /// What its files look like.
  public static let summary = "edges.csv, .tsv, .txt or .edgelist, with features.npy and labels.npy or labels.tsv"

  /// Whether the names of the files speak for this format.
  public static func recognizes(_ tree: FileTree) -> Bool { edgeMember(in: tree) != nil }

  private static let extensions = ["csv", "tsv", "txt", "edgelist", "edges"]

  private static func edgeMember(in tree: FileTree) -> String? {
    if let member = extensions.map({ "edges.\($0)" }).first(where: { tree.contains($0) }) { return member }
    guard tree.names.count == 1, let only = tree.names.first else { return nil }
    return extensions.contains(where: { only.lowercased().hasSuffix(".\($0)") }) ? only : nil
  }

  /// Reads and checks the whole graph.
  ///
  /// - Throws: `FormatFailure` with the file and place of the first mistake.
  public static func read(_ tree: FileTree, options: ReadOptions) throws -> GraphDataset {
    guard let member = edgeMember(in: tree) else {
      throw FormatFailure.missingPart(
        path: tree.path, part: "edges.csv", advice: "add the edges, one 'source,target' a line")
    }
    let table = try EdgeTable(try tree.text(of: member), place: tree.place(of: member))
    let features = try NodeFiles.features("features", in: tree)
    let classes = try FolderFormat.classes("labels.npy", in: tree)
    let names = tree.contains("node_names.txt") ? try NodeFiles.ids("node_names.txt", in: tree) : nil
    let labelFile = ["labels.tsv", "labels.csv", "labels.txt"].first { tree.contains($0) }
    let labelTable = try labelFile.map { try LabelTable(try tree.text(of: $0), place: tree.place(of: $0)) }
    let rowCount = features?.matrix.rowCount ?? classes?.count
    var nodes = try NodeNumbers(table, labels: labelTable, names: names, rowCount: rowCount)

    var sources: [Int32] = []
    var targets: [Int32] = []
    for row in table.rows {
      sources.append(try nodes.number(row.source, place: table.place, line: row.line))
      targets.append(try nodes.number(row.target, place: table.place, line: row.line))
    }
    var labels: Labels?
    if let labelTable {
      let labeled = try labelTable.rows.map { (try nodes.number($0.id, place: labelTable.place, line: $0.line), $0) }
      labels = try labelTable.labels(labeled, nodeCount: nodes.count)
    } else if let classes {
      let classNames = try NodeFiles.classNames(in: tree)
      labels = try DatasetChecks.labels(classes, names: classNames, path: tree.place(of: "labels.npy"))
    }
    if let features {
      try DatasetChecks.rows(features.matrix.rowCount, of: "feature rows", expected: nodes.count, path: features.place)
    }
    if let classes {
      try DatasetChecks.rows(classes.count, of: "labels", expected: nodes.count, path: tree.place(of: "labels.npy"))
    }
    let edges = EdgeList(sources: sources, targets: targets, weights: table.weights, isDirected: !options.isUndirected)
    return GraphDataset(
      name: NodeFiles.name(of: tree.path), path: tree.path, format: name, nodes: [(.node, nodes.count)],
      relations: [(EdgeType(.node, "edges", .node), edges)], labeledType: .node, labels: labels,
      features: features.map { [.node: [("features", $0.matrix)]] } ?? [:], ids: nodes.names.map { [.node: $0] } ?? [:],
      origins: SplitFile.origins(in: tree), warnings: table.warnings)
  }
}

/// Which row an id of the text stands for.
private struct NodeNumbers {
  /// Names in row order, or nil where ids are row numbers.
  private(set) var names: [String]?
  private(set) var count: Int
  private var numbers: [String: Int32] = [:]
  /// Whether ids that were not met before get a row of their own.
  private let isOpen: Bool

  init(_ table: EdgeTable, labels: LabelTable?, names: [String]?, rowCount: Int?) throws {
    isOpen = names == nil && rowCount == nil
    if let names {
      self.names = names
      count = names.count
      numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32(clamping: $0)) })
      return
    }
    let inEdges = table.largestID
    let inLabels = labels.map { $0.largestID } ?? -1
    if let rowCount {
      guard inEdges != nil, inLabels != nil else {
        throw FormatFailure.bad(
          table.place, "ids are names, so rows of features or labels cannot be told",
          do: "number nodes from 0 or add node_names.txt")
      }
      count = rowCount
      return
    }
    if let inEdges, let inLabels {
      let largest = max(inEdges, inLabels)
      if largest <= 2 * table.rows.count + (labels?.rows.count ?? 0) {
        var seen = [Bool](repeating: false, count: largest + 1)
        for row in table.rows {
          if let number = row.source.integer { seen[number] = true }
          if let number = row.target.integer { seen[number] = true }
        }
        for row in labels?.rows ?? [] { if let number = row.id.integer { seen[number] = true } }
        if seen.allSatisfy({ $0 }) {
          count = largest + 1
          return
        }
      }
    }
    self.names = []
    count = 0
  }

  mutating func number(_ id: ArraySlice<UInt8>, place: String, line: Int) throws -> Int32 {
    guard names != nil else {
      guard let number = id.integer, number >= 0, number < count else {
        throw FormatFailure.bad(
          place, "line \(line)", "\(quoted(id.string)) is not a node (there are \(count) nodes, counted from 0)",
          do: "correct the id or add the node's features and label")
      }
      return Int32(clamping: number)
    }
    let name = id.string
    if let known = numbers[name] { return known }
    guard isOpen, count < Int(Int32.max) else {
      throw FormatFailure.bad(
        place, "line \(line)", "\(quoted(name)) is not in node_names.txt", do: "add it there or correct the id")
    }
    let number = Int32(count)
    numbers[name] = number
    names?.append(name)
    count += 1
    return number
  }
}
