import GroveKernels

/// `.safetensors`: the tensor `embeddings` float32 [N, W], with an `.ids.txt` beside it.
public enum SafetensorsEmbeddings: EmbeddingFormat {
  /// What the file's name ends in.
  public static let suffix = ".safetensors"

  /// Writes the whole file or leaves what was there.
  public static func write(_ table: EmbeddingTable, to path: String) throws -> [String] {
    try IDFile.write(table, beside: path)
    try SafetensorsFile.write(
      [(name: "embeddings", shape: [table.rows, table.width], values: FloatBuffer(table.values))],
      metadata: ["format": "pt"], to: path)
    return []
  }
}
