/// `.npz`: `embeddings` float32 [N, W] and `ids` [N], Unicode strings without pickles.
public enum NumpyArchiveEmbeddings: EmbeddingFormat {
  /// What the file's name ends in.
  public static let suffix = ".npz"

  /// Writes the whole file or leaves what was there.
  public static func write(_ table: EmbeddingTable, to path: String) throws -> [String] {
    let arrays: [(name: String, shape: [Int], values: NumpyValues)] = [
      ("embeddings", [table.rows, table.width], .floats(table.values)),
      ("ids", [table.rows], .strings(table.allIDs)),
    ]
    try NumpyArchive.write(arrays, to: path)
    return []
  }
}
