import GroveKernels

extension NegativeRecipe {
  /// The best-scored candidates, those most that score about as the positive.
  ///
  /// - Source: SimANS (Zhou 2022), whose paper subtracts b where the published code adds it; here it is subtracted.
  static let simANS = NegativeRecipe(
    name: "simans", title: "best-scored that score about as the positive (SimANS)", type: .hard, pool: .local,
    cost: "O(K)", source: "Zhou 2022",
    parameters: [
      NumberParameter("a", 0.5, in: 0...1e6, "steepness"),
      NumberParameter("b", 0, in: -1e6...1e6, "shift above the positive's score"),
      .top(200),
    ] + .refresh(2000)
  ) { setting, options in
    let pool = options.topCandidates(setting, sampler: "simans")
    return ComposedSampler(
      "simans", pool: pool, choice: WeightedChoice(GaussianWeight(steepness: options["a"], shift: options["b"])),
      filter: setting.filter)
  }
}
