import GroveKernels

/// `.tsv`: a header `id d0 d1 …`, then one line a node; numbers in the shortest form that reads back equal.
public enum TabSeparatedEmbeddings: EmbeddingFormat {
  /// What the file's name ends in.
  public static let suffix = ".tsv"

  /// Writes the whole file or leaves what was there.
  public static func write(_ table: EmbeddingTable, to path: String) throws -> [String] {
    try IDFile.requireOneLine(table, path: path)
    if let row = table.ids?.firstIndex(where: { $0.utf8.contains(9) }) {
      throw FormatFailure.bad(
        path, "row \(row)", "id \(quoted(table.id(row))) holds a tab",
        do: "export to .npz or .sqlite, which keep any id")
    }
    try AtomicFile.write(to: path) { sink in
      try sink.write("id" + (0..<table.width).map { "\td\($0)" }.joined() + "\n")
      for row in 0..<table.rows {
        var line = table.id(row)
        for value in table.row(row) { line += "\t\(value)" }
        try sink.write(line + "\n")
      }
    }
    return []
  }
}
