extension NegativeRecipe {
  /// Every candidate alike, never a positive.
  ///
  /// A draw is a rank among what is allowed, so there is nothing to reject and no row on which it would not end. This is the
  /// sampler for each source; sampling pairs of a whole graph has other marginals.
  ///
  /// - Source: BPR (Rendle 2009), TransE (Bordes 2013). Differs: PyTorch Geometric's structured sampling does not end on an
  ///   anchor that has every candidate as a positive; here that is an error.
  static let uniform = NegativeRecipe(
    name: "uniform", title: "uniform over all nodes (RNS)", type: .fixed, pool: .global, cost: "O(log d)",
    source: "Rendle 2009; Bordes 2013", training: ["bpr"]
  ) { setting, _ in ComposedSampler("uniform", pool: EveryCandidate(), filter: setting.filter) }
}
