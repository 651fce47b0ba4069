import GroveKernels

extension NegativeRecipe {
  /// The other positives of the batch and uniform candidates.
  ///
  /// - Source: mixed negative sampling (Yang 2020): Q = B · f + B' / C.
  static let mixed = NegativeRecipe(
    name: "mixed", title: "batch and uniform (MNS)", type: .inBatch, pool: .miniBatch, cost: "O(1)",
    source: "Yang 2020",
    parameters: [NumberParameter("uniform", 0.5, in: 0...1, "share of uniform candidates")],
    training: ["sampled-softmax"]
  ) { setting, options in
    let share = options["uniform"]
    return ComposedSampler(
      "mixed", pool: UnionCandidates([(1 - share, InBatchCandidates()), (share, EveryCandidate())]),
      fallback: EveryCandidate(), filter: setting.filter)
  }
}
