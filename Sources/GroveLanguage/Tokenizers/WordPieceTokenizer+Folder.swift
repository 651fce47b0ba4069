import Foundation
import GroveKernels

extension WordPieceTokenizer {
  /// The tokenizer of a model's folder, as the tools of the field write it.
  ///
  /// The pieces are those of `vocab.txt`, else those in `tokenizer.json`. Options and special pieces are taken from
  /// `tokenizer_config.json`, then `special_tokens_map.json`, then `tokenizer.json`, then BERT's own: the first that
  /// says something holds. Added pieces come from `tokenizer.json`, else `added_tokens_decoder` of
  /// `tokenizer_config.json`, else `added_tokens.json`. Truncation and padding in `tokenizer.json` are not looked at:
  /// how many pieces a model takes is the model's to say.
  ///
  /// - Throws: `TokenizerFailure`, or `FileFailure` where a file cannot be read.
  public init(folder: String) throws {
    let source = try TokenizerFolder(folder)
    try self.init(
      source.pieces, place: source.vocabularyPath, normalizer: source.normalizer, special: source.special,
      added: source.added, continuation: source.continuation, longestWord: source.longestWord)
  }
}

/// What a model's folder says of its tokenizer.
private struct TokenizerFolder {
  let pieces: PieceList
  let vocabularyPath: String
  private(set) var normalizer = WordPieceNormalizer()
  private(set) var special = WordPieceTokenizer.SpecialPieces()
  private(set) var added: [AddedPiece] = []
  private(set) var continuation = "##"
  private(set) var longestWord = 100

  init(_ folder: String) throws {
    func path(_ name: String) -> String? {
      let path = "\(folder)/\(name)"
      return FileManager.default.fileExists(atPath: path) ? path : nil
    }
    let vocabulary = path("vocab.txt")
    let description = path("tokenizer.json")
    guard let vocabularyPath = vocabulary ?? description else { throw TokenizerFailure.noTokenizer(folder: folder) }
    self.vocabularyPath = vocabularyPath
    let configuration = try path("tokenizer_config.json").map {
      (path: $0, values: try VocabularyFile.object($0).values)
    }
    let map = try path("special_tokens_map.json").map { try VocabularyFile.object($0).values }
    let tokenizer = try description.map { (path: $0, file: try VocabularyFile.object($0)) }
    if let tokenizer {
      try TokenizerFolder.checkKind(tokenizer.file.values, of: tokenizer.path)
    } else if let configuration {
      try TokenizerFolder.checkClass(configuration.values, of: configuration.path)
    }
    if let vocabulary {
      pieces = try VocabularyFile.lines(vocabulary)
    } else {
      pieces = try VocabularyFile.pieces(ofTokenizer: tokenizer?.file.bytes ?? [], path: vocabularyPath)
    }
    if let tokenizer { try read(tokenizer.file.values, of: tokenizer.path) }
    readOptions(configuration?.values ?? [:])
    readNames([configuration?.values ?? [:], map ?? [:]])
    if tokenizer == nil {
      try readAdded(configuration, path("added_tokens.json"))
    }
  }

  // MARK: - tokenizer.json

  /// Refuses models of other kinds.
  private static func checkKind(_ values: [String: Any], of path: String) throws {
    guard let model = values["model"] as? [String: Any] else {
      throw TokenizerFailure.malformed(path: path, reason: "it has no object model")
    }
    // Files of early versions do not name the type.
    let type = model["type"] as? String ?? (model["merges"] == nil ? "WordPiece" : "BPE")
    guard type == "WordPiece" else { throw TokenizerFailure.otherKind(path: path, what: "a tokenizer of kind \(type)") }
  }

  private mutating func read(_ values: [String: Any], of path: String) throws {
    let model = values["model"] as? [String: Any] ?? [:]
    continuation = model["continuing_subword_prefix"] as? String ?? continuation
    longestWord = model["max_input_chars_per_word"] as? Int ?? longestWord
    special.unknown = model["unk_token"] as? String ?? special.unknown
    switch (values["normalizer"] as? [String: Any]).map({ ($0["type"] as? String, $0) }) {
    case nil:
      normalizer = WordPieceNormalizer(
        cleansText: false, lowercase: false, stripAccents: false, tokenizeChineseCharacters: false)
    case ("BertNormalizer", let options)?:
      normalizer.cleansText = options["clean_text"] as? Bool ?? true
      normalizer.tokenizeChineseCharacters = options["handle_chinese_chars"] as? Bool ?? true
      normalizer.stripAccents = options["strip_accents"] as? Bool
      normalizer.lowercase = options["lowercase"] as? Bool ?? true
    case (let other, _)?:
      throw TokenizerFailure.otherKind(path: path, what: "the normalizer \(other ?? "without a type")")
    }
    let cutter = (values["pre_tokenizer"] as? [String: Any])?["type"] as? String
    guard cutter == "BertPreTokenizer" else {
      throw TokenizerFailure.otherKind(path: path, what: cutter.map { "the pre-tokenizer \($0)" } ?? "no pre-tokenizer")
    }
    if let ends = values["post_processor"] as? [String: Any] { readEnds(ends) }
    for entry in values["added_tokens"] as? [[String: Any]] ?? [] {
      added.append(try addedPiece(entry, number: entry["id"], path: path))
    }
  }

  /// The pieces around a sequence, as a template or as BERT's processor names them.
  private mutating func readEnds(_ processor: [String: Any]) {
    if let single = processor["single"] as? [[String: Any]] {
      let names = single.map { ($0["SpecialToken"] as? [String: Any])?["id"] as? String }
      if let first = names.first, let first { special.classification = first }
      if let last = names.last, let last, names.count > 1 { special.separator = last }
    } else {
      special.classification = (processor["cls"] as? [Any])?.first as? String ?? special.classification
      special.separator = (processor["sep"] as? [Any])?.first as? String ?? special.separator
    }
  }

  // MARK: - The files beside it

  /// Refuses tokenizers of other classes that have a `vocab.txt` too.
  private static func checkClass(_ values: [String: Any], of path: String) throws {
    guard let name = values["tokenizer_class"] as? String else { return }
    let known = [
      "Bert", "DistilBert", "Electra", "MPNet", "MobileBert", "SqueezeBert", "ConvBert", "Funnel", "LayoutLM", "Lxmert",
      "RetriBert", "DPRContextEncoder", "DPRQuestionEncoder", "DPRReader", "Realm", "PreTrained",
    ]
    let stem = name.replacing("TokenizerFast", with: "").replacing("Tokenizer", with: "")
    guard known.contains(stem) else {
      throw TokenizerFailure.otherKind(path: path, what: "a tokenizer of class \(name)")
    }
  }

  private mutating func readOptions(_ values: [String: Any]) {
    if let lowercase = values["do_lower_case"] as? Bool { normalizer.lowercase = lowercase }
    if let strip = values["strip_accents"] as? Bool { normalizer.stripAccents = strip }
    if let chinese = values["tokenize_chinese_chars"] as? Bool { normalizer.tokenizeChineseCharacters = chinese }
  }

  /// Names of special pieces, plain or as an object with the content; the first file that has one holds.
  private mutating func readNames(_ files: [[String: Any]]) {
    func name(_ key: String) -> String? {
      for values in files {
        if let text = values[key] as? String { return text }
        if let text = (values[key] as? [String: Any])?["content"] as? String { return text }
      }
      return nil
    }
    special.unknown = name("unk_token") ?? special.unknown
    special.classification = name("cls_token") ?? special.classification
    special.separator = name("sep_token") ?? special.separator
    special.padding = name("pad_token") ?? special.padding
    special.mask = name("mask_token") ?? special.mask
  }

  private mutating func readAdded(_ configuration: (path: String, values: [String: Any])?, _ list: String?) throws {
    if let configuration, let decoder = configuration.values["added_tokens_decoder"] as? [String: Any] {
      for (number, entry) in decoder.sorted(by: { $0.key < $1.key }) {
        guard let entry = entry as? [String: Any] else { continue }
        added.append(try addedPiece(entry, number: Int(number), path: configuration.path))
      }
    } else if let list {
      for (text, number) in try VocabularyFile.object(list).values.sorted(by: { $0.key < $1.key }) {
        added.append(try addedPiece(["content": text], number: number, path: list))
      }
    }
  }

  private func addedPiece(_ entry: [String: Any], number: Any?, path: String) throws -> AddedPiece {
    guard let text = entry["content"] as? String, let number = number as? Int, 0...1 << 24 ~= number else {
      throw TokenizerFailure.malformed(path: path, reason: "an added piece lacks its content or a number")
    }
    return AddedPiece(
      text, number: Int32(number), isWholeWord: entry["single_word"] as? Bool ?? false,
      isNormalized: entry["normalized"] as? Bool ?? false)
  }
}
