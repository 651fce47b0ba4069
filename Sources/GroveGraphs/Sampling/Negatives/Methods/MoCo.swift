import GroveKernels

extension NegativeRecipe {
  /// A queue of keys.
  ///
  /// - Source: MoCo (He 2020): 65,536 keys. Differs: nodes are queued and scored as they are now, which on a graph needs no
  ///   second encoder.
  static let moco = NegativeRecipe(
    name: "moco", title: "a queue of keys (MoCo)", type: .inBatch, pool: .memory, cost: "O(1)", source: "He 2020",
    parameters: [NumberParameter("queue", 65536, in: 1...1e8, "keys that are kept")],
    training: ["info-nce temperature=0.07"]
  ) { setting, options in
    ComposedSampler(
      "moco", pool: RecentCandidates(capacity: options.count("queue")), fallback: EveryCandidate(),
      filter: setting.filter)
  }
}
