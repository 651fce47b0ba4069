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
  public static let recipes: [ModelRecipe] = [
    ModelRecipe(
      name: "gcn", title: "Graph convolutional network", task: "nodes",
      source: "Kipf, Welling 2017; learning rate, decay, dropout and epochs of its experiments, hidden width 64",
      options: ["hidden", "layers", "dropout", "norm", "residual"], defaults: { _ in },
      kind: .trained { shape, options, start in
        stack(shape, options, start) { i, o, _ in GCNConvolution(i, o, from: start) }
      }),
    ModelRecipe(
      name: "sage", title: "GraphSAGE", task: "nodes",
      source: "Hamilton, Ying, Leskovec 2017; training recipe as gcn",
      options: ["hidden", "layers", "dropout", "norm", "residual", "aggregator", "normalizeEmbeddings"],
      defaults: { _ in },
      kind: .trained { shape, options, start in
        stack(shape, options, start) { i, o, _ in
          SAGEConvolution(
            i, o, aggregator: options.aggregator, normalized: options.normalizeEmbeddings, from: start)
        }
      }),
    ModelRecipe(
      name: "gat", title: "Graph attention network", task: "nodes",
      source:
        "Veličković 2018; 8 heads of 8, dropout 0.6, learning rate 0.005, patience 100 of its experiments; best epoch by validation loss",
      options: [
        "hidden", "layers", "heads", "outputHeads", "dropout", "attentionDropout", "norm", "residual", "metric",
      ],
      defaults: attentionDefaults,
      kind: .trained { shape, options, start in
        attentionStack(shape, options, start) { i, o, heads, merge in
          GATConvolution(
            i, o, heads: heads, merge: merge, attentionDropout: options.attentionDropout, from: start)
        }
      }),
    ModelRecipe(
      name: "gatv2", title: "Graph attention network with dynamic attention", task: "nodes",
      source: "Brody, Alon, Yahav 2022; training recipe as gat",
      options: [
        "hidden", "layers", "heads", "outputHeads", "dropout", "attentionDropout", "norm", "residual", "metric",
      ],
      defaults: attentionDefaults,
      kind: .trained { shape, options, start in
        attentionStack(shape, options, start) { i, o, heads, merge in
          GATv2Convolution(
            i, o, heads: heads, merge: merge, attentionDropout: options.attentionDropout, from: start)
        }
      }),
    ModelRecipe(
      name: "sgc", title: "Simple graph convolution", task: "nodes",
      source:
        "Wu 2019; 2 propagations, learning rate 0.1, no dropout; weight decay chosen on the validation nodes of Cora and Citeseer with row-normalised features",
      options: ["propagations", "dropout"],
      defaults: {
        $0.dropout = 0
        $0.lr = 0.1
        $0.weightDecay = 5e-5
      },
      kind: .trained { shape, options, start in
        SGC(
          shape.inputWidth, shape.classCount, propagations: options.propagations, dropout: options.dropout,
          from: start)
      }),
    ModelRecipe(
      name: "appnp", title: "Predict, then propagate by personalised PageRank", task: "nodes",
      source: "Gasteiger, Bojchevski, Günnemann 2019; hidden 64, 10 steps, teleport 0.1",
      options: ["hidden", "layers", "dropout", "propagations", "alpha"],
      defaults: { $0.propagations = 10 },
      kind: .trained { shape, options, start in
        APPNP(
          widths: widths(shape, options), steps: options.propagations, teleport: options.alpha,
          dropout: options.dropout, from: start)
      }),
    ModelRecipe(
      name: "gcnii", title: "Deep graph convolutions with initial residual and identity mapping", task: "nodes",
      source:
        "Chen 2020; 64 layers of 64, dropout 0.6, alpha 0.1, theta 0.5, decay 0.01 (convolutions) and 5e-4 (dense); best epoch by validation loss",
      options: ["hidden", "layers", "dropout", "alpha", "theta", "sharedWeights", "weightDecay2", "metric"],
      defaults: {
        $0.layers = 64
        $0.dropout = 0.6
        $0.weightDecay = 0.01
        $0.weightDecay2 = 5e-4
        $0.epochs = 1500
        $0.metric = .loss
      },
      kind: .trained { shape, options, start in
        GCNII(
          shape.inputWidth, hidden: options.hidden, shape.classCount, layers: options.layers, alpha: options.alpha,
          theta: options.theta, sharedWeights: options.sharedWeights, dropout: options.dropout, from: start)
      }),
    ModelRecipe(
      name: "mlp", title: "Dense layers on each node's own features", task: "nodes",
      source: "the baseline without a graph of Kipf, Welling 2017; training recipe as gcn",
      options: ["hidden", "layers", "dropout", "norm"], defaults: { _ in },
      kind: .trained { shape, options, start in
        MLP(widths: widths(shape, options), norm: options.norm, dropout: options.dropout, from: start)
      }),
    ModelRecipe(
      name: "label-propagation", title: "Known classes spread along edges", task: "nodes",
      source: "Zhu, Ghahramani 2002; Zhou 2004; 50 steps, alpha 0.9",
      options: ["propagations", "alpha"],
      defaults: {
        $0.propagations = 50
        $0.alpha = 0.9
      },
      kind: .propagation { LabelPropagation(steps: $0.propagations, alpha: $0.alpha) }),
  ]

  /// Keys of every model that is trained by gradients.
  public static let trainingOptions = [
    "optimizer", "lr", "weightDecay", "schedule", "warmup", "epochs", "patience", "labelSmoothing", "classWeights",
  ]

  /// - Throws: `TrainingFailure.configuration` that lists the names.
  public static func recipe(named name: String) throws -> ModelRecipe {
    guard let recipe = recipes.first(where: { $0.name == name }) else {
      throw TrainingFailure.configuration(
        "there is no model '\(name)'; choose one of \(recipes.map(\.name).joined(separator: ", "))")
    }
    return recipe
  }

  private static let attentionDefaults: @Sendable (inout TrainingConfiguration) -> Void = {
    $0.hidden = 8
    $0.heads = 8
    $0.dropout = 0.6
    $0.attentionDropout = 0.6
    $0.lr = 0.005
    $0.epochs = 1000
    $0.metric = .loss
  }

  private static func widths(_ shape: ModelShape, _ options: TrainingConfiguration) -> [Int] {
    [shape.inputWidth] + [Int](repeating: options.hidden, count: options.layers - 1) + [shape.classCount]
  }

  private static func stack(
    _ shape: ModelShape, _ options: TrainingConfiguration, _ start: Initializer,
    activation: ElementwiseFunction = .relu, _ make: (Int, Int, Int) -> any GraphConvolution
  ) -> ConvolutionStack {
    let widths = widths(shape, options)
    return assembled(widths, options, start, activation: activation) { make(widths[$0], widths[$0 + 1], $0) }
  }

  /// Hidden layers concatenate their heads; the last one averages `outputHeads`.
  private static func attentionStack(
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

  private static func assembled(
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
