import GroveKernels

extension NegativeRecipe {
  /// Uniform among cached candidates that scored high lately.
  ///
  /// - Source: NSCaching (Zhang 2019): 30 cached in the published code, 50 in the paper.
  static let nsCaching = NegativeRecipe(
    name: "nscaching", title: "uniform from a cache of high scores (NSCaching)", type: .auxiliary, pool: .memory,
    cost: "O((N₁ + N₂) · D)", source: "Zhang 2019",
    parameters: [
      NumberParameter("cache", 30, in: 1...1e6, "N₁, cached candidates of an anchor"),
      NumberParameter("fresh", 30, in: 0...1e6, "N₂, new candidates at a renewal"),
      NumberParameter("temperature", 1, in: 1e-6...1e6, "temperature of a renewal"),
      NumberParameter("lazy", 0, in: 0...1e6, "epochs between renewals; 0: at every step"),
    ]
  ) { setting, options in
    let memory = CachedCandidates(
      size: options.count("cache"), fresh: options.count("fresh"), temperature: options["temperature"],
      laziness: options.count("lazy"), filter: setting.filter, random: setting.random)
    return ComposedSampler("nscaching", pool: memory, choice: ScoredPool(), filter: setting.filter)
  }
}
