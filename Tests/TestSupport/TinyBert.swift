import Foundation
import GroveKernels

/// A BERT of two layers, so small that tests may train it, in a folder as sentence-transformers would save it.
public enum TinyBert {
  /// d, columns of a row.
  public static let width = 16

  /// Writes the folder; equal seeds give equal weights.
  ///
  /// - Throws: `FileFailure`.
  public static func write(to folder: String, words: [String], seed: UInt64 = 1) throws {
    try AtomicFile.makeFolder("\(folder)/1_Pooling")
    let vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + words
    try AtomicFile.write(vocabulary.joined(separator: "\n") + "\n", to: "\(folder)/vocab.txt")
    let texts = [
      "tokenizer_config.json": #"{"do_lower_case": true, "tokenizer_class": "BertTokenizer"}"#,
      "config.json": """
      {"model_type": "bert", "hidden_size": \(width), "num_hidden_layers": 2, "num_attention_heads": 2,
       "intermediate_size": 32, "vocab_size": \(vocabulary.count), "max_position_embeddings": 24,
       "type_vocab_size": 2, "hidden_act": "gelu", "layer_norm_eps": 1e-12, "hidden_dropout_prob": 0.0}
      """,
      "modules.json": """
      [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
       {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
       {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]
      """,
      "1_Pooling/config.json": #"{"word_embedding_dimension": \#(width), "pooling_mode_mean_tokens": true}"#,
    ]
    for (name, text) in texts { try AtomicFile.write(text, to: "\(folder)/\(name)") }
    var tensors: [(name: String, shape: [Int], values: FloatBuffer)] = []
    func add(_ name: String, _ shape: [Int], around center: Float = 0) {
      let values = FloatBuffer(count: shape.reduce(1, *))
      let random = RandomStream(seed: seed, operation: tensors.count)
      Kernels.uniform(into: values, width: shape[shape.count - 1], random: random)
      values.write { for place in 0..<$0.count { $0[place] = center + 0.6 * ($0[place] - 0.5) } }
      tensors.append((name, shape, values))
    }
    add("embeddings.word_embeddings.weight", [vocabulary.count, width])
    add("embeddings.position_embeddings.weight", [24, width])
    add("embeddings.token_type_embeddings.weight", [2, width])
    add("embeddings.LayerNorm.weight", [width], around: 1)
    add("embeddings.LayerNorm.bias", [width])
    for layer in 0..<2 {
      let base = "encoder.layer.\(layer)"
      let dense = [
        ("attention.self.query", width, width), ("attention.self.key", width, width),
        ("attention.self.value", width, width), ("attention.output.dense", width, width),
        ("intermediate.dense", 32, width), ("output.dense", width, 32),
      ]
      for (name, rows, columns) in dense {
        add("\(base).\(name).weight", [rows, columns])
        add("\(base).\(name).bias", [rows])
      }
      for name in ["attention.output.LayerNorm", "output.LayerNorm"] {
        add("\(base).\(name).weight", [width], around: 1)
        add("\(base).\(name).bias", [width])
      }
    }
    try SafetensorsFile.write(tensors, metadata: [:], to: "\(folder)/model.safetensors")
  }
}
