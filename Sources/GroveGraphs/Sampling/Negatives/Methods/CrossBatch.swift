import GroveKernels

extension NegativeRecipe {
  /// The positives of past batches.
  ///
  /// - Source: XBM (Wang 2020), CBNS (Wang 2021).
  static let crossBatch = NegativeRecipe(
    name: "cross-batch", title: "positives of past batches (XBM, CBNS)", type: .inBatch, pool: .memory, cost: "O(1)",
    source: "Wang 2020; Wang 2021",
    parameters: [
      NumberParameter("queue", 16384, in: 1...1e8, "positives that are kept"),
      NumberParameter("warmup", 1000, in: 0...1e9, "steps before the queue is used"),
    ], training: ["info-nce"]
  ) { setting, options in
    ComposedSampler(
      "cross-batch", pool: RecentCandidates(capacity: options.count("queue"), warmUp: options.count("warmup")),
      fallback: EveryCandidate(), filter: setting.filter)
  }
}
