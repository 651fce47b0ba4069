import GroveKernels

/// `.safetensors`: the tensor `embeddings` float32 [N, W], with an `.ids.txt` beside it.
public enum SafetensorsEmbeddings: EmbeddingFormat {
  public static let suffix = ".safetensors"

  public static func write(_ table: EmbeddingTable, to path: String) throws -> [String] {
    try IDFile.write(table, beside: path)
    try SafetensorsFile.write(
      [(name: "embeddings", shape: [table.rows, table.width], values: FloatBuffer(table.values))],
      metadata: ["format": "pt"], to: path)
    return []
  }
}
