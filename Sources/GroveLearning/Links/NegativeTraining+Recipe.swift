public import GroveGraphs
import GroveKernels

/// A word of `NegativeRecipe.training` that is no loss.
enum TrainingPart: String, CaseIterable, Sendable {
  /// Candidates are mixed with the positive.
  case positiveMixing = "mixgcf"
  /// Gates choose among candidates.
  case gatedChoice = "dens"
  /// Negatives are mixed with each other and with the anchor.
  case queueMixing = "mochi"
  /// The most alike of a region is merged with an exposure.
  case merging = "merge"
  /// Batches come from walks over alike anchors.
  case proximityWalk = "proximity-walk"
  /// A second judge says which candidates may be positives.
  case teacher
}

extension NegativeTraining {
  /// What a recipe's words ask for.
  ///
  /// A word is a loss of `NegativeLossCatalogue` with its numbers, or a part of training. Numbers of the sampler that the loss has
  /// too are the loss's, so that both have one margin.
  ///
  /// - Parameter words: the sampler's numbers, such as `prior=0.05`.
  /// - Throws: `NegativeFailure.parameter`; `TrainingFailure.configuration` for a word that is neither.
  public init(of recipe: NegativeRecipe, on setting: NegativeSetting, words: [String] = []) throws {
    self.init()
    let options = try recipe.options(words)
    for word in recipe.training {
      if let part = TrainingPart(rawValue: word) {
        add(part, options, setting)
      } else {
        let own = try NegativeTraining.loss(word, of: recipe, options)
        loss = own
        correction = Correction(of: own)
      }
    }
    if case .logQ = correction, let rate = recipe.value("rate", options), rate > 0 { correction = .logQ(rate: rate) }
  }

  private mutating func add(_ part: TrainingPart, _ options: NumberOptions, _ setting: NegativeSetting) {
    switch part {
    case .positiveMixing: synthesis = .positiveMixing(PositiveMixing(), candidates: options.count("candidates"))
    case .gatedChoice:
      synthesis = .gatedChoice(
        candidates: options.count("candidates"), warmUp: options.count("warmup"), contrast: options.float("contrast"))
    case .queueMixing:
      synthesis = .queueMixing(
        pairs: options["pairs"], withAnchor: options["with-anchor"], warmUp: options.count("warmup"))
    case .merging:
      synthesis = .regionMerging(
        RegionMerging(negativeCount: options.count("merged")), candidates: options.count("candidates"),
        exposures: setting.exposures)
    case .proximityWalk:
      batches = ProximityWalkBatches(over: setting.isSquare ? setting.positives : setting.hops.rows)
    case .teacher: teacher = NeighborhoodScorer(setting.hops)
    }
  }

  /// The sampler's name of a loss's number, where it is not the same.
  private static let synonyms = ["sharpness": "alpha", "concentration": "beta"]

  private static func loss(
    _ word: String, of recipe: NegativeRecipe, _ options: NumberOptions
  ) throws -> NegativeLoss {
    let parts = word.split(separator: " ").map(String.init)
    guard let name = parts.first, let made = NegativeLossCatalogue.recipes.first(where: { $0.name == name }) else {
      throw TrainingFailure.configuration(
        "sampler '\(recipe.name)' asks training for '\(word)', which is no loss and no part of training; use a loss or one of \(TrainingPart.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    let shared = made.parameters.compactMap { parameter -> String? in
      let value =
        recipe.value(parameter.name, options) ?? synonyms[parameter.name].flatMap { recipe.value($0, options) }
      return value.map { "\(parameter.name)=\($0)" }
    }
    return try made(parts.dropFirst() + shared)
  }
}

extension NegativeRecipe {
  /// The value of one of its numbers; nil where it has none of that name.
  fileprivate func value(_ name: String, _ options: NumberOptions) -> Double? {
    parameters.contains { $0.name == name } ? options[name] : nil
  }
}
