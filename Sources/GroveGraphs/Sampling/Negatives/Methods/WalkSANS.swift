import GroveKernels

extension NegativeRecipe {
  /// Uniform among the ends of random walks that are no neighbors.
  ///
  /// - Source: RW-SANS (Ahrabian 2020): ω walks of up to k steps, once for each anchor. Where none ends elsewhere: uniform
  ///   over all.
  static let walkSANS = NegativeRecipe(
    name: "rw-sans", title: "uniform among ends of random walks (RW-SANS)", type: .fixed, pool: .hop,
    cost: "O(1) after ω walks", source: "Ahrabian 2020",
    parameters: [
      NumberParameter("hops", 3, in: 1...64, "longest walk"),
      NumberParameter("walks", 1000, in: 1...1e6, "walks from each anchor"),
    ]
  ) { setting, options in
    let lists = HopLists(
      .visited(walks: options.count("walks"), steps: options.count("hops")), on: setting.hops, filter: setting.filter,
      random: setting.random)
    return ComposedSampler("rw-sans", pool: lists.candidates, fallback: EveryCandidate(), filter: setting.filter)
  }
}
