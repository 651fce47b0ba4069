/// Which pairs of nodes some lists hold.
///
/// Letters: E pairs.
struct PairSet: Sendable {
  /// Sorted, each once.
  private let keys: [UInt64]
  private let isOrdered: Bool

  /// - Parameter ordered: whether (a, b) and (b, a) are two pairs.
  /// - Complexity: O(E log E).
  init(_ lists: [EdgeList], ordered: Bool) {
    isOrdered = ordered
    var keys: [UInt64] = []
    keys.reserveCapacity(lists.reduce(0) { $0 + $1.count })
    for list in lists {
      for (source, target) in zip(list.sources, list.targets) {
        keys.append(PairSet.key(source, target, ordered: ordered))
      }
    }
    self.keys = PairSet.distinct(keys)
  }

  /// A number that only this pair has, or this pair and its reverse; rising with the first node, then the second.
  static func key(_ source: Int32, _ target: Int32, ordered: Bool) -> UInt64 {
    let (first, second) = ordered ? (source, target) : (min(source, target), max(source, target))
    return UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
  }

  /// The two nodes of a key.
  static func nodes(of key: UInt64) -> (Int32, Int32) {
    (Int32(bitPattern: UInt32(key >> 32)), Int32(bitPattern: UInt32(truncatingIfNeeded: key)))
  }

  /// Keys in rising order, each once.
  static func distinct(_ keys: [UInt64]) -> [UInt64] {
    let sorted = keys.sorted()
    var kept: [UInt64] = []
    kept.reserveCapacity(sorted.count)
    for key in sorted where kept.last != key { kept.append(key) }
    return kept
  }

  /// Whether a pair is in the set.
  ///
  /// - Complexity: O(log E).
  func contains(_ source: Int32, _ target: Int32) -> Bool {
    PairSet.position(of: PairSet.key(source, target, ordered: isOrdered), in: keys) != nil
  }

  /// Place of a key among sorted ones, or nil.
  ///
  /// - Complexity: O(log keys).
  static func position(of key: UInt64, in keys: [UInt64]) -> Int? {
    var (low, high) = (0, keys.count)
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low < keys.count && keys[low] == key ? low : nil
  }

  /// Place of the first pair of a list that the set holds, or nil.
  func first(in list: EdgeList) -> Int? {
    (0..<list.count).first { contains(list.sources[$0], list.targets[$0]) }
  }
}

extension LinkEnds {
  /// Whether (a, b) and (b, a) are two links.
  var hasOrderedLinks: Bool { !isUndirected }

  /// Whether (b, a) tells nothing of (a, b): only where the ends are of two types, whose numbers have nothing in common.
  var hasOrderedLeaks: Bool { !isSquare }
}
