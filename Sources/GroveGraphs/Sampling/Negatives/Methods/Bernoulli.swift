extension NegativeRecipe {
  /// Either end of a positive replaced by a uniform node, the end by how many partners either side has.
  ///
  ///     P(anchor replaced) = tph / (tph + hpt)
  ///
  /// tph is the mean number of positives of an anchor that has any, hpt that of anchors of a candidate that has any.
  ///
  /// - Source: TransH (Wang 2014), section 3.3, for one relation.
  static let bernoulli = NegativeRecipe(
    name: "bernoulli", title: "either end replaced, by partners of both sides (TransH)", type: .fixed, pool: .global,
    cost: "O(log d)", source: "Wang 2014", training: ["hinge"]
  ) { setting, _ in
    CorruptionSampler(
      "bernoulli", on: setting, anchorShare: CorruptionSampler.bernoulliShare(setting.positives), ends: .all)
  }
}
