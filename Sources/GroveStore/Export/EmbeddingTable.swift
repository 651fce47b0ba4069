import Foundation
import GroveKernels

/// Vectors to give away: one row a node.
public struct EmbeddingTable: Sendable, Equatable {
  /// External ids in row order, or nil where a node's id is its number.
  public let ids: [String]?
  /// How many vectors there are.
  public let rows: Int
  /// How many numbers a vector has.
  public let width: Int
  /// rows × width numbers, row after row.
  public let values: [Float]

  /// - Precondition: `values` holds rows × width numbers and `ids`, where given, one a row.
  public init(ids: [String]?, rows: Int, width: Int, values: [Float]) {
    precondition(
      values.count == rows * width && ids?.count ?? rows == rows,
      "EmbeddingTable: \(values.count) values and \(ids?.count ?? rows) ids for \(rows) rows of \(width)")
    self.ids = ids
    self.rows = rows
    self.width = width
    self.values = values
  }

  /// The id of a row as files show it.
  func id(_ row: Int) -> String { ids?[row] ?? "\(row)" }

  /// All ids as files show them.
  var allIDs: [String] { ids ?? (0..<rows).map { "\($0)" } }

  /// Numbers of a row.
  func row(_ row: Int) -> ArraySlice<Float> { values[row * width..<(row + 1) * width] }
}

/// A file format for embeddings: one type, in one file, listed in `ExportCatalogue`.
public protocol EmbeddingFormat {
  /// What the file's name ends in, with its dot.
  static var suffix: String { get }
  /// Writes the whole file or leaves what was there.
  /// - Returns: sentences on what the format could not keep.
  static func write(_ table: EmbeddingTable, to path: String) throws -> [String]
}

/// All formats that embeddings are written in, found by the end of a file's name.
public enum ExportCatalogue {
  /// The formats; the first whose suffix fits is taken.
  public static var all: [any EmbeddingFormat.Type] {
    [
      NumpyEmbeddings.self,
      NumpyArchiveEmbeddings.self,
      TabSeparatedEmbeddings.self,
      WordVectorEmbeddings.self,
      SafetensorsEmbeddings.self,
      DatabaseEmbeddings.self,
    ]
  }

  /// The format that a path's name asks for.
  /// - Throws: `FormatFailure.unknownExtension`, naming those accepted.
  public static func format(for path: String) throws -> any EmbeddingFormat.Type {
    let name = (path as NSString).lastPathComponent.lowercased()
    guard let format = all.first(where: { name.hasSuffix($0.suffix) && name.count > $0.suffix.count }) else {
      throw FormatFailure.unknownExtension(path: path, accepted: all.map { $0.suffix })
    }
    return format
  }

  /// Writes embeddings in the format that the path's name asks for.
  ///
  ///     try ExportCatalogue.write(table, to: "emb.npy")        // and emb.ids.txt beside it
  ///
  /// - Returns: sentences on what the format could not keep, for standard error.
  /// - Throws: `FormatFailure.unknownExtension`, `FileFailure.cannotCreate` or `.cannotWrite`.
  public static func write(_ table: EmbeddingTable, to path: String) throws -> [String] {
    try format(for: path).write(table, to: path)
  }
}

/// Ids beside formats that have no place for them: `emb.npy` → `emb.ids.txt`, one id a line in row order.
enum IDFile {
  static func path(beside path: String) -> String { (path as NSString).deletingPathExtension + ".ids.txt" }

  /// - Throws: `FormatFailure.malformed` for an id with a line break.
  static func write(_ table: EmbeddingTable, beside path: String) throws {
    try requireOneLine(table, path: IDFile.path(beside: path))
    try AtomicFile.write(to: IDFile.path(beside: path)) { sink in
      for row in 0..<table.rows { try sink.write(table.id(row) + "\n") }
    }
  }

  /// Refuses ids that would break a text file's lines.
  static func requireOneLine(_ table: EmbeddingTable, path: String) throws {
    let breaks: Set<UInt8> = [10, 13]
    guard let row = table.ids?.firstIndex(where: { $0.utf8.contains(where: breaks.contains) }) else { return }
    throw FormatFailure.bad(
      path, "row \(row)", "id \(quoted(table.id(row))) holds a line break",
      do: "export to .npz or .sqlite, which keep any id")
  }
}
