import GroveKernels

extension NegativeRecipe {
  /// A Markov chain whose states come by a power of the estimated positive distribution.
  ///
  /// - Source: MCNS (Yang 2020), see `MetropolisChain`: half of the proposals uniform, half from the first 100 non-neighbors
  ///   that a depth-first search from the current node meets.
  static let mcns = NegativeRecipe(
    name: "mcns", title: "Metropolis-Hastings by estimated positives (MCNS)", type: .hard, pool: .hop,
    cost: "O(D) a step",
    source: "Yang 2020",
    parameters: [
      NumberParameter("alpha", 0.75, in: 0...4, "power of the positive distribution"),
      NumberParameter("burn-in", 10, in: 0...1e6, "steps before the first negative"),
      NumberParameter("list", 100, in: 0...1e6, "length of the local lists"),
    ], training: ["hinge margin=0.1"]
  ) { setting, options in
    ComposedSampler(
      "mcns", pool: EveryCandidate(),
      choice: MetropolisChain(
        power: options["alpha"], burnIn: options.count("burn-in"),
        lists: DepthFirstLists.lists(on: setting.hops, length: options.count("list"))), filter: setting.filter)
  }
}
