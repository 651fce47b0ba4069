import Foundation
public import GroveGraphs
public import GroveKernels
public import GroveLayers
import GroveTensors

/// Texts through a BERT or DistilBERT model in the layout of sentence-transformers.
///
/// Tokens of a batch lie one after the other without padding, texts of about one length together, and attention stays
/// within a text: its row does not depend on what it shares a batch with.
///
/// - Complexity: O(tokens · d² · layers + Σ n² · d · layers) over texts of n tokens, and memory for `batchTokens` rows.
/// - Source: Reimers, Gurevych 2019; modules and settings as the sentence-transformers library saves them.
public final class BertEncoder: Module, TextEncoder {
  /// What happens to a text of more tokens than the model takes.
  public enum LongTexts: String, Sendable, Codable, CaseIterable {
    /// Its end is left out.
    case truncate
    /// It is cut into pieces that fit, and their rows are averaged by length.
    case average
  }

  /// What a user may choose.
  public struct Options: Sendable {
    /// Whether rows are brought to length 1; nil: as the model's modules say.
    public var normalizes: Bool?
    /// What happens to long texts.
    public var longTexts = LongTexts.truncate
    /// Most tokens of a text, special ones included; nil: what the model says.
    public var limit: Int?

    /// The model's own ways.
    public init() {}
  }

  /// Where its files lie.
  public let folder: String
  /// The encoder of tokens.
  public let model: BertModel
  let modules: SentenceModules
  /// Cuts texts into the model's pieces.
  public let tokenizer: any Tokenizer
  /// Most tokens of a text, special ones included.
  public let limit: Int
  private let options: Options
  private let normalizes: Bool
  /// Whether texts are put into lower case before they are cut, whatever the tokenizer does.
  private let lowercases: Bool
  /// The model's own default prompt, if it has one.
  public let usualPrefix: String
  /// Hash of the model's files.
  private let modelHash: String

  /// Rows of a batch: enough to fill the threads, few enough to stay near them.
  static let batchTokens = 2048

  /// Reads the model of a folder.
  ///
  /// - Throws: `EncoderFailure`, `SafetensorsFailure`, `FileFailure`: each names the file, and the tensor where it is one.
  /// - Complexity: O(bytes of the weights).
  public init(folder: String, options: Options = Options()) throws {
    guard AtomicFile.isFolder(folder) else { throw FileFailure.missing(path: folder) }
    self.folder = folder
    tokenizer = try WordPieceTokenizer(folder: folder)
    model = try BertModel(folder: folder)
    let configuration = model.configuration
    guard tokenizer.vocabularyCount <= configuration.vocabularyCount else {
      throw EncoderFailure.malformed(
        path: folder,
        reason:
          "the tokenizer has \(tokenizer.vocabularyCount) pieces and the weights \(configuration.vocabularyCount)",
        advice: "fetch the model again")
    }
    modules = try SentenceModules(folder: folder, width: configuration.width)
    let sentences = try ModelSettings.optional("\(folder)/sentence_bert_config.json")
    let words = try ModelSettings.optional("\(folder)/tokenizer_config.json")
    // Of the tokenizer's limits those that are no limits are numbers beyond all counts.
    let usual = words.map { $0.number("model_max_length", default: .infinity) } ?? .infinity
    let tokenizerLimit = usual >= 3 && usual < 1e9 ? Int(usual) : configuration.positionCount
    let most = min(
      try sentences?.count("max_seq_length", default: tokenizerLimit) ?? tokenizerLimit, configuration.positionCount)
    if let asked = options.limit, asked < 3 || asked > configuration.positionCount {
      throw EncoderFailure.option(
        encoder: "bert", reason: "texts of \(asked) tokens", advice: "choose 3 to \(configuration.positionCount)")
    }
    limit = options.limit ?? most
    lowercases = sentences?.flag("do_lower_case") ?? false
    let prompts = try ModelSettings.optional("\(folder)/config_sentence_transformers.json")
    let prompt = prompts.flatMap { file in file.text("default_prompt_name").flatMap { file.texts("prompts")[$0] } }
    usualPrefix = prompt ?? ""
    normalizes = options.normalizes ?? modules.normalizes
    self.options = options
    modelHash = try Checksum.sha256(ofFile: "\(folder)/model.safetensors")
  }

  /// Whether each text is one sequence, however long it is.
  var takesOneSequence: Bool { options.longTexts == .truncate }

  /// F.
  public var width: Int { modules.width }

  /// Hash of weights, vocabulary, the settings that rows depend on, and options.
  public var identity: String {
    let configuration = model.configuration
    let settings = [
      "bert", modelHash, configuration.family.rawValue, "\(configuration.layerCount)", "\(configuration.headCount)",
      "\(configuration.epsilon)", "\(configuration.activation)", tokenizer.identity, "\(limit)",
      options.longTexts.rawValue, "\(normalizes)", "\(lowercases)",
      modules.identity,
    ]
    return Checksum.sha256(Data(settings.joined(separator: "\n").utf8))
  }

  /// Rows of the texts.
  ///
  /// - Shape: [texts, F], dense.
  public func encode(_ texts: [String]) throws -> FeatureMatrix {
    let sequences = tokens(of: texts)
    let pieces = sequences.indices.flatMap { text in sequences[text].map { (text: text, ids: $0) } }
    let made = rows(of: pieces.map(\.ids))
    let lengths = pieces.map { Float($0.ids.count) }
    return .dense(values: .array(joined(made, pieces.map(\.text), lengths, count: texts.count)), width: width)
  }

  /// Rows of token sequences, in their order, not recorded: about one length at a time, each batch packed.
  ///
  /// - Shape: [sequences, F].
  public func rows(of sequences: [[Int32]]) -> FloatBuffer {
    let order = sequences.indices.sorted {
      let (a, b) = (sequences[$0].count, sequences[$1].count)
      return a != b ? a > b : $0 < $1
    }
    let made = FloatBuffer(count: sequences.count * width)
    var next = 0
    while next < order.count {
      let first = next
      var count = 0
      while next < order.count, next == first || count + sequences[order[next]].count <= BertEncoder.batchTokens {
        count += sequences[order[next]].count
        next += 1
      }
      let batch = order[first..<next]
      let tokens = PackedTokens(batch.map { sequences[$0] })
      let rows = Pass.evaluation { pooled(model(tokens), over: tokens.segments) }
      Kernels.scatter(rows.buffer, ids: batch.map { Int32($0) }, width: width, into: made)
    }
    return made
  }

  /// Rows of sequences out of rows of their tokens.
  ///
  /// - Shape: [tokens, d] → [sequences, F].
  func pooled(_ tokens: Tensor, over segments: Segments) -> Tensor {
    let rows = modules(tokens, over: segments)
    // Averaged pieces are brought to a length together.
    return normalizes && options.longTexts == .truncate ? rows.normalizedRows() : rows
  }

  /// The token sequences of each text: one, or several where long texts are cut.
  ///
  /// - Complexity: O(scalars), on all threads.
  public func tokens(of texts: [String]) -> [[[Int32]]] {
    let cutter = TextCutter(tokenizer: tokenizer, limit: limit, longTexts: options.longTexts, lowercases: lowercases)
    return Workers.mapChunks(of: texts.count, atLeast: 16) { range in range.map { cutter.sequences(of: texts[$0]) } }
      .flatMap { $0 }
  }

  /// Rows of texts out of rows of their pieces: means weighted by length.
  private func joined(_ rows: FloatBuffer, _ texts: [Int], _ lengths: [Float], count: Int) -> [Float] {
    if options.longTexts == .truncate { return rows.values }
    var result = [Float](repeating: 0, count: count * width)
    var weight = [Float](repeating: 0, count: count)
    rows.read { rows in
      for (piece, text) in texts.enumerated() {
        weight[text] += lengths[piece]
        for k in 0..<width { result[text * width + k] += lengths[piece] * rows[piece * width + k] }
      }
    }
    for text in 0..<count {
      var scale = 1 / weight[text]
      if normalizes {
        let row = result[text * width..<(text + 1) * width]
        scale = 1 / max(1e-12 * weight[text], row.reduce(0) { $0 + $1 * $1 }.squareRoot())
      }
      for k in text * width..<(text + 1) * width { result[k] *= scale }
    }
    return result
  }
}

/// Cuts texts into sequences that a model takes.
private struct TextCutter: Sendable {
  let tokenizer: any Tokenizer
  let limit: Int
  let longTexts: BertEncoder.LongTexts
  let lowercases: Bool

  func sequences(of given: String) -> [[Int32]] {
    let text = lowercases ? given.lowercased() : given
    if longTexts == .truncate { return [tokenizer.encode(text, limit: limit)] }
    let pieces = tokenizer.pieces(of: text)
    let room = limit - 2
    if pieces.count <= room { return [tokenizer.surrounded(pieces)] }
    return stride(from: 0, to: pieces.count, by: room).map {
      tokenizer.surrounded(Array(pieces[$0..<min($0 + room, pieces.count)]))
    }
  }
}
