import GroveKernels

extension NegativeRecipe {
  /// Candidates by how many walks of some steps lead to them.
  ///
  /// - Source: the hop family of the review (Yang 2024), with walk counts for weights.
  static let walkCounts = NegativeRecipe(
    name: "walk-count", title: "by number of walks of some steps", type: .fixed, pool: .hop,
    cost: "O(log n) after a spread",
    source: "Yang 2024",
    parameters: [NumberParameter("steps", 3, in: 1...8, "steps of a walk; odd from anchors to another type")]
  ) { setting, options in
    let lists = HopLists(
      .walkCount(steps: options.count("steps")), on: setting.hops, filter: setting.filter, random: setting.random)
    return ComposedSampler("walk-count", pool: lists.candidates, fallback: EveryCandidate(), filter: setting.filter)
  }
}
