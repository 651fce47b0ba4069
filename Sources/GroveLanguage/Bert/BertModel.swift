import GroveKernels
public import GroveLayers
public import GroveTensors

/// Token sequences one after the other, without padding.
public struct PackedTokens: Sendable {
  /// Pieces of all sequences. [tokens]
  public let ids: [Int32]
  /// Place of each token in its own sequence. [tokens]
  public let positions: [Int32]
  /// Where each sequence lies.
  public let segments: Segments

  /// Packs sequences in the given order.
  public init(_ sequences: [[Int32]]) {
    ids = sequences.flatMap { $0 }
    positions = sequences.flatMap { 0..<Int32($0.count) }
    segments = Segments(offsets: sequences.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int64($1.count)) })
  }
}

/// A BERT or DistilBERT encoder: rows of tokens, each having seen its own sequence.
///
///     e = norm(word[id] + position[i] + type[0]), then the layers
///
/// All of it is frozen until `tune` or `adapt` is called.
///
/// - Source: Devlin 2019; Sanh 2019.
public final class BertModel: Module {
  /// Sizes and settings.
  public let configuration: BertConfiguration
  /// A row for each piece, read in place from the file. [V, d]
  public let words: Parameter
  /// A row for each place, with that of the first type added. [positions, d]
  public let places: Parameter
  /// The norm of the embeddings.
  public let norm: PretrainedNorm
  /// The layers, first to last.
  public let layers: [BertLayer]

  /// Reads `config.json` and `model.safetensors` of a folder.
  ///
  /// - Throws: `EncoderFailure`, `SafetensorsFailure` naming file and tensor, `FileFailure`.
  public init(folder: String) throws {
    let configuration = try BertConfiguration(folder: folder)
    let weights = try PretrainedWeights("\(folder)/model.safetensors", family: configuration.family)
    let d = configuration.width
    self.configuration = configuration
    words = Parameter(
      try weights.rows("embeddings.word_embeddings.weight", configuration.vocabularyCount, d), isTrainable: false)
    var places = try weights.rows("embeddings.position_embeddings.weight", configuration.positionCount, d)
    if configuration.typeCount > 0 {
      let types = try weights.rows("embeddings.token_type_embeddings.weight", configuration.typeCount, d)
      places = places.addingRow(types.gathering(rows: [0]))
    }
    self.places = Parameter(places, isTrainable: false)
    norm = try weights.norm("embeddings.LayerNorm", d, epsilon: configuration.epsilon)
    layers = try (0..<configuration.layerCount).map { try BertLayer($0, configuration, from: weights) }
  }

  /// Rows of all tokens after the last layer.
  ///
  /// - Parameter trace: told the rows of the embeddings and after each layer, where given.
  /// - Shape: [tokens, d].
  /// - Precondition: every id is in the vocabulary, every sequence within the positions.
  public func callAsFunction(_ tokens: PackedTokens, trace: ((Tensor) -> Void)? = nil) -> Tensor {
    through(0..<layers.count, embedded(tokens), tokens.segments, trace: trace)
  }

  /// Rows of all tokens after the layers that training leaves alone. [tokens, d]
  func frozenRows(_ tokens: PackedTokens) -> Tensor {
    through(0..<firstTrained, embedded(tokens), tokens.segments)
  }

  /// Rows after the last layer out of `frozenRows`. [tokens, d]
  func trainedRows(_ x: Tensor, over segments: Segments) -> Tensor {
    through(firstTrained..<layers.count, x, segments)
  }

  /// Number of the first layer that training changes; how many there are where it changes none.
  private var firstTrained: Int { layers.firstIndex { !$0.trainedModules.isEmpty } ?? layers.count }

  private func embedded(_ tokens: PackedTokens) -> Tensor {
    norm(words.value.gathering(rows: tokens.ids), plus: places.value.gathering(rows: tokens.positions))
  }

  private func through(
    _ range: Range<Int>, _ start: Tensor, _ segments: Segments, trace: ((Tensor) -> Void)? = nil
  ) -> Tensor {
    var x = start
    trace?(x)
    for layer in layers[range] {
      x = layer(x, over: segments)
      trace?(x)
    }
    return x
  }

  /// Lets training change the last `count` layers, and nothing else.
  ///
  /// - Precondition: 0 ≤ count ≤ the number of layers.
  public func tune(lastLayers count: Int) {
    precondition(count >= 0 && count <= layers.count, "BertModel: the last \(count) of \(layers.count) layers")
    for (number, layer) in layers.enumerated() { layer.tune(number >= layers.count - count) }
  }

  /// Puts low-rank adapters into every layer.
  ///
  /// - Parameters:
  ///   - rank: r.
  ///   - alpha: α; the adapter's result is scaled by α / r.
  public func adapt(rank: Int, alpha: Float, from initializer: Initializer) {
    precondition(rank >= 1, "BertModel: adapters of rank \(rank)")
    for layer in layers { layer.adapt(rank: rank, scale: alpha / Float(rank), from: initializer) }
  }

  /// What training changes: tuned layers and adapters.
  var trainedModules: [any Module] { layers.flatMap(\.trainedModules) }
}
