import GroveKernels

/// Every sampler by name.
public enum NegativeCatalogue {
  /// The samplers, in the order of the review's types.
  public static let recipes: [NegativeRecipe] = [
    .uniform, .unigram, .logUniform, .bernoulli, .pseudoTyped, .truncated, .structureAware, .walkSANS, .pinSage,
    .pageRankBand, .walkCounts, .samWalker, .heart,
    .warp, .dns, .adaptiveOversampling, .semiHard, .mined, .ance, .adore, .rocketQA, .anceTele, .simANS, .triSampler,
    .percPos,
    .mcns, .recNS, .mixGCF, .srns, .dens, .ahns, .mochi, .selfAdversarial, .prioritized,
    .nsCaching, .adaSim,
    .inBatch, .correctedInBatch, .mixed, .crossBatch, .moco, .batchSampler, .debiased, .hardContrastive,
  ]

  /// The sampler of that name.
  ///
  /// - Throws: `NegativeFailure.unknownSampler` with the nearest name.
  public static func recipe(named name: String) throws(NegativeFailure) -> NegativeRecipe {
    guard let found = recipes.first(where: { $0.name == name }) else {
      throw .unknownSampler(name: name, nearest: recipes.map(\.name).nearest(to: name))
    }
    return found
  }
}
