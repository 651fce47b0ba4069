import GroveKernels

extension NegativeRecipe {
  /// Uniform among the best-scored candidates of each anchor, searched anew now and then.
  ///
  /// - Source: ANCE (Xiong 2021). Differs: the search is exact.
  static let ance = NegativeRecipe(
    name: "ance", title: "uniform among the best-scored, renewed (ANCE)", type: .hard, pool: .local,
    cost: "O(1) and a search", source: "Xiong 2021",
    parameters: [.top(200)] + .refresh(5000)
  ) { setting, options in
    let pool = options.topCandidates(setting, sampler: "ance")
    return ComposedSampler("ance", pool: pool, choice: ScoredPool(), filter: setting.filter)
  }
}
