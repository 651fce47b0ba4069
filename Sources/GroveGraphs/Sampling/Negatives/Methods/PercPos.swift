import GroveKernels

extension NegativeRecipe {
  /// The best-scored candidates below a share of the positive's score.
  ///
  /// - Source: NV-Retriever (Moreira 2024), TopK-PercPos; `mine_hard_negatives` of sentence-transformers has the same
  ///   margins, but takes the positive of the query before where queries have unequal numbers of positives.
  static let percPos = NegativeRecipe(
    name: "percpos", title: "best-scored below a share of the positive (NV-Retriever)", type: .hard, pool: .local,
    cost: "O(K)", source: "Moreira 2024",
    parameters: [
      NumberParameter("share", 0.95, in: 0...1, "share of the positive's score that may be reached"),
      NumberParameter("from", 0, in: 0...1e6, "first place in the order of scores"),
      .top(200),
    ] + .refresh(2000)
  ) { setting, options in
    let pool = options.topCandidates(setting, sampler: "percpos")
    var window = ScoreWindow()
    window.shareOfPositive = options["share"]
    window.ranks = options.count("from")..<Int.max
    return ComposedSampler(
      "percpos", pool: pool, choice: WindowedChoice([window], takesBest: true, fills: true), filter: setting.filter)
  }
}
