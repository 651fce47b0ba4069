public import GroveKernels

/// For which positives negatives are wanted, and what is known at that moment.
///
/// Letters: B positives, k negatives for each.
public struct NegativeRequest: Sendable {
  /// The anchor of each positive. [B]
  public var anchors: [Int32]
  /// The candidate that is each anchor's positive. [B]
  public var positives: [Int32]
  /// k.
  public var count: Int
  /// How alike nodes are now; samplers that choose by scores need one.
  public var scorer: (any NegativeScorer)?
  /// A slower, better judge of how alike nodes are, for samplers that ask it about false negatives.
  public var teacher: (any NegativeScorer)?
  /// Training steps and epochs behind, for curricula and refresh periods.
  public var progress: Progress
  /// Randomness of this step.
  public var random: RandomStream

  /// How far training is.
  public struct Progress: Sendable, Equatable {
    /// Steps behind.
    public var step: Int
    /// Epochs behind.
    public var epoch: Int

    /// A moment of training; its start where nothing is given.
    public init(step: Int = 0, epoch: Int = 0) { (self.step, self.epoch) = (step, epoch) }
  }

  /// A request.
  ///
  /// - Precondition: as many anchors as positives, `count` at least 0.
  public init(
    anchors: [Int32], positives: [Int32], count: Int, scorer: (any NegativeScorer)? = nil,
    teacher: (any NegativeScorer)? = nil, progress: Progress = Progress(), random: RandomStream
  ) {
    precondition(
      anchors.count == positives.count, "NegativeRequest: \(anchors.count) anchors, \(positives.count) positives")
    precondition(count >= 0, "NegativeRequest: \(count) negatives")
    (self.anchors, self.positives, self.count) = (anchors, positives, count)
    (self.scorer, self.teacher, self.progress, self.random) = (scorer, teacher, progress, random)
  }
}

/// What it took to draw negatives.
public struct DrawTally: Sendable, Equatable {
  /// Candidates that were drawn, the rejected ones included.
  public var draws = 0
  /// Draws that gave something excluded and were made again.
  public var rejections = 0
  /// Negatives that did not come from the pool: it was empty, or no draw met the rule.
  public var fallbacks = 0

  /// Nothing drawn yet.
  public init() {}

  /// Adds what another part took.
  public mutating func add(_ other: DrawTally) {
    draws += other.draws
    rejections += other.rejections
    fallbacks += other.fallbacks
  }
}

/// Negatives of a request.
///
/// Letters: B positives, k negatives for each.
public struct Negatives: Sendable, Equatable {
  /// Row i holds the negatives of positive i. [B · k]
  public var ids: [Int32]
  /// k.
  public var count: Int
  /// Which negatives stand in for the anchor and not for the positive; nil: none. [B · k]
  public var replacesAnchor: [Bool]?
  /// What each negative's loss weighs; nil: 1 each. [B · k]
  public var weights: [Float]?
  /// What it took.
  public var tally: DrawTally

  /// Negatives as they are.
  public init(
    ids: [Int32], count: Int, replacesAnchor: [Bool]? = nil, weights: [Float]? = nil, tally: DrawTally = DrawTally()
  ) {
    (self.ids, self.count, self.replacesAnchor) = (ids, count, replacesAnchor)
    (self.weights, self.tally) = (weights, tally)
  }

  /// The negatives of one positive.
  public subscript(row: Int) -> ArraySlice<Int32> { ids[row * count..<(row + 1) * count] }
}
