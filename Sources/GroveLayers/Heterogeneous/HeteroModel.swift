public import GroveGraphs
public import GroveKernels
public import GroveTensors

/// What a model over several types gives for the targets of its last block.
public struct HeteroOutput {
  /// The representation to export, by type. Each [T, H]
  public let embeddings: [Tensor]
  /// One score a class for the targets of the classified type. [T, C]
  public let logits: Tensor

  /// Output from its parts.
  public init(embeddings: [Tensor], logits: Tensor) { (self.embeddings, self.logits) = (embeddings, logits) }
}

/// A model that classifies the nodes of one type of a graph with several.
public protocol HeteroModel: Module {
  /// Number of blocks that one pass walks through. On a full graph each is the same block.
  var blockCount: Int { get }

  /// - Parameter features: rows of the first block's sources, one tensor a type.
  /// - Precondition: `blocks.count == blockCount`.
  func callAsFunction(_ features: [Tensor], over blocks: [HeteroBlock]) -> HeteroOutput
}

extension HeteroModel {
  /// The model on a whole graph.
  public func callAsFunction(_ features: [Tensor], on graph: HeteroGraph) -> HeteroOutput {
    self(features, over: [HeteroBlock](repeating: graph.block, count: blockCount))
  }
}

/// A dense layer for each type, convolutions over the relations, and a dense layer that classifies one type.
///
///     x → dropout → dense of the type → activation → dropout → convolution → activation → … → dropout → dense → logits
public final class HeteroStack: HeteroModel {
  /// One dense layer a type, which brings its features to one width; empty where the first convolution does so itself.
  public let inputs: [Linear]
  /// The convolutions, at least one.
  public let convolutions: [any HeteroConvolution]
  /// What makes the logits of the classified type. [H, C]
  public let output: Linear
  /// Place of the classified type among the types.
  public let target: Int
  /// Share of each layer's input that is zeroed in training, in 0..<1.
  public let dropout: Float
  /// Function of every entry after each convolution; nil for convolutions that have their own.
  public let activation: ElementwiseFunction?

  /// A model from its layers.
  public init(
    inputs: [Linear], convolutions: [any HeteroConvolution], output: Linear, target: Int, dropout: Float,
    activation: ElementwiseFunction?
  ) {
    precondition(!convolutions.isEmpty, "HeteroStack: no convolutions")
    self.inputs = inputs
    self.convolutions = convolutions
    self.output = output
    self.target = target
    self.dropout = dropout
    self.activation = activation
  }

  /// One block for each convolution.
  public var blockCount: Int { convolutions.count }

  /// Logits of the classified type's targets, and all types' rows after the last convolution as embeddings.
  public func callAsFunction(_ features: [Tensor], over blocks: [HeteroBlock]) -> HeteroOutput {
    precondition(blocks.count == blockCount, "HeteroStack: \(blocks.count) blocks for \(blockCount) convolutions")
    var h = features
    if !inputs.isEmpty {
      h = zip(inputs, blocks[0].dropped(features, dropout)).map { $0($1).relu() }
    }
    for (convolution, block) in zip(convolutions, blocks) {
      h = convolution(block.dropped(h, dropout), over: block)
      if let activation { h = h.map { $0.applying(activation) } }
    }
    let last = blocks[blocks.count - 1]
    let logits = output(h[target].droppedOut(dropout, rowIDs: last.targets[target].ids))
    return HeteroOutput(embeddings: h, logits: logits)
  }
}

/// Simple-HGN: a dense layer for each type, attention with vectors for the relations, logits of length 1.
///
/// - Source: Lv 2021, section 4. Differs: the embedding is the input of the last layer.
public final class SimpleHGN: HeteroModel {
  /// One dense layer a type.
  public let inputs: [Linear]
  /// The convolutions; the last one gives the logits.
  public let convolutions: [SimpleHGNConvolution]
  /// Place of the classified type among the types.
  public let target: Int
  /// Share of each layer's input that is zeroed in training, in 0..<1.
  public let dropout: Float

  /// A model from its layers.
  public init(inputs: [Linear], convolutions: [SimpleHGNConvolution], target: Int, dropout: Float) {
    precondition(!convolutions.isEmpty, "SimpleHGN: no convolutions")
    self.inputs = inputs
    self.convolutions = convolutions
    self.target = target
    self.dropout = dropout
  }

  /// One block for each convolution.
  public var blockCount: Int { convolutions.count }

  /// Logits of the classified type's targets, and all types' rows before the last convolution as embeddings.
  public func callAsFunction(_ features: [Tensor], over blocks: [HeteroBlock]) -> HeteroOutput {
    precondition(blocks.count == blockCount, "SimpleHGN: \(blocks.count) blocks for \(blockCount) convolutions")
    var h = zip(inputs, features).map { $0($1) }
    var attention: SimpleHGNConvolution.Attention?
    var embeddings = h
    for (layer, (convolution, block)) in zip(convolutions, blocks).enumerated() {
      let isLast = layer == convolutions.count - 1
      embeddings = isLast ? block.targetRows(of: h) : h
      // The last layer has heads of its own number, so it takes up no attention.
      let result = convolution(block.dropped(h, dropout), over: block, after: isLast ? nil : attention)
      attention = result.attention
      h = isLast ? result.rows : result.rows.map { $0.elu() }
    }
    return HeteroOutput(embeddings: embeddings, logits: h[target].normalizedRows())
  }
}

/// Features of every type and the model on them: what is trained and saved.
public final class HeteroClassifier: Module {
  /// Where each type's input rows come from.
  public let features: [any FeatureModule]
  /// What turns input rows into embeddings and logits.
  public let model: any HeteroModel
  /// Place of the classified type among the types.
  public let target: Int

  /// A classifier of `model` on `features`, one a type; their widths must agree.
  public init(features: [any FeatureModule], model: any HeteroModel, target: Int) {
    self.features = features
    self.model = model
    self.target = target
  }

  /// Output for every node of a graph.
  public func callAsFunction(on graph: HeteroGraph) -> HeteroOutput {
    model(features.map { $0.features(of: nil) }, on: graph)
  }
}

extension HeteroBlock {
  /// Dropout of each type's source rows, keyed by node.
  func dropped(_ rows: [Tensor], _ rate: Float) -> [Tensor] {
    zip(rows, sources).map { $0.droppedOut(rate, rowIDs: $1.ids) }
  }
}
