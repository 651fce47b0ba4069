import GroveGraphs
import GroveLayers

/// Every model of links.
///
/// A new one is a line here and a file in `Models`; every encoder of `ModelCatalogue` is one too.
public enum LinkCatalogue {
  /// The recipes that are of links alone, in the order in which `grove models list` shows them.
  public static let recipes: [LinkRecipe] = [
    DeepWalk.recipe,
    DeepWalk.biasedRecipe,
    MetaPath2Vec.recipe,
    LINE.recipe,
    MatrixFactorization.recipe,
    LightGCN.recipe,
  ]

  /// The model that is trained unless told otherwise.
  public static let usualModel = "gcn"

  /// Configuration keys of every model.
  static let options = [
    "decoder", "negatives", "negativeOptions", "negativeCount", "negativeTraining", "loss", "batch", "methodOptions",
    "optimizer", "lr",
    "weightDecay", "schedule", "warmup", "epochs", "patience", "metric",
  ]

  /// A recipe by name: one of links alone, or an encoder of node classification.
  ///
  /// - Throws: `TrainingFailure.configuration` that lists the names.
  public static func recipe(named name: String) throws -> LinkRecipe {
    if let recipe = recipes.first(where: { $0.name == name }) { return recipe }
    let encoders = ModelCatalogue.recipes.compactMap(LinkRecipe.init(encoder:))
    if let recipe = encoders.first(where: { $0.name == name }) { return recipe }
    let names = (recipes + encoders).map(\.name)
    throw TrainingFailure.configuration(
      "there is no link model '\(name)'; choose one of \(names.joined(separator: ", "))")
  }
}

extension LinkRecipe {
  /// A graph model whose outputs are rows of nodes; nil for what sees several types or learns nothing.
  init?(encoder recipe: ModelRecipe) {
    guard case .trained(let make) = recipe.kind, !LinkCatalogue.recipes.contains(where: { $0.name == recipe.name })
    else { return nil }
    self.init(
      name: recipe.name, title: recipe.title, source: recipe.source,
      options: recipe.options.filter { $0 != "metric" } + ["features", "normalizeFeatures"]
        + recipe.samplingOptions.filter { ["fanouts", "replacement"].contains($0) }, readsFeatures: true,
      sampledBlocks: recipe.sampledBlocks, loss: "pointwise", negatives: "uniform",
      defaults: {
        recipe.defaults(&$0)
        ($0.dropout, $0.attentionDropout, $0.weightDecay, $0.lr, $0.metricKey) = (0, 0, 0, 0.01, nil)
        ($0.epochs, $0.patience) = (100, 20)
      },
      makeEncoder: { shape, start in
        let options = shape.configuration
        let hasHeads = recipe.options.contains("heads")
        let width = options.hidden * (hasHeads ? options.heads : 1)
        guard let features = shape.data.features(options, on: shape.messages) else {
          preconditionFailure("LinkRecipe: an encoder without features")
        }
        let module = try features.module(nodeCount: shape.messages.nodeCount, from: start)
        let model = make(
          ModelShape(
            inputWidth: module.width, classCount: width, averageLogDegree: shape.messages.averageLogDegree), options,
          start)
        return GraphLinkEncoder(features: module, model: model, width: width, isLayerwise: options.isSampled)
      })
  }
}

/// Decoders by name.
enum LinkDecoders {
  static let names = ["dot", "cosine", "bilinear", "distmult", "mlp"]

  /// - Precondition: one of `names`.
  static func make(_ name: String, width: Int, from start: Initializer) -> any LinkDecoder {
    switch name {
    case "dot": DotDecoder()
    case "cosine": CosineDecoder()
    case "bilinear": BilinearDecoder(width: width, from: start)
    case "distmult": DistMultDecoder(width: width, from: start)
    case "mlp": MLPDecoder(width: width, from: start)
    default: preconditionFailure("LinkDecoders: '\(name)'")
    }
  }
}
