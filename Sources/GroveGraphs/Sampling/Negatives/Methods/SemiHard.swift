import GroveKernels

extension NegativeRecipe {
  /// The batch's positive that scores highest below the row's own, within a margin of it where there is one.
  ///
  /// One that scores above the row's own positive is never taken: where there is nothing else the negative has weight 0.
  ///
  /// - Source: FaceNet (Schroff 2015), section 3.2.
  static let semiHard = NegativeRecipe(
    name: "semi-hard", title: "hardest below the positive (FaceNet)", type: .hard, pool: .miniBatch, cost: "O(B · D)",
    source: "Schroff 2015",
    parameters: [NumberParameter("margin", 0.2, in: 0...1e6, "how far below the positive is near")], training: ["hinge"]
  ) { setting, options in
    var (near, far) = (ScoreWindow(), ScoreWindow())
    near.isBelowPositive = true
    near.reach = options["margin"]
    far.isBelowPositive = true
    return ComposedSampler(
      "semi-hard", pool: InBatchCandidates(), fallback: EveryCandidate(),
      choice: WindowedChoice([near, far], takesBest: true, fills: true), filter: setting.filter)
  }
}
