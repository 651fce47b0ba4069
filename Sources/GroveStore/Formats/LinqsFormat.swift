import GroveGraphs

/// The LINQS citation layout: `NAME.content` (id, features, class) and `NAME.cites` (cited, then citing).
///
/// An edge runs from the citing to the cited paper. Citations of papers without a content line are dropped and
/// counted in the warnings. Classes are numbered in alphabetical order.
///
/// - Source: Sen, Namata, Bilgic, Getoor, Galligher, Eliassi-Rad 2008, the README of the Cora archive.
public enum LinqsFormat: GraphFormat {
  /// The word of `--format`.
  public static let name = "linqs"
  /// What its files look like.
  public static let summary = "NAME.content and NAME.cites"

  /// Whether the names of the files speak for this format.
  public static func recognizes(_ tree: FileTree) -> Bool {
    tree.names.contains { ($0.hasSuffix(".content") || $0.hasSuffix(".cites")) && !$0.contains("/") }
  }

  /// Reads and checks the whole graph.
  ///
  /// - Throws: `FormatFailure` with the file and place of the first mistake.
  public static func read(_ tree: FileTree, options: ReadOptions) throws -> GraphDataset {
    let stems = Set(
      tree.names.filter { !$0.contains("/") }.compactMap { name -> String? in
        if name.hasSuffix(".content") { return String(name.dropLast(".content".count)) }
        return name.hasSuffix(".cites") ? String(name.dropLast(".cites".count)) : nil
      }
    ).sorted()
    guard let stem = stems.first, stems.count == 1 else {
      throw FormatFailure.bad(
        tree.path, "holds several graphs (\(stems.prefix(8).map { plain($0) }.joined(separator: ", ")))",
        do: "keep one graph in a folder")
    }
    for part in ["\(stem).content", "\(stem).cites"] where !tree.contains(part) {
      throw FormatFailure.missingPart(
        path: tree.path, part: plain(part), advice: "give the folder that holds both files")
    }
    let content = try readContent("\(stem).content", in: tree)
    let (edges, dropped) = try readCitations("\(stem).cites", in: tree, nodes: content.numbers)
    let classNames = Set(content.classes).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let classNumbers = Dictionary(uniqueKeysWithValues: classNames.enumerated().map { ($1, Int32($0)) })
    let classes = content.classes.map { classNumbers[$0] ?? -1 }
    let edgeType = EdgeType(.node, "cites", .node)
    return GraphDataset(
      name: stem, path: tree.path, format: name, nodes: [(.node, content.ids.count)], relations: [(edgeType, edges)],
      labeledType: .node, labels: .single(classes: classes, names: classNames),
      features: content.features.map { [.node: [("features", $0)]] } ?? [:], ids: [.node: content.ids],
      origins: SplitFile.origins(in: tree),
      warnings: dropped == 0 ? [] : ["dropped \(dropped) citations of papers without a content line"])
  }

  private struct Content {
    var ids: [String] = []
    var numbers: [String: Int32] = [:]
    var classes: [String] = []
    var features: FeatureMatrix?
  }

  private static func readContent(_ member: String, in tree: FileTree) throws -> Content {
    let place = tree.place(of: member)
    var content = Content()
    var offsets: [Int64] = [0]
    var columns: [Int32] = []
    var values: [Float] = []
    var width: Int?
    for (number, line) in TextLines(try tree.text(of: member)) {
      if line.trimmed.isEmpty { continue }
      let fields = line.contains(9) ? line.fields(separatedBy: 9).map(\.trimmed) : line.words
      guard fields.count >= 2, fields.count == width ?? fields.count else {
        throw FormatFailure.bad(
          place, "line \(number)",
          "has \(fields.count) fields, expected \(width.map { "\($0)" } ?? "an id, features and a class")",
          do: "give every paper the same features")
      }
      width = fields.count
      let id = fields[0].string
      guard content.numbers.updateValue(Int32(clamping: content.ids.count), forKey: id) == nil else {
        throw FormatFailure.bad(
          place, "line \(number)", "paper \(quoted(id)) appears a second time", do: "keep one line a paper")
      }
      content.ids.append(id)
      content.classes.append(fields[fields.count - 1].string)
      for (column, field) in fields[1..<(fields.count - 1)].enumerated() {
        guard let value = field.float, value.isFinite else {
          throw FormatFailure.bad(
            place, "line \(number), feature \(column)", "\(quoted(field.string)) is not a finite number",
            do: "correct the feature")
        }
        if value != 0 {
          columns.append(Int32(column))
          values.append(value)
        }
      }
      offsets.append(Int64(columns.count))
    }
    guard let width else { throw FormatFailure.bad(place, "holds no paper", do: "give one line a paper") }
    if width > 2 {
      let rows = SparseRows(offsets: offsets, columns: columns, columnCount: width - 2)
      content.features = .sparse(rows: rows, values: values.allSatisfy { $0 == 1 } ? nil : values)
    }
    return content
  }

  private static func readCitations(
    _ member: String, in tree: FileTree, nodes: [String: Int32]
  ) throws -> (edges: EdgeList, dropped: Int) {
    var sources: [Int32] = []
    var targets: [Int32] = []
    var dropped = 0
    for (number, line) in TextLines(try tree.text(of: member)) {
      if line.trimmed.isEmpty { continue }
      let fields = line.contains(9) ? line.fields(separatedBy: 9).map(\.trimmed) : line.words
      guard fields.count == 2 else {
        throw FormatFailure.bad(
          tree.place(of: member), "line \(number)",
          "has \(fields.count) fields, expected the cited and the citing paper",
          do: "give two ids a line")
      }
      guard let cited = nodes[fields[0].string], let citing = nodes[fields[1].string] else {
        dropped += 1
        continue
      }
      sources.append(citing)
      targets.append(cited)
    }
    return (EdgeList(sources: sources, targets: targets, isDirected: true), dropped)
  }
}
