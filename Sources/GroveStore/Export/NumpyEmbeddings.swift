/// `.npy`: float32 [N, W], with an `.ids.txt` beside it.
public enum NumpyEmbeddings: EmbeddingFormat {
  /// What the file's name ends in.
  public static let suffix = ".npy"

  /// Writes the whole file or leaves what was there.
  public static func write(_ table: EmbeddingTable, to path: String) throws -> [String] {
    try IDFile.write(table, beside: path)
    try NumpyArray.write(.floats(table.values), shape: [table.rows, table.width], to: path)
    return []
  }
}
