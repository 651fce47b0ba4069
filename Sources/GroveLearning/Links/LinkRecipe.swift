public import GroveGraphs
public import GroveKernels
public import GroveLayers

/// What a link model needs to know to be made.
public struct LinkShape {
  /// What links run between.
  public let data: LinkData
  /// The links.
  public let split: LinkSplit
  /// What may be walked on and what messages pass over: the split's messages. [N nodes]
  public let messages: Graph
  /// The run's configuration.
  public let configuration: TrainingConfiguration
  /// The model's own numbers.
  public let options: NumberOptions
}

/// A link model by name: its defaults, where they come from, its encoder, and which pairs it learns.
public struct LinkRecipe: Sendable {
  /// Pairs to learn.
  public struct Positives {
    /// Where they come from.
    public var source: any PositiveSource
    /// What they run between where that is not what links do.
    public var ends: LinkEnds?
    /// Pairs that are never negatives and make degrees, with all nodes numbered together; nil: the training links.
    public var known: EdgeList?

    /// Pairs between links' own ends unless told otherwise.
    public init(source: any PositiveSource, ends: LinkEnds? = nil, known: EdgeList? = nil) {
      (self.source, self.ends, self.known) = (source, ends, known)
    }
  }

  /// Name that `--model` takes, such as `deepwalk`.
  public let name: String
  /// The model's full name, for people.
  public let title: String
  /// Paper, and where the default values come from.
  public let source: String
  /// Configuration keys that change this model.
  public let options: [String]
  /// Numbers that no other model has, for `--method-options`.
  public let parameters: [NumberParameter]
  /// Whether it reads features of nodes.
  public let readsFeatures: Bool
  /// Whether it walks along meta-paths of the whole graph.
  public let walksMetaPaths: Bool
  /// Number of sampled blocks that a model of a configuration walks through; nil where it needs whole graphs or none.
  public let sampledBlocks: @Sendable (TrainingConfiguration) -> Int?
  /// The loss that it is trained with unless told otherwise.
  public let loss: String
  /// The sampler that it is trained with unless told otherwise.
  public let negatives: String
  /// Changes the defaults of link training to the model's own.
  public let defaults: @Sendable (inout TrainingConfiguration) -> Void
  /// The encoder with its start.
  public let makeEncoder: @Sendable (LinkShape, Initializer) throws -> any LinkEncoder
  /// What it learns.
  public let makePositives: @Sendable (LinkShape) throws -> Positives

  /// A recipe; what is left out is as in most models.
  public init(
    name: String, title: String, source: String, options: [String], parameters: [NumberParameter] = [],
    readsFeatures: Bool = false, walksMetaPaths: Bool = false,
    sampledBlocks: @escaping @Sendable (TrainingConfiguration) -> Int? = { _ in nil }, loss: String, negatives: String,
    defaults: @escaping @Sendable (inout TrainingConfiguration) -> Void,
    makeEncoder: @escaping @Sendable (LinkShape, Initializer) throws -> any LinkEncoder,
    makePositives: @escaping @Sendable (LinkShape) throws -> Positives = {
      Positives(source: LinkPositives(of: $0.split))
    }
  ) {
    (self.name, self.title, self.source, self.parameters) = (name, title, source, parameters)
    self.options = options + LinkCatalogue.options
    (self.readsFeatures, self.walksMetaPaths, self.sampledBlocks) = (readsFeatures, walksMetaPaths, sampledBlocks)
    (self.loss, self.negatives) = (loss, negatives)
    (self.defaults, self.makeEncoder, self.makePositives) = (defaults, makeEncoder, makePositives)
  }

  /// Its numbers, from words such as `window=10`.
  ///
  /// - Throws: `TrainingFailure.configuration` naming the word and the rule.
  func numbers(_ words: [String]) throws -> NumberOptions {
    do {
      return try NumberOptions(parameters, words: words, of: name)
    } catch {
      throw TrainingFailure.configuration("methodOptions holds \(error.message)")
    }
  }
}
