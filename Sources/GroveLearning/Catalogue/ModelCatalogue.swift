import GroveKernels
public import GroveLayers

/// What a recipe needs to know of the data.
public struct ModelShape: Sendable {
  /// Number of feature columns.
  public let inputWidth: Int
  /// Number of classes, which is the number of logits.
  public let classCount: Int

  /// The shape of data with so many feature columns and classes.
  public init(inputWidth: Int, classCount: Int) {
    self.inputWidth = inputWidth
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
    /// Computed at once from the known labels.
    case propagation(@Sendable (TrainingConfiguration) -> LabelPropagation)
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
    let widths = widths(shape, options)
    return assembled(widths, options, start, activation: activation) { make(widths[$0], widths[$0 + 1], $0) }
  }

  /// Hidden layers concatenate their heads; the last one averages `outputHeads`.
  static func attentionStack(
    _ shape: ModelShape, _ options: TrainingConfiguration, _ start: Initializer,
    _ make: (Int, Int, Int, HeadMerge) -> any GraphConvolution
  ) -> ConvolutionStack {
    let hidden = [Int](repeating: options.hidden * options.heads, count: options.layers - 1)
    let widths = [shape.inputWidth] + hidden + [shape.classCount]
    return assembled(widths, options, start, activation: .elu(alpha: 1)) { layer in
      layer == options.layers - 1
        ? make(widths[layer], shape.classCount, options.outputHeads, .mean)
        : make(widths[layer], options.hidden, options.heads, .concatenated)
    }
  }

  static func assembled(
    _ widths: [Int], _ options: TrainingConfiguration, _ start: Initializer, activation: ElementwiseFunction,
    _ make: (Int) -> any GraphConvolution
  ) -> ConvolutionStack {
    let convolutions = (0..<options.layers).map(make)
    let inner = 0..<options.layers - 1
    return ConvolutionStack(
      convolutions: convolutions, norms: inner.compactMap { options.norm.make(widths[$0 + 1], from: start) },
      residuals: options.residual ? inner.map { Linear(widths[$0], widths[$0 + 1], from: start) } : [],
      dropout: options.dropout, activation: activation)
  }
}
