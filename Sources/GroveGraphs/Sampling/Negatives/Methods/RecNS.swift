import GroveKernels

extension NegativeRecipe {
  /// The hardest of some candidates of the intermediate region, exposures among them.
  ///
  /// - Source: RecNS (Yang 2022): three steps away; its published walks have the same product for 3, 5 and 7 steps, here
  ///   each is its own. Training takes the one
  ///   most like the positive too, and merges it with the likeliest exposure. Where the region is empty: uniform over all.
  static let recNS = NegativeRecipe(
    name: "recns", title: "hardest of the intermediate region (RecNS)", type: .hard, pool: .hop, cost: "O(M · D)",
    source: "Yang 2022",
    parameters: [
      NumberParameter("hops", 3, in: 1...15, "steps away"),
      NumberParameter("draws", 20, in: 1...1e6, "candidates that are scored"),
      NumberParameter("exposures", 0.5, in: 0...1, "share of exposures, where the graph has any"),
      NumberParameter("candidates", 2, in: 1...1e6, "negatives of which training makes one"),
      NumberParameter("merged", 15, in: 1...1e6, "1 / the share of an exposure in it"),
    ], training: ["merge"]
  ) { setting, options in
    let hops = options.count("hops")
    let region = HopLists(.distance(hops...hops), on: setting.hops, filter: setting.filter, random: setting.random)
    var pool: any CandidatePool = region.candidates
    if let exposures = setting.exposures {
      let share = options["exposures"]
      pool = UnionCandidates([
        (1 - share, pool), (share, KeyedCandidates(CandidateTable(exposures, filter: setting.filter))),
      ])
    }
    return ComposedSampler(
      "recns", pool: pool, fallback: EveryCandidate(), choice: BestOfDraws(draws: options.count("draws")),
      filter: setting.filter)
  }
}
