public import GroveGraphs
public import GroveTensors

/// What a node model gives for the targets of its last block.
public struct NodeOutput {
  /// The representation to export: the last one before the classifier that has seen the graph. [T, H]
  ///
  /// It is computed when it is asked for, where training does not need it.
  public var embedding: Tensor { makeEmbedding() }
  /// One score a class. [T, C]
  public let logits: Tensor
  private let makeEmbedding: () -> Tensor

  /// Output from its two parts, which have a row for each of the same targets.
  public init(embedding: @escaping @autoclosure () -> Tensor, logits: Tensor) {
    makeEmbedding = embedding
    self.logits = logits
  }
}

/// A model that classifies nodes.
public protocol NodeModel: Module {
  /// Number of blocks that one pass walks through. On a full graph each is the same block.
  var blockCount: Int { get }

  /// - Parameter features: rows of the first block's sources.
  /// - Precondition: `blocks.count == blockCount`.
  func callAsFunction(_ features: Tensor, over blocks: [Block]) -> NodeOutput
}

extension NodeModel {
  /// The model on a whole graph.
  public func callAsFunction(_ features: Tensor, on graph: Graph) -> NodeOutput {
    self(features, over: [Block](repeating: graph.block, count: blockCount))
  }
}

/// Where a model's input rows come from; text encoders conform too, so that training can tune them.
public protocol FeatureModule: Module {
  var width: Int { get }
  /// Rows of the given nodes, of all nodes where nil. - Shape: → [nodes, width].
  func features(of nodes: [Int32]?) -> Tensor
}

/// Features that training can change once it is told to, such as those of a pre-trained encoder.
public protocol TunableFeatures: FeatureModule {
  /// Whether rows are those of the encoder as it is now, recorded in training; before that they are those that it gave
  /// before any training.
  var isTuning: Bool { get set }

  /// Brings the rows that evaluation sees up to the weights as they are; does nothing where these have not changed.
  func refresh()
}

/// Given features, dense or sparse rows.
public final class FixedFeatures: FeatureModule {
  private let all: Tensor

  /// Features that training leaves as they are. [N, F]
  public init(_ features: Tensor) { all = features.detached() }
  /// F, the number of feature columns.
  public var width: Int { all.columns }
  /// Rows of the given nodes, of all nodes where nil. [nodes, F]
  public func features(of nodes: [Int32]?) -> Tensor { nodes.map { all.gathering(rows: $0) } ?? all }
}

/// One learned row a node, for graphs without features.
///
/// It knows only the nodes it was trained with.
///
/// - Start: normal of deviation 1, as PyTorch's embeddings. Weight decay leaves them alone: it would pull the rows of
///   nodes far from any training node to zero.
public final class LearnedFeatures: FeatureModule {
  /// The learned rows. [N, width]
  public let embedding: Parameter

  /// Random rows, one a node, of the given width.
  public init(nodeCount: Int, width: Int, from initializer: Initializer) {
    embedding = initializer.normal(nodeCount, width, deviation: 1, decayGroup: .none)
  }

  /// Number of learned columns.
  public var width: Int { embedding.shape.columns }
  /// Learned rows of the given nodes, of all nodes where nil. [nodes, width]
  public func features(of nodes: [Int32]?) -> Tensor {
    nodes.map { embedding.value.gathering(rows: $0) } ?? embedding.value
  }
}

/// Features and the model on them: what is trained and saved.
public final class NodeClassifier: Module {
  /// Where the model's input rows come from.
  public let features: any FeatureModule
  /// What turns input rows into embeddings and logits.
  public let model: any NodeModel

  /// A classifier of `model` on `features`; their widths must agree.
  public init(features: any FeatureModule, model: any NodeModel) {
    self.features = features
    self.model = model
  }

  /// Output for every node of a graph.
  ///
  /// - Parameter rows: input rows in place of the classifier's own, where these differ with what is seen of the graph.
  ///   [N, F]
  public func callAsFunction(on graph: Graph, features rows: Tensor? = nil) -> NodeOutput {
    model(rows ?? features.features(of: nil), on: graph)
  }
}
