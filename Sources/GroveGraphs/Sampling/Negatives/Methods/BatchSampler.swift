import GroveKernels

extension NegativeRecipe {
  /// The other positives of batches that walks over alike nodes make.
  ///
  /// - Source: BatchSampler (Yang 2023).
  static let batchSampler = NegativeRecipe(
    name: "batch-sampler", title: "the batch's other positives, batches of alike nodes (BatchSampler)", type: .inBatch,
    pool: .miniBatch, cost: "O(B) steps a batch", source: "Yang 2023", training: ["info-nce", "proximity-walk"]
  ) { setting, _ in
    ComposedSampler("batch-sampler", pool: InBatchCandidates(), fallback: EveryCandidate(), filter: setting.filter)
  }
}
