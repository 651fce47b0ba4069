import GroveGraphs
import GroveKernels

/// Keys of link training.
extension TrainingConfiguration {
  /// Whether links are learned.
  public var isLinks: Bool { task == "links" }

  /// Keys that mean nothing without link training.
  public static let linkKeys = ["decoder", "negatives", "negativeOptions", "negativeCount", "negativeTraining", "loss"]

  /// The metric that chooses the best epoch of node training; nil where none is named.
  public var metric: Metric? {
    get { metricKey.flatMap(Metric.init(rawValue:)) }
    set { metricKey = newValue?.rawValue }
  }

  /// The metric that chooses the best epoch of link training; nil where none is named.
  public var linkMetric: LinkMetric? { metricKey.flatMap(LinkMetric.init(key:)) }

  /// A metric that the task does not have, in words, or nil.
  var metricProblem: String? {
    guard let metricKey else { return nil }
    if isLinks {
      return linkMetric == nil
        ? "metric is '\(metricKey)'; links have auc, ap, mrr, and with a number such as 10: mrr@10, hits@10, recall@10, ndcg@10, precision@10"
        : nil
    }
    let names = Metric.allCases.map(\.rawValue)
    return names.contains(metricKey)
      ? nil : "metric is '\(metricKey)'; it must be one of \(names.joined(separator: ", "))"
  }

  /// The first impossible value of these keys, in words, or nil.
  var linkProblem: String? {
    guard isLinks else { return nil }
    if !LinkDecoders.names.contains(decoder) {
      return "decoder is '\(decoder)'; it must be one of \(LinkDecoders.names.joined(separator: ", "))"
    }
    if let negativeTraining, !["paper", "plain"].contains(negativeTraining) {
      return "negativeTraining is '\(negativeTraining)'; it must be one of paper, plain"
    }
    let useless = [
      ("relationFanouts", !relationFanouts.isEmpty), ("temporal", temporal),
      ("correctAndSmooth", correctAndSmooth != "none"), ("classWeights", classWeights != "none"),
      ("labelSmoothing", labelSmoothing != 0),
    ]
    return useless.first(where: \.1).map { "link training has no use for \($0.0); leave it out" }
  }

  /// Checks what stands in words: numbers of the model and of the sampler, names of sampler and loss.
  ///
  /// - Throws: `TrainingFailure.configuration` naming the key and the rule; `NegativeFailure` for the sampler's.
  func checkLinkOptions() throws {
    let recipe = try LinkCatalogue.recipe(named: model)
    _ = try recipe.numbers(methodOptions)
    _ = try NegativeLossCatalogue.recipe(named: loss ?? recipe.loss)
    let sampler = try NegativeCatalogue.recipe(named: negatives ?? recipe.negatives)
    _ = try sampler.options(negativeOptions)
  }

  /// Those of the given keys that matter elsewhere but not to this link model, in order.
  func unusedByLinks(among keys: some Collection<String>) throws -> [String] {
    let recipe = try LinkCatalogue.recipe(named: model)
    let special = Set(
      ModelCatalogue.recipes.flatMap(\.options) + LinkCatalogue.recipes.flatMap(\.options)
        + TrainingConfiguration.openWorldKeys
        + ["features", "normalizeFeatures", "otherFeatures", "replacement", "weightedSampling"])
    return keys.filter { special.contains($0) && !recipe.options.contains($0) }.sorted()
  }
}
