import GroveKernels

extension NegativeRecipe {
  /// Uniform among the best-scored candidates, those of the search before, and the nearest to the positive.
  ///
  /// - Source: ANCE-Tele (Sun 2022): a momentum of old negatives, and a look ahead at what will be confused next.
  static let anceTele = NegativeRecipe(
    name: "ance-tele", title: "best-scored, those before, and near the positive (ANCE-Tele)", type: .hard, pool: .local,
    cost: "O(1) and searches", source: "Sun 2022",
    parameters: [.top(200)] + .refresh(5000) + [
      NumberParameter("momentum", 1, in: 0...1e6, "share of the search before, the current one being 1"),
      NumberParameter("lookahead", 1, in: 0...1e6, "share of the nearest to the positive"),
    ]
  ) { setting, options in
    func top(_ center: TopCandidates.Center) -> TopCandidates {
      options.topCandidates(around: center, setting, sampler: "ance-tele")
    }
    let current = top(.anchor)
    let pool = UnionCandidates([
      (1, current), (options["momentum"], current.previous), (options["lookahead"], top(.positive)),
    ])
    return ComposedSampler("ance-tele", pool: pool, choice: ScoredPool(), filter: setting.filter)
  }
}
