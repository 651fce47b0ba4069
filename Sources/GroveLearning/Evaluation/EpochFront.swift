/// Epochs that may still be the best by `EpochSelection`, whatever silhouettes and accuracies later epochs have.
///
/// Which epoch is best depends on the range of both measures over the whole run. But an epoch that another one beats in
/// both, or equals in both later on, is out for good: only the weights of the others need keeping.
struct EpochFront: Equatable {
  /// Places of those epochs, in order.
  let places: [Int]
  /// Place of the best of them by what is known so far; nil without epochs.
  let best: Int?

  /// - Precondition: as many silhouettes as accuracies, all finite.
  /// - Complexity: O(epochs²).
  init(silhouettes: [Double], accuracies: [Double]) {
    let scores = EpochSelection(silhouettes: silhouettes, accuracies: accuracies).scores
    func isBeaten(_ one: Int, by other: Int) -> Bool {
      let isNoWorse = silhouettes[other] >= silhouettes[one] && accuracies[other] >= accuracies[one]
      let isEqual = silhouettes[other] == silhouettes[one] && accuracies[other] == accuracies[one]
      return isNoWorse && (other > one || !isEqual)
    }
    places = scores.indices.filter { one in !scores.indices.contains { $0 != one && isBeaten(one, by: $0) } }
    var best: Int?
    for place in places where scores[place] >= (best.map { scores[$0] } ?? 0) { best = place }
    self.best = best
  }
}
