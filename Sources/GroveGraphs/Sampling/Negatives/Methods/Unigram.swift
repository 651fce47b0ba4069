import Foundation
import GroveKernels

extension NegativeRecipe {
  /// Candidates by a power of their degree.
  ///
  /// α = 1 is popularity, 0 uniform over candidates with any positive, below 0 the unpopular. Candidates of degree 0 are never
  /// drawn.
  ///
  /// - Source: word2vec (Mikolov 2013), α = ¾; LINE, DeepWalk and GraphSAGE use it on graphs.
  static let unigram = NegativeRecipe(
    name: "unigram", title: "degree to a power (word2vec, LINE, GraphSAGE)", type: .fixed, pool: .global,
    cost: "O(log d)",
    source: "Mikolov 2013",
    parameters: [NumberParameter("alpha", 0.75, in: -4...4, "power of the degree")], training: ["skip-gram"]
  ) { setting, options in
    let alpha = options["alpha"]
    let weights = setting.candidateDegrees.map { $0 > 0 ? pow($0, alpha) : 0 }
    guard weights.contains(where: { $0 > 0 }) else {
      throw NegativeFailure.missing(sampler: "unigram", what: "a graph with edges")
    }
    return ComposedSampler("unigram", pool: WeightedCandidates(AliasTable(weights: weights)), filter: setting.filter)
  }
}
