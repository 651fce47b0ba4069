import GroveKernels

/// `.w2v.txt`: the text form of word2vec, `N W` and then an id and its numbers a line, separated by spaces.
///
/// The format has no place for spaces inside an id: they become `_`, and a warning says so.
public enum WordVectorEmbeddings: EmbeddingFormat {
  /// What the file's name ends in.
  public static let suffix = ".w2v.txt"

  /// Writes the whole file or leaves what was there.
  public static func write(_ table: EmbeddingTable, to path: String) throws -> [String] {
    try IDFile.requireOneLine(table, path: path)
    var changed = 0
    var seen: [String: Int] = [:]
    let ids = table.allIDs.map { id in
      let joined = String(String.UnicodeScalarView(id.unicodeScalars.map { $0.properties.isWhitespace ? "_" : $0 }))
      if joined != id { changed += 1 }
      return joined.isEmpty ? "_" : joined
    }
    for (row, id) in ids.enumerated() {
      if let other = seen.updateValue(row, forKey: id) {
        throw FormatFailure.bad(
          path, "row \(row)", "id \(quoted(id)) is the same as that of row \(other) without spaces",
          do: "export to .npz or .sqlite, which keep any id")
      }
    }
    try AtomicFile.write(to: path) { sink in
      try sink.write("\(table.rows) \(table.width)\n")
      for row in 0..<table.rows {
        var line = ids[row]
        for value in table.row(row) { line += " \(value)" }
        try sink.write(line + "\n")
      }
    }
    return changed == 0 ? [] : ["\(path): \(changed) ids held spaces, which became '_'"]
  }
}
