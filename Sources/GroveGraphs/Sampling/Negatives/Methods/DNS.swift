import GroveKernels

extension NegativeRecipe {
  /// The hardest of some uniform draws, or one of the few hardest.
  ///
  /// - Source: DNS (Zhang 2013); DNS(M, N) (Shi 2023).
  static let dns = NegativeRecipe(
    name: "dns", title: "hardest of some draws (DNS)", type: .hard, pool: .global, cost: "O(M · D)",
    source: "Zhang 2013",
    parameters: [
      NumberParameter("draws", 32, in: 1...1e6, "M, draws for a negative"),
      NumberParameter("best", 1, in: 1...1e6, "N, how many of the hardest are alike"),
    ], training: ["bpr"]
  ) { setting, options in
    let (draws, best) = (options.count("draws"), options.count("best"))
    guard best <= draws else {
      throw NegativeFailure.parameter(sampler: "dns", message: "best is \(best), more than the \(draws) draws")
    }
    return ComposedSampler(
      "dns", pool: EveryCandidate(), choice: BestOfDraws(draws: draws, best: best), filter: setting.filter)
  }
}
