import GroveKernels

extension NegativeRecipe {
  /// Uniform candidates that training mixes with the positive, hop by hop.
  ///
  /// The sampler gives the candidates; of each `candidates` in a row training makes one negative.
  ///
  /// - Source: MixGCF (Huang 2021).
  static let mixGCF = NegativeRecipe(
    name: "mixgcf", title: "uniform, mixed with the positive by hops (MixGCF)", type: .hard, pool: .global,
    cost: "O(M · L · D)", source: "Huang 2021",
    parameters: [NumberParameter("candidates", 16, in: 1...1e6, "M, candidates for a negative")],
    training: ["bpr", "mixgcf"]
  ) { setting, _ in ComposedSampler("mixgcf", pool: EveryCandidate(), filter: setting.filter) }
}
