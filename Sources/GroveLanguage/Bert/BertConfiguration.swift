import GroveKernels

/// Sizes and settings of a BERT or DistilBERT encoder, as its `config.json` gives them.
///
/// - Source: Devlin 2019, section 3; Sanh 2019, section 3; keys as the transformers library writes them.
public struct BertConfiguration: Sendable {
  /// Whose names the weights have.
  public enum Family: String, Sendable { case bert, distilbert }

  /// Whose names the weights have.
  public let family: Family
  /// d, columns of a token's row.
  public let width: Int
  /// Number of layers.
  public let layerCount: Int
  /// H, attention heads of a layer.
  public let headCount: Int
  /// Columns between the two dense layers after attention.
  public let innerWidth: Int
  /// V, pieces of the vocabulary.
  public let vocabularyCount: Int
  /// Longest sequence in tokens, special ones included.
  public let positionCount: Int
  /// Kinds of segments of which texts take the first; 0 where the model has none.
  public let typeCount: Int
  /// ε of the layer norms.
  public let epsilon: Float
  /// Share of a hidden row dropped while the encoder is trained.
  public let dropout: Float
  /// What stands between the two dense layers.
  let activation: ElementwiseFunction

  /// Reads `config.json` of a model's folder.
  ///
  /// - Throws: `EncoderFailure` for a model of another kind or settings that cannot be.
  public init(folder: String) throws {
    let settings = try ModelSettings("\(folder)/config.json")
    let kind = settings.text("model_type") ?? "bert"
    guard let family = Family(rawValue: kind) else {
      throw EncoderFailure.unsupported(
        path: settings.path, reason: "a model of type '\(kind)' is not read",
        advice: "give a bert or distilbert model")
    }
    self.family = family
    width = try settings.count("hidden_size", "dim")
    layerCount = try settings.count("num_hidden_layers", "n_layers")
    headCount = try settings.count("num_attention_heads", "n_heads")
    innerWidth = try settings.count("intermediate_size", "hidden_dim")
    vocabularyCount = try settings.count("vocab_size")
    positionCount = try settings.count("max_position_embeddings")
    typeCount = family == .bert ? try settings.count("type_vocab_size", default: 2) : 0
    // DistilBERT's is fixed and not in its file.
    epsilon = Float(settings.number("layer_norm_eps", default: 1e-12))
    dropout = Float(settings.number(family == .bert ? "hidden_dropout_prob" : "dropout", default: 0.1))
    switch settings.text("hidden_act") ?? settings.text("activation") ?? "gelu" {
    case "gelu": activation = .gelu
    case "relu": activation = .relu
    case let other:
      throw EncoderFailure.unsupported(
        path: settings.path, reason: "activation '\(other)' is not known", advice: "give a model with gelu or relu")
    }
    let positions = settings.text("position_embedding_type") ?? "absolute"
    guard positions == "absolute", !settings.flag("sinusoidal_pos_embds") || family == .distilbert else {
      throw EncoderFailure.unsupported(
        path: settings.path, reason: "'\(positions)' positions are not read", advice: "give a model with absolute ones")
    }
    guard width % headCount == 0 else {
      throw EncoderFailure.malformed(
        path: settings.path, reason: "\(width) columns do not divide into \(headCount) heads",
        advice: "fetch the model again")
    }
  }
}
