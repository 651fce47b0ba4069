public import GroveKernels

/// Why links cannot be ranked.
public enum LinkScoreFailure: Failure, Equatable {
  /// A score of a list is not a number.
  case notANumber(list: String, row: Int)
  /// A score of a full ranking is not a number.
  case notANumberInRanking(anchor: Int, candidate: Int)

  /// `badData`: the model that made the scores has diverged.
  public var kind: FailureKind { .badData }

  /// One line that ends with what to do.
  public var description: String {
    switch self {
    case .notANumber(let list, let row):
      "the score of row \(row) of the \(list) is not a number; lower the learning rate or check the features"
    case .notANumberInRanking(let anchor, let candidate):
      "the score of candidate \(candidate) for anchor row \(anchor) is not a number; lower the learning rate or check "
        + "the features"
    }
  }

  /// Refuses scores that are not numbers.
  ///
  /// - Complexity: O(n).
  static func check(_ scores: [Float], _ list: String) throws(LinkScoreFailure) {
    if let row = scores.firstIndex(where: \.isNaN) { throw .notANumber(list: list, row: row) }
  }
}
