import GroveKernels

extension NegativeRecipe {
  /// Uniform among the nodes that resource allocation and PageRank put first, in turn.
  ///
  /// Resource allocation of v and u is the sum of 1 / d over their common neighbors, d a neighbor's degree; between two types, where
  /// there are none, the chance of a walk of three steps takes its place.
  ///
  /// - Source: HeaRT (Li 2023), made for evaluation, here as a pool. Differs: no feature similarity.
  static let heart = NegativeRecipe(
    name: "heart", title: "uniform among the first by resource allocation and PageRank (HeaRT)", type: .fixed,
    pool: .local, cost: "O(1) after two rankings", source: "Li 2023",
    parameters: [
      .top(500),
      NumberParameter("damping", 0.85, in: 0...0.999, "chance of the walk to go on"),
    ]
  ) { setting, options in
    func lists(_ rule: HopRule) -> HopLists {
      HopLists(rule, on: setting.hops, filter: setting.filter, random: setting.random)
    }
    // A walk of two steps goes to u with chance 1/d(v) times resource allocation.
    let shared = lists(.walkChance(steps: setting.isSquare ? 2 : 3))
    let ranks = lists(.pageRank(damping: options["damping"], tolerance: 1e-7))
    let top = options.count("top")
    let pool = ComputedCandidates(anchorCount: setting.filter.anchorCount) { anchor in
      var kept: [Int32] = []
      var isKept: Set<Int32> = []
      let (first, second) = (shared[anchor].ranked, ranks[anchor].ranked)
      for place in 0..<max(first.count, second.count) {
        for list in [first, second] where place < list.count && kept.count < top {
          if isKept.insert(list[place]).inserted { kept.append(list[place]) }
        }
      }
      return ListedCandidates(kept.sorted())
    }
    return ComposedSampler("heart", pool: pool, fallback: EveryCandidate(), filter: setting.filter)
  }
}
