import GroveKernels

extension NegativeRecipe {
  /// The batch's positives and the best-scored candidates, without those of which a teacher is not sure.
  ///
  /// - Source: RocketQA (Qu 2021): negatives that the teacher scores below 0.1.
  static let rocketQA = NegativeRecipe(
    name: "rocketqa", title: "batch and best-scored, denoised by a teacher (RocketQA)", type: .hard, pool: .miniBatch,
    cost: "O(B + K) of the teacher", source: "Qu 2021",
    parameters: [.top(200)] + .refresh(5000) + [
      NumberParameter("threshold", 0.1, in: -1e6...1e6, "teacher's score from which a candidate may be a positive"),
      NumberParameter("share", 0.5, in: 0...1, "share of the best-scored"),
    ], training: ["teacher"]
  ) { setting, options in
    let top = options.topCandidates(setting, sampler: "rocketqa")
    let share = options["share"]
    return ComposedSampler(
      "rocketqa", pool: UnionCandidates([(1 - share, InBatchCandidates()), (share, top)]),
      choice: TeacherChoice(threshold: options["threshold"]), filter: setting.filter)
  }
}
