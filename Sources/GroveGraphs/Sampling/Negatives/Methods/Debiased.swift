import GroveKernels

extension NegativeRecipe {
  /// The other positives of the batch, the loss corrected for those that are positives unknown.
  ///
  /// - Source: DCL (Chuang 2020).
  static let debiased = NegativeRecipe(
    name: "debiased", title: "the batch's other positives, debiased (DCL)", type: .inBatch, pool: .miniBatch,
    cost: "O(1)", source: "Chuang 2020",
    parameters: [NumberParameter("prior", 0.1, in: 0...0.99, "share of false negatives")], training: ["debiased"]
  ) { setting, _ in
    ComposedSampler("debiased", pool: InBatchCandidates(), fallback: EveryCandidate(), filter: setting.filter)
  }

  /// The same, hard ones weighing more.
  ///
  /// - Source: HCL (Robinson 2021).
  static let hardContrastive = NegativeRecipe(
    name: "hcl", title: "the batch's other positives, debiased, by hardness (HCL)", type: .inBatch, pool: .miniBatch,
    cost: "O(1)", source: "Robinson 2021",
    parameters: [
      NumberParameter("prior", 0.1, in: 0...0.99, "share of false negatives"),
      NumberParameter("beta", 1, in: 0...1e3, "hardness"),
    ], training: ["hard"]
  ) { setting, _ in
    ComposedSampler("hcl", pool: InBatchCandidates(), fallback: EveryCandidate(), filter: setting.filter)
  }
}
