import GroveKernels

extension NegativeRecipe {
  /// Of some draws the one whose hardness suits the positive.
  ///
  /// - Source: AHNS (Lai 2024), see `AdaptiveHardnessWeight`.
  static let ahns = NegativeRecipe(
    name: "ahns", title: "hardness that suits the positive (AHNS)", type: .hard, pool: .global, cost: "O(M · D)",
    source: "Lai 2024; numbers are ours, the paper tunes them for each set",
    parameters: [
      NumberParameter("draws", 32, in: 1...1e6, "M, draws for a negative"),
      NumberParameter("alpha", 1, in: -1e6...1e6, "added to the positive's score"),
      NumberParameter("beta", 0.5, in: -1e6...1e6, "factor of the target"),
      NumberParameter("power", -2, in: -16 ... -0.001, "p, below 0"),
    ]
  ) { setting, options in
    let weight = AdaptiveHardnessWeight(offset: options["alpha"], scale: options["beta"], power: options["power"])
    return ComposedSampler(
      "ahns", pool: EveryCandidate(), choice: BestOfDraws(draws: options.count("draws"), weight: weight),
      filter: setting.filter)
  }
}
