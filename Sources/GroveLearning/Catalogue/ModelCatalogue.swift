import GroveKernels
public import GroveLayers

/// What a recipe needs to know of the data.
public struct ModelShape: Sendable {
  /// Number of feature columns.
  public let inputWidth: Int
  /// Number of classes, which is the number of logits.
  public let classCount: Int
  /// Mean of log(d + 1) over the nodes of the graph to train on, d the number of edges into a node; above 0.
  public let averageLogDegree: Float

  /// The shape of data with so many feature columns and classes.
  public init(inputWidth: Int, classCount: Int, averageLogDegree: Float = 1) {
    self.inputWidth = inputWidth
    self.classCount = classCount
    self.averageLogDegree = averageLogDegree
  }
}

/// What a recipe of a heterogeneous model needs to know of the data.
public struct HeteroShape: Sendable {
  /// The node types and relations.
  public let schema: HeteroSchema
  /// Number of feature columns of each type.
  public let inputWidths: [Int]
  /// Place of the classified type among the types.
  public let target: Int
  /// Number of classes, which is the number of logits.
  public let classCount: Int

  /// The shape of data with those types, relations and numbers.
  public init(schema: HeteroSchema, inputWidths: [Int], target: Int, classCount: Int) {
    self.schema = schema
    self.inputWidths = inputWidths
    self.target = target
    self.classCount = classCount
  }
}

/// A model by name: its defaults, where they come from, and how it is made.
public struct ModelRecipe: Sendable {
  /// Name that `--model` takes, such as `gcn`.
  public let name: String
  /// The model's full name, for people.
  public let title: String
  /// The task that it solves, as `--task` takes it.
  public let task: String
  /// Paper, and where the default values come from.
  public let source: String
  /// Configuration keys that change this model beside those common to all.
  public let options: [String]
  /// Changes the general defaults to the model's own.
  public let defaults: @Sendable (inout TrainingConfiguration) -> Void
  /// Whether it is trained or computed, and how it is made.
  public let kind: Kind

  /// How a model comes to be.
  public enum Kind: Sendable {
    /// Trained by gradients.
    case trained(@Sendable (ModelShape, TrainingConfiguration, Initializer) -> any NodeModel)
    /// Trained by gradients on all node types and relations, or on the meta-paths of the classified type.
    case heterogeneous(
      usesMetaPaths: Bool, @Sendable (HeteroShape, TrainingConfiguration, Initializer) -> any HeteroModel)
    /// Computed at once from the known labels.
    case propagation(@Sendable (TrainingConfiguration) -> LabelPropagation)
  }

  /// Whether the model sees several types of nodes or relations.
  public var isHeterogeneous: Bool {
    if case .heterogeneous = kind { true } else { false }
  }

  /// Whether the model sees meta-paths in place of relations.
  public var usesMetaPaths: Bool {
    if case .heterogeneous(let usesMetaPaths, _) = kind { usesMetaPaths } else { false }
  }

  /// Those of the given configuration keys that matter to other models but not to this one, in order.
  public func unused(among keys: some Collection<String>) -> [String] {
    var special = Set(ModelCatalogue.recipes.flatMap(\.options))
    if case .propagation = kind { special.formUnion(ModelCatalogue.trainingOptions) }
    return keys.filter { special.contains($0) && !options.contains($0) }.sorted()
  }
}

/// Every model.
///
/// A new one is a line here and a file in GroveLayers.
public enum ModelCatalogue {
  /// The recipes in the order in which `grove models list` shows them.
  public static let recipes: [ModelRecipe] = basic + convolutions + heterophily + heterogeneous

  /// Keys of every model that is trained by gradients.
  public static let trainingOptions = [
    "optimizer", "lr", "weightDecay", "schedule", "warmup", "epochs", "patience", "labelSmoothing", "classWeights",
    "correctAndSmooth", "correctionScale", "correctionAlpha", "smoothingAlpha", "correctionSteps",
  ]

  /// - Throws: `TrainingFailure.configuration` that lists the names.
  public static func recipe(named name: String) throws -> ModelRecipe {
    guard let recipe = recipes.first(where: { $0.name == name }) else {
      throw TrainingFailure.configuration(
        "there is no model '\(name)'; choose one of \(recipes.map(\.name).joined(separator: ", "))")
    }
    return recipe
  }

  /// Keys of models that are convolutions in a row.
  static let stackOptions = ["hidden", "layers", "dropout", "norm", "residual", "jumping", "recompute"]
  /// Keys of convolutions in a row that have heads.
  static let attentionOptions = stackOptions + ["heads", "outputHeads", "attentionDropout"]

  static let attentionDefaults: @Sendable (inout TrainingConfiguration) -> Void = {
    $0.hidden = 8
    $0.heads = 8
    $0.dropout = 0.6
    $0.attentionDropout = 0.6
    $0.lr = 0.005
    $0.epochs = 1000
    $0.metric = .loss
  }

  static func widths(_ shape: ModelShape, _ options: TrainingConfiguration) -> [Int] {
    [shape.inputWidth] + [Int](repeating: options.hidden, count: options.layers - 1) + [shape.classCount]
  }

  static func stack(
    _ shape: ModelShape, _ options: TrainingConfiguration, _ start: Initializer,
    activation: ElementwiseFunction = .relu, _ make: (Int, Int, Int) -> any GraphConvolution
  ) -> ConvolutionStack {
    let widths = layerWidths(shape, options, hidden: options.hidden)
    return assembled(widths, shape, options, start, activation: activation) { make(widths[$0], widths[$0 + 1], $0) }
  }

  /// Hidden layers concatenate their heads; the last one averages `outputHeads` where it gives the logits.
  static func attentionStack(
    _ shape: ModelShape, _ options: TrainingConfiguration, _ start: Initializer,
    activation: ElementwiseFunction = .elu(alpha: 1), _ make: (Int, Int, Int, HeadMerge) -> any GraphConvolution
  ) -> ConvolutionStack {
    let widths = layerWidths(shape, options, hidden: options.hidden * options.heads)
    return assembled(widths, shape, options, start, activation: activation) { layer in
      layer == options.layers - 1 && options.jumping == .none
        ? make(widths[layer], shape.classCount, options.outputHeads, .mean)
        : make(widths[layer], options.hidden, options.heads, .concatenated)
    }
  }

  /// Widths before, between and after the convolutions: the last is that of the classes, or with jumping knowledge hidden.
  static func layerWidths(_ shape: ModelShape, _ options: TrainingConfiguration, hidden: Int) -> [Int] {
    [shape.inputWidth] + [Int](repeating: hidden, count: options.layers - 1)
      + [options.jumping == .none ? shape.classCount : hidden]
  }

  static func assembled(
    _ widths: [Int], _ shape: ModelShape, _ options: TrainingConfiguration, _ start: Initializer,
    activation: ElementwiseFunction, _ make: (Int) -> any GraphConvolution
  ) -> ConvolutionStack {
    let (layers, jumping) = (options.layers, options.jumping)
    let convolutions = (0..<layers).map(make)
    let hidden = 0..<(jumping == .none ? layers - 1 : layers)
    let norms = hidden.compactMap { options.norm.make(widths[$0 + 1], from: start) }
    let residuals = options.residual ? hidden.map { Linear(widths[$0], widths[$0 + 1], from: start) } : []
    var head: ConvolutionStack.Head?
    if jumping != .none {
      let width = widths[layers]
      head = ConvolutionStack.Head(
        JumpingKnowledge(jumping, width: width, layers: layers, from: start),
        Linear(JumpingKnowledge.width(jumping, of: width, layers: layers), shape.classCount, from: start))
    }
    return ConvolutionStack(
      convolutions: convolutions, norms: norms, residuals: residuals, head: head, dropout: options.dropout,
      recomputes: options.recompute,
      activation: activation)
  }
}
