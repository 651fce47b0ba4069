import Foundation
import GroveKernels
import GroveLanguage
import TestSupport
import Testing

/// Reading tokenizers out of folders as the field's tools write them.
@Suite struct TokenizerFolderTests {
  private static let vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ngraph\n##s\nGraph\ncaf\u{E9}\ncafe\n"

  /// A `tokenizer.json` with a normalizer, a list of added pieces and the vocabulary of that many pieces.
  private static func json(
    normalizer: String = #"{"type": "BertNormalizer", "lowercase": true}"#, added: String = "[]",
    vocabulary: String = ###"{"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "graph": 4, "##s": 5}"###,
    cutter: String = #"{"type": "BertPreTokenizer"}"#, more: String = ""
  ) -> String {
    """
    {"version": "1.0", "truncation": {"max_length": 3, "strategy": "LongestFirst", "stride": 0},
     "padding": {"strategy": {"Fixed": 8}, "pad_id": 0, "pad_token": "[PAD]"}, "added_tokens": \(added),
     "normalizer": \(normalizer), "pre_tokenizer": \(cutter), \(more)
     "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
       "max_input_chars_per_word": 7, "vocab": \(vocabulary)}}
    """
  }

  private func read(_ files: [String: String]) throws -> WordPieceTokenizer {
    let folder = try ScratchFolder()
    try write(files, into: folder)
    return try WordPieceTokenizer(folder: folder.path)
  }

  /// The failure of reading, and its message; the folder's path stands as FOLDER.
  private func failure(_ files: [String: String]) throws -> String {
    let folder = try ScratchFolder()
    try write(files, into: folder)
    do {
      _ = try WordPieceTokenizer(folder: folder.path)
    } catch let error as any Failure {
      return error.description.replacing(folder.path, with: "FOLDER")
    }
    return "none"
  }

  @Test func `A list of pieces alone is an uncased tokenizer`() throws {
    let tokenizer = try read(["vocab.txt": Self.vocabulary])
    #expect(tokenizer.vocabularyCount == 10)
    #expect(tokenizer.encode("Graphs caf\u{E9} [MASK]", limit: 9) == [2, 5, 6, 9, 4, 3])
    let windows = try read(["vocab.txt": Self.vocabulary.replacing("\n", with: "\r\n")])
    #expect(windows.vocabularyCount == 10)
    #expect(windows.pieces(of: "graphs") == [5, 6])
    let unended = try read(["vocab.txt": String(Self.vocabulary.dropLast())])
    #expect(unended == tokenizer)
  }

  @Test func `The configuration's options hold, and then those of the tokenizer's file`() throws {
    let configuration = #"{"do_lower_case": false, "strip_accents": null, "tokenizer_class": "BertTokenizer"}"#
    let cased = try read(["vocab.txt": Self.vocabulary, "tokenizer_config.json": configuration])
    #expect(cased.pieces(of: "Graph caf\u{E9}") == [7, 8])
    let both = try read([
      "vocab.txt": Self.vocabulary, "tokenizer_config.json": configuration, "tokenizer.json": Self.json(),
    ])
    #expect(both.normalizer == WordPieceNormalizer(lowercase: false))
    let file = try read([
      "vocab.txt": Self.vocabulary,
      "tokenizer.json": Self.json(
        normalizer: """
          {"type": "BertNormalizer", "clean_text": false, "handle_chinese_chars": false, "strip_accents": true,
           "lowercase": false}
          """),
    ])
    #expect(
      file.normalizer
        == WordPieceNormalizer(
          cleansText: false, lowercase: false, stripAccents: true, tokenizeChineseCharacters: false))
    #expect(file.longestWord == 7)
    #expect(
      try read(["tokenizer.json": Self.json(normalizer: "null")]).normalizer
        == WordPieceNormalizer(
          cleansText: false, lowercase: false, stripAccents: false, tokenizeChineseCharacters: false))
  }

  @Test func `A tokenizer's file alone is enough, and neither its truncation nor its padding is obeyed`() throws {
    let tokenizer = try read(["tokenizer.json": Self.json()])
    #expect(tokenizer.vocabularyCount == 6)
    #expect(tokenizer.encode("graphs graphs graphs", limit: 64) == [2, 4, 5, 4, 5, 4, 5, 3])
    #expect(tokenizer.encode("graph", limit: 64) == [2, 4, 3])
    #expect(tokenizer.mask == nil)
  }

  @Test func `Keys of a vocabulary are read byte by byte, escapes undone`() throws {
    let vocabulary =
      #"{"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "é": 3, "e\u0301": 4, "\ud83d\ude00": 5, "\"": 6, "\\": 7, "{": 9}"#
    let tokenizer = try read([
      "tokenizer.json": Self.json(
        normalizer: #"{"type": "BertNormalizer", "lowercase": false}"#,
        vocabulary: vocabulary.replacing("é", with: "\u{E9}"))
    ])
    #expect(tokenizer.pieces(of: "\u{E9} e\u{301} \u{1F600} \" \\ {") == [3, 4, 5, 6, 7, 9])
    #expect(tokenizer.text(of: 8) == nil)
    #expect(tokenizer.vocabularyCount == 10)
  }

  @Test func `Special pieces bear the names that the files give them`() throws {
    let vocabulary = "<pad>\n<s>\n</s>\n[UNK]\ngraph\n<mask>\n"
    let configuration =
      #"{"cls_token": "<s>", "sep_token": {"content": "</s>", "lstrip": false}, "pad_token": "<pad>"}"#
    let map = #"{"cls_token": "[CLS]", "mask_token": {"content": "<mask>", "lstrip": true}}"#
    let tokenizer = try read([
      "vocab.txt": vocabulary, "tokenizer_config.json": configuration, "special_tokens_map.json": map,
    ])
    #expect(tokenizer.encode("graph <mask> <S>", limit: 20) == [1, 4, 5, 3, 3, 3, 2])
    #expect([tokenizer.padding, tokenizer.mask] == [0, 5])
    // Without those files the template of the tokenizer's own names the ends.
    let template = """
      "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
       {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}]},
      """
    let other = #""post_processor": {"type": "BertProcessing", "sep": ["</s>", 2], "cls": ["<s>", 1]},"#
    for more in [template, other] {
      let alone = try read([
        "tokenizer.json": Self.json(vocabulary: #"{"<s>": 1, "</s>": 2, "[UNK]": 3, "graph": 4}"#, more: more)
      ])
      #expect(alone.encode("graph", limit: 9) == [1, 4, 2])
    }
  }

  @Test func `Added pieces come from whichever file has them`() throws {
    let added = #"[{"id": 10, "content": "state-of", "single_word": false, "normalized": false, "special": false}]"#
    let inFile = try read(["vocab.txt": Self.vocabulary, "tokenizer.json": Self.json(added: added)])
    let decoder = #"{"added_tokens_decoder": {"10": {"content": "state-of", "normalized": false}}}"#
    let inConfiguration = try read(["vocab.txt": Self.vocabulary, "tokenizer_config.json": decoder])
    let inList = try read(["vocab.txt": Self.vocabulary, "added_tokens.json": #"{"state-of": 10}"#])
    for tokenizer in [inFile, inConfiguration, inList] {
      #expect(tokenizer.pieces(of: "graph state-of graph") == [5, 10, 5])
      #expect(tokenizer.vocabularyCount == 11)
    }
  }

  @Test func `What cannot be read is told with the file's name`() throws {
    let restore = "; restore the file"
    #expect(
      try failure([:])
        == "FOLDER: has no tokenizer, neither vocab.txt nor tokenizer.json; give the folder of a model with its tokenizer"
    )
    #expect(
      try failure(["vocab.txt": "a\nb\n"])
        == "FOLDER/vocab.txt: the vocabulary lacks [UNK], which every text needs; restore the file or name the piece in tokenizer_config.json"
    )
    #expect(try failure(["vocab.txt": ""]).hasPrefix("FOLDER/vocab.txt: the vocabulary lacks [UNK]"))
    #expect(
      try failure(["tokenizer.json": "{\"model\": "]) == "FOLDER/tokenizer.json: it is not a JSON object" + restore)
    #expect(try failure(["tokenizer.json": "[]"]) == "FOLDER/tokenizer.json: it is not a JSON object" + restore)
    #expect(try failure(["tokenizer.json": "{}"]) == "FOLDER/tokenizer.json: it has no object model" + restore)
    #expect(
      try failure(["vocab.txt": Self.vocabulary, "tokenizer_config.json": "no"])
        == "FOLDER/tokenizer_config.json: it is not a JSON object" + restore)
    #expect(
      try failure(["tokenizer.json": Self.json(vocabulary: "[]")])
        == "FOLDER/tokenizer.json: it has no object model.vocab" + restore)
    for number in ["-1", "1.5", "\"1\"", "99999999999999999999", "16777217"] {
      #expect(
        try failure(["tokenizer.json": Self.json(vocabulary: "{\"a\": \(number)}")])
          == "FOLDER/tokenizer.json: the number of piece 'a' is not a whole number from 0 to 16777216" + restore)
    }
    #expect(
      try failure(["tokenizer.json": Self.json(added: #"[{"content": "a"}]"#)])
        == "FOLDER/tokenizer.json: an added piece lacks its content or a number" + restore)
  }

  @Test func `Tokenizers of other kinds are not read yet, and say so`() throws {
    let choose = ", which is not read yet; choose a model with a WordPiece tokenizer"
    #expect(
      try failure(["tokenizer.json": #"{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}"#])
        == "FOLDER/tokenizer.json: holds a tokenizer of kind BPE" + choose)
    #expect(
      try failure(["tokenizer.json": #"{"model": {"type": "Unigram", "vocab": [["a", 0.5]]}}"#])
        == "FOLDER/tokenizer.json: holds a tokenizer of kind Unigram" + choose)
    #expect(
      try failure(["tokenizer.json": Self.json(normalizer: #"{"type": "NFKC"}"#)])
        == "FOLDER/tokenizer.json: holds the normalizer NFKC" + choose)
    #expect(
      try failure(["tokenizer.json": Self.json(cutter: #"{"type": "ByteLevel"}"#)])
        == "FOLDER/tokenizer.json: holds the pre-tokenizer ByteLevel" + choose)
    #expect(
      try failure([
        "vocab.txt": Self.vocabulary, "tokenizer_config.json": #"{"tokenizer_class": "BertJapaneseTokenizer"}"#,
      ])
        == "FOLDER/tokenizer_config.json: holds a tokenizer of class BertJapaneseTokenizer" + choose)
    for name in ["BertTokenizer", "DistilBertTokenizerFast", "PreTrainedTokenizerFast"] {
      let files = ["vocab.txt": Self.vocabulary, "tokenizer_config.json": "{\"tokenizer_class\": \"\(name)\"}"]
      #expect(try read(files).pieces(of: "graph") == [5])
    }
  }
}
