import GroveKernels

extension NegativeRecipe {
  /// Negatives that an anchor had before, by their losses.
  ///
  /// - Source: prioritized experience replay (Schaul 2016), α = 0.6, β from 0.4 to 1, and
  ///   eight draws for each that enters; see `PrioritizedSampler`.
  static let prioritized = NegativeRecipe(
    name: "prioritized", title: "replayed by their losses (PER)", type: .hard, pool: .memory, cost: "O(log N)",
    source: "Schaul 2016",
    parameters: [
      NumberParameter("memory", 16, in: 1...1e6, "N, negatives of an anchor that are kept"),
      NumberParameter("fresh", 0.125, in: 0...1, "new negatives for each that is drawn"),
      NumberParameter("alpha", 0.6, in: 0...16, "power of a loss that is its priority"),
      NumberParameter("beta", 0.4, in: 0...1, "correction of weights at the start"),
      NumberParameter("rise", 50, in: 0...1e6, "epochs until the correction is 1"),
    ]
  ) { setting, options in
    let (start, rise) = (options["beta"], options["rise"])
    return PrioritizedSampler(
      "prioritized", size: options.count("memory"), fresh: options["fresh"], exponent: options["alpha"],
      correction: { rise == 0 ? 1 : min(1, start + (1 - start) * Double($0) / rise) }, filter: setting.filter)
  }
}
