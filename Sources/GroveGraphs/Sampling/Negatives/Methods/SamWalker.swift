import GroveKernels

extension NegativeRecipe {
  /// Candidates that the anchor was shown, or that walks reach, and some of all.
  ///
  /// Exposures are those of the setting; without any, the ends of random walks of three steps by their chance.
  ///
  /// - Source: view-aware sampling (Ding 2018) and SamWalker (Chen 2019). Differs: walks go by edges alone, without learned
  ///   restarts.
  static let samWalker = NegativeRecipe(
    name: "exposure", title: "what the anchor was shown or walks reach (SamWalker)", type: .fixed, pool: .local,
    cost: "O(log n)", source: "Ding 2018; Chen 2019",
    parameters: [
      NumberParameter("share", 0.5, in: 0...1, "share of exposures"),
      NumberParameter("steps", 3, in: 1...15, "steps of a walk where there are no exposures"),
    ]
  ) { setting, options in
    let local: any CandidatePool
    if let exposures = setting.exposures {
      local = KeyedCandidates(CandidateTable(exposures, filter: setting.filter))
    } else {
      local =
        HopLists(
          .walkChance(steps: options.count("steps")), on: setting.hops, filter: setting.filter, random: setting.random
        ).candidates
    }
    let share = options["share"]
    return ComposedSampler(
      "exposure", pool: UnionCandidates([(share, local), (1 - share, EveryCandidate())]), fallback: EveryCandidate(),
      filter: setting.filter)
  }
}
