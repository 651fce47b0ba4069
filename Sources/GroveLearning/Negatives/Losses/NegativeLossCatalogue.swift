public import GroveKernels

/// A loss by name: its numbers, where it comes from, and how it is made.
public struct NegativeLossRecipe: Sendable {
  /// Name, such as `info-nce`.
  public let name: String
  /// The loss's full name, for people.
  public let title: String
  /// Paper, and where the default values come from.
  public let source: String
  /// Its numbers with their defaults.
  public let parameters: [NumberParameter]
  fileprivate let make: @Sendable (NumberOptions) -> NegativeLoss.Kind

  /// The loss with numbers such as `temperature=0.2`, all others as usual.
  ///
  /// - Throws: `TrainingFailure.configuration` naming the number that the loss does not have or that is out of range.
  public func callAsFunction(_ words: [String] = []) throws -> NegativeLoss {
    do {
      return NegativeLoss(make(try NumberOptions(parameters, words: words, of: name)))
    } catch {
      throw TrainingFailure.configuration("the loss is given \(error.message)")
    }
  }
}

/// Every loss on positives and negatives by name.
public enum NegativeLossCatalogue {
  /// The loss's recipe.
  ///
  /// - Throws: `TrainingFailure.configuration` with all names where there is no such loss.
  public static func recipe(named name: String) throws -> NegativeLossRecipe {
    guard let recipe = recipes.first(where: { $0.name == name }) else {
      throw TrainingFailure.configuration(
        "there is no loss '\(name)'; use one of \(recipes.map(\.name).joined(separator: ", "))")
    }
    return recipe
  }

  private static let prior = NumberParameter("prior", 0.1, in: 0...0.99, "share of negatives that are positives")

  private static func temperature(_ usual: Double) -> NumberParameter {
    NumberParameter("temperature", usual, in: 1e-3...1e3, "what scores are divided by")
  }

  private static func margin(_ usual: Double) -> NumberParameter {
    NumberParameter("margin", usual, in: -1e6...1e6, "by how much the positive must win")
  }

  /// The recipes in the order of `NegativeLoss.Kind`.
  public static let recipes: [NegativeLossRecipe] = [
    NegativeLossRecipe(
      name: "skip-gram", title: "skip-gram with negatives (NEG)", source: "Mikolov 2013, eq. 4", parameters: [],
      make: { _ in .skipGram }),
    NegativeLossRecipe(
      name: "nce", title: "noise-contrastive estimation", source: "Gutmann, Hyvärinen 2010", parameters: [],
      make: { _ in .noiseContrastive }),
    NegativeLossRecipe(
      name: "pointwise", title: "binary cross-entropy", source: "weights 1/k as knowledge-graph code has them",
      parameters: [], make: { _ in .pointwise }),
    NegativeLossRecipe(
      name: "self-adversarial", title: "self-adversarial negatives", source: "Sun 2019 (RotatE); margin of its 6–24",
      parameters: [margin(12), NumberParameter("sharpness", 1, in: -1e3...1e3, "how far weights follow scores")],
      make: { .selfAdversarial(margin: $0.float("margin"), sharpness: $0.float("sharpness")) }),
    NegativeLossRecipe(
      name: "bpr", title: "Bayesian personalized ranking", source: "Rendle 2009", parameters: [], make: { _ in .bpr }),
    NegativeLossRecipe(
      name: "hinge", title: "hinge (triplet)", source: "margin 1, own choice", parameters: [margin(1)],
      make: { .hinge(margin: $0.float("margin")) }),
    NegativeLossRecipe(
      name: "warp", title: "weighted approximate-rank pairwise", source: "Weston, Bengio, Usunier 2011",
      parameters: [margin(1)], make: { .warp(margin: $0.float("margin")) }),
    NegativeLossRecipe(
      name: "k-pair", title: "multi-class k-pair", source: "Sohn 2016; InfoNCE at temperature 1", parameters: [],
      make: { _ in .kPair }),
    NegativeLossRecipe(
      name: "info-nce", title: "InfoNCE", source: "van den Oord 2018, eq. 4; temperature as in SimCLR's .1–.5",
      parameters: [temperature(0.1)], make: { .infoNCE(temperature: $0.float("temperature")) }),
    NegativeLossRecipe(
      name: "sampled-softmax", title: "sampled softmax with logQ", source: "Bengio, Senécal 2008; Yi 2019",
      parameters: [temperature(1)], make: { .sampledSoftmax(temperature: $0.float("temperature")) }),
    NegativeLossRecipe(
      name: "debiased", title: "debiased contrastive (DCL)", source: "Chuang 2020",
      parameters: [prior, temperature(0.5)],
      make: { .debiased(prior: $0.float("prior"), temperature: $0.float("temperature")) }),
    NegativeLossRecipe(
      name: "hard", title: "debiased contrastive with hard negatives (HCL)", source: "Robinson 2021",
      parameters: [
        NumberParameter("concentration", 1, in: 0...1e3, "how far weights follow scores"), prior, temperature(0.5),
        NumberParameter("flows-through-weights", 0, in: 0...1, "1: the gradient goes through the weights too"),
      ],
      make: {
        .hard(
          concentration: $0.float("concentration"), prior: $0.float("prior"), temperature: $0.float("temperature"),
          flowsThroughWeights: $0.count("flows-through-weights") == 1)
      }),
  ]
}
