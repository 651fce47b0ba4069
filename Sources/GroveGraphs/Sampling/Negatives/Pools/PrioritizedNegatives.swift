import Foundation
public import GroveKernels

/// Past negatives, drawn again the more often the larger their loss was.
///
///     P[i] = p[i] / Σ p,   p = (|loss| + ε)^α,   weight = (1 / (N · P[i]))^β / the largest such weight drawn
///
/// With β = 1 the weighted gradients are those of uniform draws but for one factor a batch. A new triple has the largest
/// priority so far, so that it is soon seen; `update` gives it its own. When the memory is full the oldest goes.
///
/// Letters: N triples stored.
///
/// - Source: Schaul, Quan, Antonoglou, Silver 2016 (the proportional kind), here for triples.
public struct PrioritizedNegatives: Sendable {
  /// An anchor, its positive and a negative.
  public struct Triple: Sendable, Equatable {
    /// The node that is compared with both others.
    public let anchor: Int32
    /// A node that the anchor is linked with.
    public let positive: Int32
    /// A node that it is not.
    public let negative: Int32

    /// The three.
    public init(anchor: Int32, positive: Int32, negative: Int32) {
      (self.anchor, self.positive, self.negative) = (anchor, positive, negative)
    }
  }

  /// A triple as it was drawn.
  public struct Draw: Sendable, Equatable {
    /// Where it is stored, for `update`.
    public let place: Int
    /// What is stored there.
    public let triple: Triple
    /// What to multiply its loss by, above 0 and at most 1.
    public let weight: Float
  }

  /// α: 0 draws all alike.
  public let exponent: Double
  /// ε, what a loss of 0 counts as.
  public let floor: Double
  private var triples: [Triple] = []
  private var tree: PriorityTree
  private var next = 0
  private var largest = 1.0

  /// A memory of at most `capacity` triples.
  ///
  /// - Precondition: it holds at least one; α is at least 0 and ε above 0.
  public init(capacity: Int, exponent: Double = 0.6, floor: Double = 1e-6) {
    precondition(exponent >= 0 && exponent.isFinite && floor > 0, "PrioritizedNegatives: α \(exponent), ε \(floor)")
    tree = PriorityTree(count: capacity)
    (self.exponent, self.floor) = (exponent, floor)
  }

  /// N.
  public var count: Int { triples.count }

  /// P of a place.
  public func probability(of place: Int) -> Double { tree[place] / tree.total }

  /// Stores a triple, over the oldest where the memory is full.
  ///
  /// - Complexity: O(log capacity).
  public mutating func insert(_ triple: Triple) {
    if triples.count < tree.count { triples.append(triple) } else { triples[next] = triple }
    tree[next] = largest
    next = (next + 1) % tree.count
  }

  /// Draws `count` triples, one from each of as many equal parts of Σ p.
  ///
  /// - Parameters:
  ///   - correction: β, .4 at the start and 1 at the end of training in the paper.
  ///   - random: the draw of part i is its number (i, 0).
  /// - Precondition: something is stored.
  /// - Complexity: O(count · log capacity).
  public func draw(_ count: Int, correction: Double = 0.4, using random: RandomStream) -> [Draw] {
    let drawn = places(count, correction: correction, using: random)
    let most = drawn.map(\.weight).max() ?? 1
    return drawn.map { Draw(place: $0.place, triple: triples[$0.place], weight: Float($0.weight / most)) }
  }

  /// Draws places, with weights that are not divided by the largest: those of other memories may be larger.
  ///
  /// - Precondition and complexity: as above.
  func places(
    _ count: Int, correction: Double, using random: RandomStream
  ) -> [(place: Int, weight: Double)] {
    precondition(!triples.isEmpty && count >= 0, "PrioritizedNegatives: \(count) draws of \(triples.count) triples")
    let part = tree.total / Double(max(1, count))
    return (0..<count).map { number in
      let place = tree.place(at: min((Double(number) + unit(random, number)) * part, tree.total.nextDown))
      return (place, pow(1 / (Double(triples.count) * probability(of: place)), correction))
    }
  }

  /// What is stored at a place.
  subscript(place: Int) -> Triple { triples[place] }

  private func unit(_ random: RandomStream, _ row: Int) -> Double {
    (Double(random.bits(row: row, column: 0)) + 0.5) * 0x1p-32
  }

  /// Gives places the priorities of new losses.
  ///
  /// - Precondition: a finite loss for each place, and triples stored at all of them.
  /// - Complexity: O(places · log capacity).
  public mutating func update(_ places: [Int], losses: [Float]) {
    precondition(places.count == losses.count, "PrioritizedNegatives: \(losses.count) losses of \(places.count) places")
    for (place, loss) in zip(places, losses) {
      precondition(
        loss.isFinite && place >= 0 && place < triples.count,
        "PrioritizedNegatives: a loss of \(loss) at place \(place) of \(triples.count)")
      let priority = pow(Double(abs(loss)) + floor, exponent)
      tree[place] = priority
      largest = max(largest, priority)
    }
  }
}
