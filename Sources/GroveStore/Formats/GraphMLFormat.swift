import GroveGraphs

/// A graph in GraphML: nodes, edges and attributes with declared types.
///
/// Attributes of nodes become features, classes, years and texts as the table of `NodeAttributes` says; of edges the
/// numbers named `weight` and `year` count. Edges follow `edgedefault` and their own `directed`. One flat graph a file:
/// nested graphs and hyperedges are refused; ports and what programs draw are passed over.
///
/// - Source: Brandes, Eiglsperger, Lerner, "GraphML Primer", with the attribute types of its extension.
public enum GraphMLFormat: GraphFormat {
  /// The word of `--format`.
  public static let name = "graphml"
  /// What its files look like.
  public static let summary = "one .graphml, or .xml that begins with <graphml>"

  /// Whether the names of the files, or the first bytes of the only one, speak for this format.
  public static func recognizes(_ tree: FileTree) -> Bool { member(in: tree) != nil }

  private static func member(in tree: FileTree) -> String? {
    let members = tree.names.filter { $0.lowercased().hasSuffix(".graphml") && !$0.contains("/") }
    if members.count == 1 { return members.first }
    guard tree.names.count == 1, let only = tree.names.first, only.lowercased().hasSuffix(".xml") else { return nil }
    return tree.head(of: only, 4096).split(separator: UInt8(ascii: "<")).contains { tag in
      let name = tag.prefix { $0 > 32 && $0 != UInt8(ascii: ">") }
      return name.elementsEqual("graphml".utf8) || name.suffix(8).elementsEqual(":graphml".utf8)
    } ? only : nil
  }

  /// Reads and checks the whole graph.
  ///
  /// - Throws: `FormatFailure` with the file and line of the first mistake.
  public static func read(_ tree: FileTree, options: ReadOptions) throws -> GraphDataset {
    guard let member = member(in: tree) ?? (tree.names.count == 1 ? tree.names.first : nil) else {
      throw FormatFailure.missingPart(path: tree.path, part: "one .graphml file", advice: "give the file itself")
    }
    return try graph(try tree.text(of: member), place: tree.place(of: member), source: tree.path)
  }

  /// The graph that a document holds.
  static func graph(_ text: [UInt8], place: String, source: String) throws -> GraphDataset {
    var reader = try GraphMLReader(text, place: place)
    return try reader.dataset(source: source)
  }
}
