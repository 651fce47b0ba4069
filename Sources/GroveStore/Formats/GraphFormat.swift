/// What a reader may be told beside the files.
public struct ReadOptions: Sendable, Equatable {
  /// Whether listed edges run both ways, for formats that do not say so themselves.
  public var isUndirected: Bool

  /// Options; what is not said is the default.
  public init(isUndirected: Bool = false) { self.isUndirected = isUndirected }
}

/// A way to keep a graph in files: one type, in one file, listed in `FormatCatalogue`.
public protocol GraphFormat {
  /// The word of `--format`.
  static var name: String { get }
  /// What its files look like, for messages and tables.
  static var summary: String { get }
  /// Whether the names of the files, or the first bytes of the only one, speak for this format. Contents are left to
  /// `read`.
  static func recognizes(_ tree: FileTree) -> Bool
  /// Reads and checks the whole graph.
  static func read(_ tree: FileTree, options: ReadOptions) throws -> GraphDataset
}

/// All formats, in the order in which they are tried.
public enum FormatCatalogue {
  /// The formats.
  public static var all: [any GraphFormat.Type] {
    [
      FolderFormat.self,
      NumpyArchiveFormat.self,
      LinqsFormat.self,
      PlanetoidFormat.self,
      HGBFormat.self,
      MatrixMarketFormat.self,
      GraphMLFormat.self,
      NodeLinkFormat.self,
      OGBFormat.self,
      EdgeListFormat.self,
    ]
  }

  /// The format called `name`.
  public static func format(named name: String) throws -> any GraphFormat.Type {
    guard let format = all.first(where: { $0.name == name }) else {
      throw FormatFailure.unknownName(path: "--format", what: "format", name: name, known: all.map { $0.name })
    }
    return format
  }
}

/// The one way to open graph data, whatever it is.
public enum StoreOpener {
  /// Opens a folder, archive or file in any known format.
  ///
  ///     let cora = try StoreOpener.open("data/cora")
  ///
  /// - Parameter format: a name of the catalogue, or nil to tell it from the files.
  /// - Throws: `FileFailure.missing` for a missing path, `FormatFailure` for anything that is not a sound graph.
  public static func open(
    _ path: String, format: String? = nil, options: ReadOptions = ReadOptions()
  ) throws -> GraphDataset {
    let tree = try FileTree(path)
    if let format { return try FormatCatalogue.format(named: format).read(tree, options: options) }
    guard let format = FormatCatalogue.all.first(where: { $0.recognizes(tree) }) else {
      throw FormatFailure.unrecognized(
        path: path, names: tree.names, formats: FormatCatalogue.all.map { "\($0.name) (\($0.summary))" })
    }
    return try format.read(tree, options: options)
  }
}
