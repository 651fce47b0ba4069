import GroveKernels

extension NegativeRecipe {
  /// Uniform among nodes whose personalised PageRank has some places in the anchor's order.
  ///
  /// - Source: the hard negatives of PinSage (Ying 2018) alone, by push (Andersen, Chung, Lang 2006).
  static let pageRankBand = NegativeRecipe(
    name: "ppr-band", title: "uniform in a band of PageRank", type: .fixed, pool: .hop, cost: "O(1) after a push",
    source: "Ying 2018",
    parameters: [
      NumberParameter("from", 200, in: 0...1e9, "first place, from 0"),
      NumberParameter("to", 500, in: 1...1e9, "place after the last"),
      NumberParameter("damping", 0.85, in: 0...0.999, "chance of the walk to go on"),
      NumberParameter("tolerance", 1e-6, in: 1e-12...1, "residual that is left, by degree"),
    ]
  ) { setting, options in
    let (from, to) = (options.count("from"), options.count("to"))
    guard from < to else {
      throw NegativeFailure.parameter(sampler: "ppr-band", message: "from is \(from), not below to, \(to)")
    }
    let lists = HopLists(
      .rankBand(from..<to, damping: options["damping"], tolerance: options["tolerance"]), on: setting.hops,
      filter: setting.filter, random: setting.random)
    return ComposedSampler("ppr-band", pool: lists.candidates, fallback: EveryCandidate(), filter: setting.filter)
  }
}
