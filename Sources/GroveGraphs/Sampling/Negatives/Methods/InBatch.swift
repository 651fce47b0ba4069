import GroveKernels

extension NegativeRecipe {
  /// The other positives of the batch.
  ///
  /// - Source: SimCLR (Chen 2020), DPR (Karpukhin 2020). Accidental hits and known positives are left out. Where a batch
  ///   leaves nothing: uniform over all.
  static let inBatch = NegativeRecipe(
    name: "in-batch", title: "the batch's other positives (SimCLR, DPR)", type: .inBatch, pool: .miniBatch,
    cost: "O(1)", source: "Chen 2020; Karpukhin 2020", training: ["info-nce"]
  ) { setting, _ in
    ComposedSampler("in-batch", pool: InBatchCandidates(), fallback: EveryCandidate(), filter: setting.filter)
  }
}
