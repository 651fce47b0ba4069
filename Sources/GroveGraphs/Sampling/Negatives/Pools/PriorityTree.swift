/// Priorities of places, from which places are drawn in proportion.
///
/// A complete binary tree in an array: each node holds the sum of its two children, the leaves are the priorities.
public struct PriorityTree: Sendable {
  /// Number of places.
  public let count: Int
  private let leafStart: Int
  /// Node i has the children 2 i and 2 i + 1; the root is node 1.
  private var sums: [Double]

  /// Places of priority 0.
  ///
  /// - Precondition: there is at least one.
  /// - Complexity: O(count).
  public init(count: Int) {
    precondition(count >= 1, "PriorityTree: \(count) places")
    self.count = count
    var leaves = 1
    while leaves < count { leaves *= 2 }
    leafStart = leaves
    sums = [Double](repeating: 0, count: 2 * leaves)
  }

  /// Σ of all priorities.
  public var total: Double { sums[1] }

  /// The priority of a place, which is at least 0.
  ///
  /// - Complexity: O(1) to read, O(log count) to write: sums are added anew, so that errors do not pile up.
  public subscript(place: Int) -> Double {
    get {
      precondition(place >= 0 && place < count, "PriorityTree: place \(place) of \(count)")
      return sums[leafStart + place]
    }
    set {
      precondition(place >= 0 && place < count, "PriorityTree: place \(place) of \(count)")
      precondition(newValue >= 0 && newValue.isFinite, "PriorityTree: a priority of \(newValue)")
      var node = leafStart + place
      sums[node] = newValue
      while node > 1 {
        node /= 2
        sums[node] = sums[2 * node] + sums[2 * node + 1]
      }
    }
  }

  /// The place at which the sum of the priorities from the first on exceeds `mass`; never one of priority 0.
  ///
  /// - Precondition: some priority is above 0, and `mass` is in 0..<total.
  /// - Complexity: O(log count).
  public func place(at mass: Double) -> Int {
    precondition(total > 0, "PriorityTree: all \(count) priorities are 0")
    precondition(mass >= 0 && mass < total, "PriorityTree: \(mass) of \(total)")
    var (node, left) = (1, mass)
    while node < leafStart {
      let first = 2 * node
      // Rounding may leave a little more than the second child has: its last place then, if it has any.
      if left < sums[first] || sums[first + 1] == 0 {
        node = first
      } else {
        left -= sums[first]
        node = first + 1
      }
    }
    return node - leafStart
  }
}
