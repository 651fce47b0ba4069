import GroveKernels

extension NegativeRecipe {
  /// The other positives of the batch, the loss corrected for how often each comes.
  ///
  /// - Source: Yi 2019: the logarithm of an item's frequency is subtracted from its logit, the positive's too.
  ///   Differs: frequencies are counted unless a rate is given, since all positives are known.
  static let correctedInBatch = NegativeRecipe(
    name: "in-batch-logq", title: "the batch's other positives, corrected (logQ)", type: .inBatch, pool: .miniBatch,
    cost: "O(1)", source: "Yi 2019",
    parameters: [
      NumberParameter("rate", 0, in: 0...1, "rate of a streaming estimate of frequencies; 0: an epoch's are counted")
    ], training: ["sampled-softmax"]
  ) { setting, _ in
    ComposedSampler("in-batch-logq", pool: InBatchCandidates(), fallback: EveryCandidate(), filter: setting.filter)
  }
}
