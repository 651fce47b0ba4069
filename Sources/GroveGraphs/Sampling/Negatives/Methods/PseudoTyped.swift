extension NegativeRecipe {
  /// Either end of a positive replaced by a node that is seen at that end.
  ///
  /// The end is drawn by how many nodes are seen there, as one draw from both lists would.
  ///
  /// - Source: the pseudo-typed sampler of PyKEEN, which excludes neither the original nor positives; here both are.
  static let pseudoTyped = NegativeRecipe(
    name: "pseudo-typed", title: "either end replaced by nodes seen there (PyKEEN)", type: .fixed, pool: .local,
    cost: "O(log d)", source: "PyKEEN"
  ) { setting, _ in
    let anchors = (0..<setting.positives.rowCount).count { !setting.positives.range(of: $0).isEmpty }
    let candidates = setting.candidateDegrees.count { $0 > 0 }
    guard anchors > 0 else { throw NegativeFailure.missing(sampler: "pseudo-typed", what: "a graph with edges") }
    return CorruptionSampler(
      "pseudo-typed", on: setting, anchorShare: Double(anchors) / Double(anchors + candidates), ends: .seen)
  }
}
