import GroveKernels

extension NegativeRecipe {
  /// The best-scored candidates themselves, searched at every step.
  ///
  /// - Source: ADORE (Zhan 2021), whose candidates stay fixed while anchors are trained.
  static let adore = NegativeRecipe(
    name: "adore", title: "the best-scored, searched at every step (ADORE)", type: .hard, pool: .local,
    cost: "O(C · D)",
    source: "Zhan 2021",
    parameters: [.top(200)] + .refresh(1)
  ) { setting, options in
    let pool = options.topCandidates(setting, sampler: "adore")
    return ComposedSampler("adore", pool: pool, choice: BestOfPool(), filter: setting.filter)
  }
}
