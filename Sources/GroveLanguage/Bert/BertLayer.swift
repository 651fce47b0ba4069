import GroveKernels
public import GroveLayers
public import GroveTensors

/// Layer norm of a sum, with numbers that were read.
///
///     y = (a + b − mean(row)) / √(variance(row) + ε) · weight + bias
public final class PretrainedNorm: Module {
  /// Scale of each column. [1, d]
  public let weight: Parameter
  /// Shift of each column. [1, d]
  public let bias: Parameter
  let epsilon: Float

  init(weight: Tensor, bias: Tensor, epsilon: Float) {
    self.weight = Parameter(weight, isTrainable: false, decayGroup: .none)
    self.bias = Parameter(bias, isTrainable: false, decayGroup: .none)
    self.epsilon = epsilon
  }

  /// y of each row. [N, d] and [N, d] → [N, d]
  public func callAsFunction(_ a: Tensor, plus b: Tensor) -> Tensor {
    a.layerNormalized(adding: b, weight: weight.value, bias: bias.value, epsilon: epsilon)
  }
}

/// A layer of a BERT encoder over packed sequences.
///
///     x = norm(x + attention(x) · Wo + bo),   x = norm(x + W2 · gelu(W1 · x + b1) + b2)
///
/// - Shape: x [tokens, d] → [tokens, d].
/// - Complexity: O(tokens · d² + Σ n² · d) over sequences of n tokens.
/// - Source: Devlin 2019; Vaswani 2017, section 3. Differs: attention weights are not dropped in training.
public final class BertLayer: Module {
  /// Projection of the queries.
  public let query: PretrainedLinear
  /// Projection of the keys.
  public let key: PretrainedLinear
  /// Projection of the values.
  public let value: PretrainedLinear
  /// Projection after attention.
  public let output: PretrainedLinear
  /// The norm after attention.
  public let attentionNorm: PretrainedNorm
  /// W1.
  public let widening: PretrainedLinear
  /// W2.
  public let narrowing: PretrainedLinear
  /// The norm at the end.
  public let outputNorm: PretrainedNorm
  private let heads: Int
  private let activation: ElementwiseFunction
  private let dropout: Float

  init(_ number: Int, _ configuration: BertConfiguration, from weights: PretrainedWeights) throws {
    let (d, inner, epsilon) = (configuration.width, configuration.innerWidth, configuration.epsilon)
    let names = LayerNames(configuration.family, layer: number)
    query = try weights.linear(names.query, d, d)
    key = try weights.linear(names.key, d, d)
    value = try weights.linear(names.value, d, d)
    output = try weights.linear(names.output, d, d)
    attentionNorm = try weights.norm(names.attentionNorm, d, epsilon: epsilon)
    widening = try weights.linear(names.widening, d, inner)
    narrowing = try weights.linear(names.narrowing, inner, d)
    outputNorm = try weights.norm(names.outputNorm, d, epsilon: epsilon)
    heads = configuration.headCount
    activation = configuration.activation
    dropout = configuration.dropout
  }

  /// The rows after this layer.
  public func callAsFunction(_ x: Tensor, over segments: Segments) -> Tensor {
    let mixed = query(x).segmentAttention(keys: key(x), values: value(x), heads: heads, segments: segments)
    let attended = attentionNorm(dropped(output(mixed)), plus: x)
    return outputNorm(dropped(narrowing(widening(attended).applying(activation))), plus: attended)
  }

  private func dropped(_ x: Tensor) -> Tensor {
    guard !trainedModules.isEmpty, let stream = Pass.nextStream() else { return x }
    return x.dropout(dropout, using: stream)
  }

  /// Every number of the layer is trained, or none.
  func tune(_ isTuned: Bool) {
    for linear in [query, key, value, output, widening, narrowing] { linear.isTuned = isTuned }
    for norm in [attentionNorm, outputNorm] {
      norm.weight.isTrainable = isTuned
      norm.bias.isTrainable = isTuned
    }
  }

  /// What training changes of it: all, its adapters, or nothing.
  var trainedModules: [any Module] {
    query.isTuned ? [self] : [query, value].compactMap(\.adapter)
  }

  /// Adapters beside the projections of queries and values, as their authors found best.
  func adapt(rank: Int, scale: Float, from initializer: Initializer) {
    for linear in [query, value] { linear.adapt(rank: rank, scale: scale, from: initializer) }
  }
}

/// What the two families call the parts of a layer.
private struct LayerNames {
  let query, key, value, output, attentionNorm, widening, narrowing, outputNorm: String

  init(_ family: BertConfiguration.Family, layer: Int) {
    switch family {
    case .bert:
      let base = "encoder.layer.\(layer)"
      (query, key, value) = (
        "\(base).attention.self.query", "\(base).attention.self.key", "\(base).attention.self.value"
      )
      (output, attentionNorm) = ("\(base).attention.output.dense", "\(base).attention.output.LayerNorm")
      (widening, narrowing) = ("\(base).intermediate.dense", "\(base).output.dense")
      outputNorm = "\(base).output.LayerNorm"
    case .distilbert:
      let base = "transformer.layer.\(layer)"
      (query, key, value) = ("\(base).attention.q_lin", "\(base).attention.k_lin", "\(base).attention.v_lin")
      (output, attentionNorm) = ("\(base).attention.out_lin", "\(base).sa_layer_norm")
      (widening, narrowing) = ("\(base).ffn.lin1", "\(base).ffn.lin2")
      outputNorm = "\(base).output_layer_norm"
    }
  }
}
