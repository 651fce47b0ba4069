import GroveKernels

extension NegativeRecipe {
  /// Uniform negatives whose losses weigh by the softmax of their scores.
  ///
  /// - Source: RotatE (Sun 2019): the loss does it, with no gradient through the weights. Differs: no margin
  ///   (6 to 24 in the paper), since scores are products and no distances.
  static let selfAdversarial = NegativeRecipe(
    name: "self-adversarial", title: "uniform, weighed by softmax of scores (RotatE)", type: .hard, pool: .global,
    cost: "O(k · D)", source: "Sun 2019",
    parameters: [NumberParameter("alpha", 1, in: 0...1e6, "sharpness of the softmax")],
    training: ["self-adversarial margin=0"]
  ) { setting, _ in ComposedSampler("self-adversarial", pool: EveryCandidate(), filter: setting.filter) }
}
