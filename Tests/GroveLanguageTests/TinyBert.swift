import Foundation
import GroveKernels
import TestSupport

@testable import GroveLanguage

/// A small BERT or DistilBERT of random numbers, to be written as a folder and to be run slowly.
struct TinyBert {
  static let width = 8
  static let inner = 12
  static let heads = 2
  static let layers = 2
  static let positions = 24
  static let pieces = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "graph", "node", "edge", "paper", "##s", "a", "b", "c", ".", ",",
    "text",
  ]
  static let texts = [
    "graph nodes edges", "a paper.", "", "b, c", "unknownword text", "a b c graph paper text nodes edges papers a b",
    "GRAPH",
  ]

  let family: BertConfiguration.Family
  /// Keys beside the sizes, which they replace.
  var settings: [String: any Sendable] = [:]
  /// By the names in the file. [out, in] for dense layers
  private(set) var tensors: [(name: String, shape: [Int], values: [Float])] = []

  init(_ family: BertConfiguration.Family = .bert, seed: UInt64 = 5) {
    self.family = family
    let stream = RandomStream(seed: seed)
    func add(_ name: String, _ shape: [Int], around center: Float = 0, _ bound: Float) {
      let number = tensors.count
      let values = (0..<shape.reduce(1, *)).map {
        center + bound * (2 * stream.uniform(row: number, column: $0) - 1)
      }
      tensors.append((name, shape, values))
    }
    func addNorm(_ name: String) {
      add("\(name).weight", [Self.width], around: 1, 0.3)
      add("\(name).bias", [Self.width], 0.3)
    }
    func addDense(_ name: String, _ inputs: Int, _ outputs: Int) {
      add("\(name).weight", [outputs, inputs], 0.6)
      add("\(name).bias", [outputs], 0.3)
    }
    add("embeddings.word_embeddings.weight", [Self.pieces.count, Self.width], 1)
    add("embeddings.position_embeddings.weight", [Self.positions, Self.width], 0.5)
    if family == .bert { add("embeddings.token_type_embeddings.weight", [2, Self.width], 0.5) }
    addNorm("embeddings.LayerNorm")
    for layer in 0..<Self.layers {
      let names = self.names(layer)
      for name in names[..<4] { addDense(name, Self.width, Self.width) }
      addNorm(names[4])
      addDense(names[5], Self.width, Self.inner)
      addDense(names[6], Self.inner, Self.width)
      addNorm(names[7])
    }
  }

  /// Query, key, value, output, norm after attention, the two dense layers, last norm: as the transformers library
  /// writes them.
  func names(_ layer: Int) -> [String] {
    switch family {
    case .bert:
      [
        "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
        "attention.output.LayerNorm", "intermediate.dense", "output.dense", "output.LayerNorm",
      ].map { "encoder.layer.\(layer).\($0)" }
    case .distilbert:
      [
        "attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin", "sa_layer_norm", "ffn.lin1",
        "ffn.lin2", "output_layer_norm",
      ].map { "transformer.layer.\(layer).\($0)" }
    }
  }

  /// A tensor for the slow reference.
  func matrix(_ name: String) -> Matrix {
    guard let tensor = tensors.first(where: { $0.name == name }) else { fatalError("TinyBert: no \(name)") }
    let columns = tensor.shape[tensor.shape.count - 1]
    return Matrix(tensor.values, rows: tensor.values.count / columns, columns: columns)
  }

  /// The numbers as a file of 16-bit floats keeps them.
  func rounded() -> TinyBert {
    var result = self
    for index in result.tensors.indices {
      result.tensors[index].values = result.tensors[index].values.map { Float(Float16($0)) }
    }
    return result
  }

  /// Replaces a tensor.
  mutating func set(_ name: String, shape: [Int], _ values: [Float]) {
    for index in tensors.indices where tensors[index].name == name { tensors[index] = (name, shape, values) }
  }

  /// Writes weights, configuration and vocabulary.
  ///
  /// - Parameter rename: the name in the file of each tensor.
  func write(
    into folder: ScratchFolder, as element: SafetensorsElement = .f32, rename: (String) -> String = { $0 }
  ) throws {
    try SafetensorsFile.write(
      tensors.map { (rename($0.name), $0.shape, FloatBuffer($0.values)) }, as: element, metadata: ["format": "pt"],
      to: folder.file("model.safetensors"))
    var values: [String: any Sendable] = ["model_type": family.rawValue, "vocab_size": Self.pieces.count]
    values["max_position_embeddings"] = Self.positions
    switch family {
    case .bert:
      let own: [String: any Sendable] = [
        "hidden_size": Self.width, "num_hidden_layers": Self.layers, "num_attention_heads": Self.heads,
        "intermediate_size": Self.inner, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "hidden_dropout_prob": 0.0,
        "hidden_act": "gelu",
      ]
      values.merge(own) { $1 }
    case .distilbert:
      let own: [String: any Sendable] = [
        "dim": Self.width, "n_layers": Self.layers, "n_heads": Self.heads, "hidden_dim": Self.inner, "dropout": 0.0,
        "activation": "gelu",
      ]
      values.merge(own) { $1 }
    }
    values.merge(settings) { $1 }
    try JSONSerialization.data(withJSONObject: values, options: .sortedKeys)
      .write(to: URL(fileURLWithPath: folder.file("config.json")))
    try GroveLanguageTests.write(["vocab.txt": Self.pieces.joined(separator: "\n") + "\n"], into: folder)
  }

  /// Writes what follows the model; several kinds of pooling are put side by side.
  static func writeModules(
    _ poolings: [String], dense: Bool = false, normalize: Bool = false, into folder: ScratchFolder
  ) throws {
    func entry(_ number: Int, _ path: String, _ kind: String) -> String {
      #"{"idx": \#(number), "name": "\#(number)", "path": "\#(path)", "type": "sentence_transformers.models.\#(kind)"}"#
    }
    var entries = [entry(0, "", "Transformer"), entry(1, "1_Pooling", "Pooling")]
    if dense { entries.append(entry(2, "2_Dense", "Dense")) }
    if normalize { entries.append(entry(3, "3_Normalize", "Normalize")) }
    try FileManager.default.createDirectory(atPath: folder.file("1_Pooling"), withIntermediateDirectories: true)
    let modes = ["cls_token", "max_tokens", "mean_tokens", "mean_sqrt_len_tokens"]
    let flags = modes.map { #""pooling_mode_\#($0)": \#(poolings.contains($0))"# }.joined(separator: ", ")
    try GroveLanguageTests.write(
      [
        "modules.json": "[\(entries.joined(separator: ", "))]",
        "1_Pooling/config.json": #"{"word_embedding_dimension": \#(width), \#(flags)}"#,
      ], into: folder)
  }

  /// A folder with mean pooling, its own normalisation or none, and an encoder over it.
  static func encoder(
    _ family: BertConfiguration.Family = .bert, settings: [String: any Sendable] = [:], normalize: Bool = false,
    in folder: ScratchFolder
  ) throws -> BertEncoder {
    var tiny = TinyBert(family)
    tiny.settings = settings
    try tiny.write(into: folder)
    try writeModules(["mean_tokens"], normalize: normalize, into: folder)
    return try BertEncoder(folder: folder.path)
  }
}
