import Foundation
import GroveKernels
import TestSupport
import Testing

@testable import GroveLanguage

/// Model folders with something wrong, and what an encoder's identity depends on.
@Suite struct BertFolderTests {
  /// The message of reading a folder, its path standing as FOLDER; "none" where it is read.
  private func message(_ folder: ScratchFolder, options: BertEncoder.Options = .init()) throws -> String {
    do {
      _ = try BertEncoder(folder: folder.path, options: options)
    } catch let error as any Failure {
      return error.description.replacing(folder.path, with: "FOLDER")
    }
    return "none"
  }

  /// A folder that can be read.
  private func folder(_ settings: [String: any Sendable] = [:]) throws -> ScratchFolder {
    let folder = try ScratchFolder()
    _ = try TinyBert.encoder(in: folder)
    var tiny = TinyBert()
    tiny.settings = settings
    try tiny.write(into: folder)
    return folder
  }

  private func expect(_ message: String, mentions parts: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    for part in parts { #expect(message.contains(part), "\(message)", sourceLocation: sourceLocation) }
  }

  @Test func `A weight file that is cut anywhere is told by name`() throws {
    let folder = try folder()
    let path = folder.file("model.safetensors")
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for length in [0, 7, 8, 100, 1000, whole.count / 2, whole.count - 1] {
      try whole.prefix(length).write(to: URL(fileURLWithPath: path))
      #expect(throws: SafetensorsFailure.self) { _ = try BertEncoder(folder: folder.path) }
      expect(try message(folder), mentions: ["FOLDER/model.safetensors"])
    }
    try FileManager.default.removeItem(atPath: path)
    expect(try message(folder), mentions: ["FOLDER/model.safetensors"])
  }

  @Test(arguments: [
    ("embeddings.word_embeddings.weight", [16, 4]), ("embeddings.position_embeddings.weight", [24, 7]),
    ("embeddings.token_type_embeddings.weight", [1, 8]), ("embeddings.LayerNorm.bias", [9]),
    ("encoder.layer.1.attention.self.key.weight", [8, 9]), ("encoder.layer.0.attention.output.dense.bias", [1, 8]),
    ("encoder.layer.1.intermediate.dense.weight", [8, 12]), ("encoder.layer.0.output.LayerNorm.weight", [7]),
  ]) func `A tensor of a wrong shape, or without its name, is told with file and name`(
    name: String, shape: [Int]
  ) throws {
    let folder = try folder()
    var tiny = TinyBert()
    tiny.set(name, shape: shape, [Float](repeating: 0, count: shape.reduce(1, *)))
    try tiny.write(into: folder)
    expect(try message(folder), mentions: ["FOLDER/model.safetensors", "'\(name)'", "\(shape)"])
    try TinyBert().write(into: folder) { $0 == name ? "other" : $0 }
    expect(try message(folder), mentions: ["FOLDER/model.safetensors", name])
  }

  @Test func `A file that is missing is told`() throws {
    for (name, mentioned) in [("vocab.txt", "FOLDER"), ("config.json", "config.json")] {
      let folder = try folder()
      try FileManager.default.removeItem(atPath: folder.file(name))
      expect(try message(folder), mentions: ["FOLDER", mentioned])
    }
    let folder = try folder()
    try FileManager.default.removeItem(atPath: folder.file("vocab.txt"))
    #expect(throws: TokenizerFailure.noTokenizer(folder: folder.path)) { _ = try BertEncoder(folder: folder.path) }
    #expect(throws: FileFailure.self) { _ = try BertEncoder(folder: folder.file("nowhere")) }
    let pooling = try self.folder()
    try FileManager.default.removeItem(atPath: pooling.file("1_Pooling/config.json"))
    expect(try message(pooling), mentions: ["FOLDER/1_Pooling", "config.json"])
  }

  @Test(arguments: [
    ("model_type", "gpt2", "'gpt2'"), ("hidden_act", "swish", "'swish'"),
    ("position_embedding_type", "relative_key", "'relative_key'"), ("hidden_size", "wide", "'hidden_size'"),
  ]) func `A configuration of what is not read is refused`(key: String, value: String, mentioned: String) throws {
    expect(try message(try folder([key: value])), mentions: ["FOLDER/config.json", mentioned])
  }

  @Test func `Sizes that cannot be are refused`() throws {
    expect(try message(try folder(["num_attention_heads": 3])), mentions: ["FOLDER/config.json", "8", "3"])
    expect(try message(try folder(["num_hidden_layers": 0])), mentions: ["FOLDER/config.json", "'num_hidden_layers'"])
    expect(try message(try folder(["num_hidden_layers": 3])), mentions: ["encoder.layer.2"])
    expect(try message(try folder(["vocab_size": -1])), mentions: ["'vocab_size'"])
    let folder = try folder()
    try write(["config.json": "[1]"], into: folder)
    expect(try message(folder), mentions: ["FOLDER/config.json"])
  }

  @Test func `More pieces than rows are refused`() throws {
    let folder = try folder()
    try write(["vocab.txt": (TinyBert.pieces + ["more"]).joined(separator: "\n")], into: folder)
    expect(try message(folder), mentions: ["17", "16"])
  }

  @Test(arguments: [
    (#"{"a": 1}"#, "list of modules"), (#"[{"path": "", "type": "x.WeightedLayerPooling"}]"#, "WeightedLayerPooling"),
    (#"[{"path": "../1_Pooling", "type": "x.Pooling"}]"#, "'../1_Pooling'"),
    (#"[{"path": "a/../../b", "type": "x.Pooling"}]"#, "'a/../../b'"),
    (#"[{"path": "/etc", "type": "x.Pooling"}]"#, "'/etc'"),
    (#"[{"path": "0_Transformer", "type": "x.Transformer"}]"#, "'0_Transformer'"),
    (#"[{"type": "x.Pooling"}]"#, "list"),
  ]) func `Modules that are not known or lie outside are refused`(modules: String, mentioned: String) throws {
    let folder = try folder()
    try write(["modules.json": modules], into: folder)
    expect(try message(folder), mentions: ["FOLDER/modules.json", mentioned])
  }

  @Test func `Poolings and dense layers that are not known are refused`() throws {
    let folder = try folder()
    for (text, mentioned) in [
      (#"{"pooling_mode_lasttoken": true}"#, "lasttoken"), ("{}", "no pooling"),
      (#"{"pooling_mode": "attention"}"#, "no pooling"), ("no JSON", "JSON"),
    ] {
      try write(["1_Pooling/config.json": text], into: folder)
      expect(try message(folder), mentions: ["FOLDER/1_Pooling/config.json", mentioned])
    }
    try TinyBert.writeModules(["mean_tokens"], dense: true, into: folder)
    try FileManager.default.createDirectory(atPath: folder.file("2_Dense"), withIntermediateDirectories: true)
    try write(["2_Dense/config.json": #"{"out_features": 3, "activation_function": "torch.nn.GLU"}"#], into: folder)
    expect(try message(folder), mentions: ["FOLDER/2_Dense/config.json", "GLU"])
    try write(["2_Dense/config.json": #"{"out_features": 3}"#], into: folder)
    expect(try message(folder), mentions: ["FOLDER/2_Dense/model.safetensors"])
    try SafetensorsFile.write(
      [
        ("linear.weight", [3, 7], FloatBuffer(count: 21, zeroed: true)), ("linear.bias", [3], FloatBuffer([0, 0, 0])),
      ],
      metadata: [:], to: folder.file("2_Dense/model.safetensors"))
    expect(try message(folder), mentions: ["FOLDER/2_Dense/model.safetensors", "'linear.weight'", "[3, 7]"])
  }

  @Test func `A limit of tokens is the caller's, else the folder's, else the positions`() throws {
    let folder = try folder()
    #expect(try BertEncoder(folder: folder.path).limit == 24)
    for (limit, expected) in [(5, 5), (400, 24)] {
      try write(["sentence_bert_config.json": #"{"max_seq_length": \#(limit)}"#], into: folder)
      #expect(try BertEncoder(folder: folder.path).limit == expected)
    }
    var options = BertEncoder.Options()
    for (limit, isFine) in [(3, true), (24, true), (2, false), (25, false), (0, false)] {
      options.limit = limit
      let message = try message(folder, options: options)
      #expect((message == "none") == isFine, "\(limit): \(message)")
    }
    options.limit = 3
    #expect(try BertEncoder(folder: folder.path, options: options).tokens(of: ["a b c"]) == [[[2, 10, 3]]])
  }

  @Test func `A default prompt is what stands before texts`() throws {
    let folder = try folder()
    #expect(try BertEncoder(folder: folder.path).usualPrefix.isEmpty)
    let prompts = #""prompts": {"query": "query: ", "passage": "passage: "}"#
    try write(["config_sentence_transformers.json": "{\(prompts)}"], into: folder)
    #expect(try BertEncoder(folder: folder.path).usualPrefix.isEmpty)
    try write(
      ["config_sentence_transformers.json": #"{\#(prompts), "default_prompt_name": "passage"}"#], into: folder)
    #expect(try BertEncoder(folder: folder.path).usualPrefix == "passage: ")
  }

  @Test func `Identities are equal where rows are, and differ where rows may`() throws {
    let (one, two) = (try folder(), try folder())
    var seen = [try BertEncoder(folder: one.path).identity]
    #expect(try BertEncoder(folder: two.path).identity == seen[0])
    func add(_ what: String, _ folder: ScratchFolder, _ options: BertEncoder.Options = .init()) throws {
      let identity = try BertEncoder(folder: folder.path, options: options).identity
      #expect(!seen.contains(identity), "\(what)")
      seen.append(identity)
    }
    for (key, value) in [
      ("num_attention_heads", 4 as any Sendable), ("hidden_act", "relu"), ("layer_norm_eps", 1e-5),
      ("num_hidden_layers", 1),
    ] { try add(key, try folder([key: value])) }
    let other = try folder()
    try TinyBert(seed: 6).write(into: other)
    try add("weights", other)
    let pieces = try folder()
    try write(
      ["vocab.txt": TinyBert.pieces.map { $0 == "graph" ? "graphs" : $0 }.joined(separator: "\n")], into: pieces)
    try add("vocabulary", pieces)
    let pooling = try folder()
    try TinyBert.writeModules(["cls_token"], into: pooling)
    try add("pooling", pooling)
    var options = BertEncoder.Options()
    options.limit = 9
    try add("limit", try folder(), options)
    options.longTexts = .average
    try add("long texts", try folder(), options)
    options.normalizes = true
    try add("normalization", try folder(), options)
  }
}
