import GroveKernels

extension NegativeRecipe {
  /// Uniform negatives, with more and more that lie in a band of the anchor's PageRank.
  ///
  ///     share of the band = e / (e + 1) · most      after e epochs
  ///
  /// - Source: PinSage (Ying 2018), which adds e − 1 hard negatives of places 2,000 to 5,000 after e epochs. Differs: places
  ///   are shares of what is reached, as graphs are smaller; the number of negatives is the caller's.
  static let pinSage = NegativeRecipe(
    name: "pinsage", title: "uniform, then a band of PageRank (PinSage)", type: .fixed, pool: .hop, cost: "O(log d)",
    source: "Ying 2018; the band is ours",
    parameters: [
      NumberParameter("low", 0.05, in: 0...1, "where the band begins, as a share of what is reached"),
      NumberParameter("high", 0.2, in: 0...1, "where the band ends"),
      NumberParameter("most", 0.5, in: 0...1, "share of the band at last"),
      NumberParameter("damping", 0.85, in: 0...0.999, "chance of the walk to go on"),
    ], training: ["hinge"]
  ) { setting, options in
    let (low, high, most) = (options["low"], options["high"], options["most"])
    guard low <= high else {
      throw NegativeFailure.parameter(sampler: "pinsage", message: "low is \(low), above high, \(high)")
    }
    let lists = HopLists(
      .rankShare(low...high, damping: options["damping"], tolerance: 1e-6), on: setting.hops, filter: setting.filter,
      random: setting.random)
    let pool = UnionCandidates([EveryCandidate(), lists.candidates]) { progress in
      let share = Double(progress.epoch) / Double(progress.epoch + 1) * most
      return [1 - share, share]
    }
    return ComposedSampler("pinsage", pool: pool, filter: setting.filter)
  }
}
