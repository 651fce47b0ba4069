import GroveKernels

extension NegativeRecipe {
  /// Uniform among nodes a few steps away that are no neighbors.
  ///
  /// - Source: SANS (Ahrabian 2020), the exact pool. Where it is empty: uniform over all.
  static let structureAware = NegativeRecipe(
    name: "sans", title: "uniform within some steps, neighbors left out (SANS)", type: .fixed, pool: .hop,
    cost: "O(1) after one search", source: "Ahrabian 2020",
    parameters: [NumberParameter("hops", 3, in: 2...16, "steps within which candidates lie")]
  ) { setting, options in
    let lists = HopLists(
      .distance(2...options.count("hops")), on: setting.hops, filter: setting.filter, random: setting.random)
    return ComposedSampler("sans", pool: lists.candidates, fallback: EveryCandidate(), filter: setting.filter)
  }
}
