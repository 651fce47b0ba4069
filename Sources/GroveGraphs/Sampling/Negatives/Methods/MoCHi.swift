import GroveKernels

extension NegativeRecipe {
  /// The hardest of a queue, which training mixes with each other and with the anchor.
  ///
  /// - Source: MoCHi (Kalantidis 2020): N = 1024 hardest, s = 1024 and s' = 128 mixed ones; here N is the
  ///   number of negatives, and the shares of the mixed ones are the paper's.
  static let mochi = NegativeRecipe(
    name: "mochi", title: "hardest of a queue, mixed (MoCHi)", type: .hard, pool: .memory, cost: "O(Q · D)",
    source: "Kalantidis 2020",
    parameters: [
      NumberParameter("queue", 16384, in: 1...1e8, "positives that are kept"),
      NumberParameter("warmup", 0, in: 0...1e9, "steps before the queue is used and mixed"),
      NumberParameter("pairs", 1, in: 0...64, "negatives mixed of two, for each drawn one"),
      NumberParameter("with-anchor", 0.125, in: 0...64, "negatives mixed with the anchor, for each drawn one"),
    ], training: ["info-nce", "mochi"]
  ) { setting, options in
    ComposedSampler(
      "mochi", pool: RecentCandidates(capacity: options.count("queue"), warmUp: options.count("warmup")),
      fallback: EveryCandidate(), choice: BestOfPool(), filter: setting.filter)
  }
}
