import GroveKernels

extension NegativeRecipe {
  /// First a region by how alike its nodes are to the anchor, then any node of it.
  ///
  ///     regions: 2, 3, …, h steps away, and what lies beyond;   P(region) ∝ exp(β · mean score of some of its nodes)
  ///
  /// - Source: AdaSim and NS4AR (2023), of which only summaries were at hand: regions and the form of their weights are ours.
  static let adaSim = NegativeRecipe(
    name: "adasim", title: "region by mean score, then any of it (NS4AR)", type: .auxiliary, pool: .hop,
    cost: "O(1) and some scores an epoch", source: "NS4AR 2023; details ours",
    parameters: [
      NumberParameter("hops", 4, in: 2...16, "steps to the outermost ring"),
      NumberParameter("beta", 1, in: 0...1e3, "sharpness of the regions' weights"),
      NumberParameter("samples", 32, in: 1...1e6, "nodes of a region that are scored"),
    ]
  ) { setting, options in
    let pool = RegionCandidates(
      rings: setting.isSquare
        ? Array(2...options.count("hops")) : Array(stride(from: 3, through: options.count("hops"), by: 2)),
      sharpness: options["beta"], samples: options.count("samples"), setting: setting)
    return ComposedSampler(
      "adasim", pool: pool, fallback: EveryCandidate(), choice: ScoredPool(), filter: setting.filter)
  }
}
