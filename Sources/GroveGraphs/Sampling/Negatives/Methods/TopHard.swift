import GroveKernels

extension NegativeRecipe {
  /// The best-scored candidates themselves, searched at every step.
  ///
  /// - Source: ADORE (Zhan 2021), whose candidates stay fixed while anchors are trained.
  static let adore = NegativeRecipe(
    name: "adore", title: "the best-scored, searched at every step (ADORE)", type: .hard, pool: .local,
    cost: "O(C · D)",
    source: "Zhan 2021",
    parameters: [
      NumberParameter("top", 200, in: 1...1e6, "candidates that are kept"),
      NumberParameter("refresh", 1, in: 0...1e9, "steps between searches; 0: one search"),
    ]
  ) { setting, options in
    let pool = TopCandidates(
      options.count("top"), refreshPeriod: options.count("refresh"), filter: setting.filter, sampler: "adore")
    return ComposedSampler("adore", pool: pool, choice: BestOfPool(), filter: setting.filter)
  }
}
