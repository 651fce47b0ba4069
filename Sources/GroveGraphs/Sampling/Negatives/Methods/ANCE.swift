import GroveKernels

extension NegativeRecipe {
  /// Uniform among the best-scored candidates of each anchor, searched anew now and then.
  ///
  /// - Source: ANCE (Xiong 2021). Differs: the search is exact.
  static let ance = NegativeRecipe(
    name: "ance", title: "uniform among the best-scored, renewed (ANCE)", type: .hard, pool: .local,
    cost: "O(1) and a search", source: "Xiong 2021",
    parameters: [
      NumberParameter("top", 200, in: 1...1e6, "candidates that are kept"),
      NumberParameter("refresh", 5000, in: 0...1e9, "steps between searches; 0: one search"),
    ]
  ) { setting, options in
    let pool = TopCandidates(
      options.count("top"), refreshPeriod: options.count("refresh"), filter: setting.filter, sampler: "ance")
    return ComposedSampler("ance", pool: pool, choice: ScoredPool(), filter: setting.filter)
  }
}
