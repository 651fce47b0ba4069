import GroveKernels

extension NegativeRecipe {
  /// Uniform among what is most like the positive in the space of embeddings.
  ///
  /// - Source: ε-truncated sampling of BootEA (Sun 2018): the ⌈(1 − ε) C⌉ nearest, searched anew every some steps.
  static let truncated = NegativeRecipe(
    name: "truncated", title: "uniform among the nearest to the positive (BootEA)", type: .fixed, pool: .local,
    cost: "O(1) and a search", source: "Sun 2018",
    parameters: [NumberParameter("epsilon", 0.9, in: 0...0.999_999, "share of candidates that is too far")]
      + .refresh(1000)
  ) { setting, options in
    let count = Int(((1 - options["epsilon"]) * Double(setting.filter.candidateCount)).rounded(.up))
    let pool = TopCandidates(
      max(1, count), around: .positive, period: options.refreshPeriod, filter: setting.filter,
      sampler: "truncated")
    return ComposedSampler(
      "truncated", pool: pool, fallback: EveryCandidate(), choice: ScoredPool(), filter: setting.filter)
  }
}
