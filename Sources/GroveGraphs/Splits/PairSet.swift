/// Which pairs of nodes some lists hold.
///
/// Letters: E pairs.
struct PairSet: Sendable {
  /// Sorted, each once.
  private let keys: [UInt64]
  /// Bits of a key that do not tell its bucket: about as many buckets as keys, of keys with the same leading bits.
  private let shift: UInt64
  /// Where each bucket begins among the keys, and where the last one ends. [buckets + 1]
  private let starts: [Int]
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
    keys = PairSet.distinct(keys)
    let most = keys.last ?? 0
    let shift = UInt64((0..<64).first { most >> UInt64($0) <= UInt64(2 * keys.count) } ?? 63)
    var starts = [0]
    for (place, key) in keys.enumerated() {
      while starts.count <= Int(key >> shift) { starts.append(place) }
    }
    starts.append(keys.count)
    (self.keys, self.shift) = (keys, shift)
    self.starts = starts
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
  /// - Complexity: O(1) where keys are spread over the buckets, O(log E) where they are not.
  func contains(_ source: Int32, _ target: Int32) -> Bool {
    let key = PairSet.key(source, target, ordered: isOrdered)
    let bucket = key >> shift
    guard bucket < UInt64(starts.count - 1) else { return false }
    return PairSet.position(of: key, in: keys, within: starts[Int(bucket)]..<starts[Int(bucket) + 1]) != nil
  }

  /// Place of a key among sorted ones, or nil.
  ///
  /// - Parameter range: the places where it may be; all where nil.
  /// - Complexity: O(log places).
  static func position(of key: UInt64, in keys: [UInt64], within range: Range<Int>? = nil) -> Int? {
    var (low, high) = (range?.lowerBound ?? 0, range?.upperBound ?? keys.count)
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
