/// How negatives are chosen from a pool: the second half of every sampler.
public protocol NegativeChoice: Sendable {
  /// Whether scores count, so that a request needs a scorer.
  var needsScores: Bool { get }
  /// Whether the choice is no more than independent draws by the pool's chances.
  var isPlain: Bool { get }
  /// Exactly `count` negatives.
  ///
  /// - Throws: `NegativeFailure` where there are not so many, or scores are missing or no numbers.
  func choose(_ count: Int, in draw: inout NegativeDraw) throws(NegativeFailure) -> ChosenNegatives
  /// The chance of each candidate to be a negative, where one is chosen: ids in rising order, chances adding up to 1.
  ///
  /// - Throws: `NegativeFailure.noExactLaw` where there is none in closed form.
  func law(of draw: NegativeDraw) throws(NegativeFailure) -> CandidateLaw
}

extension NegativeChoice {
  /// Not unless it says so.
  public var isPlain: Bool { false }
}

/// What was chosen for one positive.
public struct ChosenNegatives: Sendable, Equatable {
  /// The negatives.
  public var ids: [Int32]
  /// What each one's loss weighs; nil: 1 each.
  public var weights: [Float]?

  /// Negatives as they are.
  public init(_ ids: [Int32], weights: [Float]? = nil) { (self.ids, self.weights) = (ids, weights) }
}

/// Chances over some candidates.
public struct CandidateLaw: Sendable, Equatable {
  /// Candidates in rising order.
  public var ids: [Int32]
  /// The chance of each; 1 in total.
  public var chances: [Double]

  /// Chances of candidates.
  public init(ids: [Int32], chances: [Double]) { (self.ids, self.chances) = (ids, chances) }

  /// Chances in proportion to weights.
  ///
  /// - Precondition: some weight is above 0.
  init(ids: [Int32], weights: [Double]) {
    let total = weights.reduce(0, +)
    precondition(total > 0, "CandidateLaw: \(weights.count) weights add up to \(total)")
    self.init(ids: ids, chances: weights.map { $0 / total })
  }

  /// Chances of all candidates, of which those of 0 are left out.
  init(dense all: [Double]) {
    let ids = all.indices.filter { all[$0] > 0 }
    self.init(ids: ids.map(Int32.init), chances: ids.map { all[$0] })
  }

  /// One number for each of all candidates, 0 for those that are not among these.
  public func dense(candidateCount: Int) -> [Double] {
    var result = [Double](repeating: 0, count: candidateCount)
    for (id, chance) in zip(ids, chances) { result[Int(id)] += chance }
    return result
  }
}
