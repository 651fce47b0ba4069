import GroveKernels

extension NegativeRecipe {
  /// Uniform candidates of which training takes the one that differs in relevant factors alone.
  ///
  /// The sampler gives the candidates; of each `candidates` in a row training takes one.
  ///
  /// - Source: DENS (Lai 2023).
  static let dens = NegativeRecipe(
    name: "dens", title: "uniform, chosen by disentangled factors (DENS)", type: .hard, pool: .global,
    cost: "O(M · L · D + D²)", source: "Lai 2023",
    parameters: [
      NumberParameter("candidates", 6, in: 1...1e6, "M, candidates for a negative"),
      NumberParameter("warmup", 100, in: 1...1e6, "T, epochs until the negative's other factors no longer count"),
      NumberParameter("contrast", 0.3, in: 0...1e3, "weight of the loss that teaches the gates"),
    ], training: ["bpr", "dens"]
  ) { setting, _ in ComposedSampler("dens", pool: EveryCandidate(), filter: setting.filter) }
}
