import GroveKernels

extension NegativeRecipe {
  /// The first uniform draw that scores within a margin of the positive.
  ///
  /// - Source: WSABIE (Weston 2011).
  static let warp = NegativeRecipe(
    name: "warp", title: "first violator of the margin (WARP)", type: .hard, pool: .global, cost: "O(draws · D)",
    source: "Weston 2011",
    parameters: [
      NumberParameter("margin", 1, in: 0...1e6, "distance to the positive's score that must be kept"),
      NumberParameter("limit", 100, in: 1...1e6, "draws that are allowed"),
    ], training: ["warp"]
  ) { setting, options in
    ComposedSampler(
      "warp", pool: EveryCandidate(),
      choice: FirstViolator(margin: options["margin"], limit: options.count("limit")), filter: setting.filter)
  }
}
