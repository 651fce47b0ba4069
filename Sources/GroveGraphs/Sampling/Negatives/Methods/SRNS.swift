import GroveKernels

extension NegativeRecipe {
  /// The cached candidate with the highest score plus what it varied over the last epochs.
  ///
  /// - Source: SRNS (Ding 2020). Differs: deviations are kept of what is cached alone, not of 3,000 candidates an anchor.
  static let srns = NegativeRecipe(
    name: "srns", title: "high and varying scores of a cache (SRNS)", type: .hard, pool: .memory,
    cost: "O((S₁ + S₂) · D)", source: "Ding 2020",
    parameters: [
      NumberParameter("cache", 20, in: 1...1e6, "S₁, cached candidates of an anchor"),
      NumberParameter("fresh", 20, in: 0...1e6, "S₂, new candidates at a renewal"),
      NumberParameter("temperature", 1, in: 1e-6...1e6, "temperature of a renewal"),
      NumberParameter("alpha", 1, in: 0...1e6, "weight of the deviation"),
      NumberParameter("warmup", 50, in: 0...1e6, "epochs until the deviation counts in full"),
      NumberParameter("history", 5, in: 2...1e4, "epochs that the deviation is taken over"),
    ]
  ) { setting, options in
    let memory = CachedCandidates(
      size: options.count("cache"), fresh: options.count("fresh"), temperature: options["temperature"],
      history: options.count("history"), filter: setting.filter, random: setting.random)
    let weight = VariedScoreWeight(memory: memory, share: options["alpha"], warmUp: options.count("warmup"))
    return ComposedSampler("srns", pool: memory, choice: BestOfPool(weight: weight), filter: setting.filter)
  }
}
