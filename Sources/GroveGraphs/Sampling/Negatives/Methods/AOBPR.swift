import GroveKernels

extension NegativeRecipe {
  /// Candidates that rank high in one factor of the embeddings.
  ///
  /// - Source: Rendle, Freudenthaler 2014, algorithm 2.
  static let adaptiveOversampling = NegativeRecipe(
    name: "aobpr", title: "high places in one factor (AOBPR)", type: .hard, pool: .global, cost: "O(D) and sorts",
    source: "Rendle 2014",
    parameters: [
      NumberParameter("spread", 0.02, in: 1e-6...1, "λ as a share of the candidates")
    ] + .refresh(1000), training: ["bpr"]
  ) { setting, options in
    ComposedSampler(
      "aobpr", pool: EveryCandidate(),
      choice: FactorRankChoice(spread: options["spread"], period: options.refreshPeriod),
      filter: setting.filter)
  }
}
