import Foundation
import GroveKernels

extension NegativeRecipe {
  /// Candidates by their place in the order of degrees, the chance falling about as 1 / place.
  ///
  ///     P(r) = (log(r + 2) − log(r + 1)) / log(C + 1),   r = 0 for the largest degree, equals by id
  ///
  /// - Source: the candidate sampler of sampled softmax in word models (Jean 2015), whose ids must come sorted by frequency;
  ///   here they are sorted.
  static let logUniform = NegativeRecipe(
    name: "log-uniform", title: "log-uniform by place in the order of degrees", type: .fixed, pool: .global,
    cost: "O(log d)", source: "sampled softmax, Jean 2015",
    training: ["sampled-softmax"]
  ) { setting, _ in
    let degrees = setting.candidateDegrees
    var weights = [Double](repeating: 0, count: degrees.count)
    for (rank, id) in degrees.placesLargestFirst.enumerated() {
      weights[id] = log(Double(rank + 2)) - log(Double(rank + 1))
    }
    guard !weights.isEmpty else { throw NegativeFailure.missing(sampler: "log-uniform", what: "nodes") }
    return ComposedSampler(
      "log-uniform", pool: WeightedCandidates(AliasTable(weights: weights)), filter: setting.filter)
  }
}
