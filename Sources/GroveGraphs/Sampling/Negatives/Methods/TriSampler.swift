import GroveKernels

extension NegativeRecipe {
  /// The best-scored candidates that form a quasi-triangle with the anchor and its positive.
  ///
  /// - Source: TriSampler (Yang, Shao, Dong, Tang 2024); see `QuasiTriangularChoice`. The number of candidates, the
  ///   subset's size and the refresh period are not in its summary: those here are SimANS's and ours.
  static let triSampler = NegativeRecipe(
    name: "trisampler", title: "quasi-triangular among the best-scored (TriSampler)", type: .hard, pool: .local,
    cost: "O(K + m · D)", source: "Yang 2024, arXiv 2402.11855",
    parameters: [.top(200)] + .refresh(2000) + [
      NumberParameter("subset", 50, in: 1...1e6, "m, size of the first step's subset"),
      NumberParameter("width", 4, in: 1e-9...1e9, "c, width of the first weight"),
      NumberParameter("angle", 60, in: 0...180, "largest difference of angles in degrees; 180: no bound"),
      NumberParameter("replace", 1, in: 0...1, "1: a negative may come again"),
    ], training: ["info-nce"]
  ) { setting, options in
    let pool = options.topCandidates(setting, sampler: "trisampler")
    let choice = QuasiTriangularChoice(
      subset: options.count("subset"), width: options["width"],
      largestAngle: options["angle"] < 180 ? options["angle"] : nil, isReplacing: options.count("replace") == 1)
    return ComposedSampler("trisampler", pool: pool, choice: choice, filter: setting.filter)
  }
}
