/// Numbers as keys that sort as they do, and a sort of keys that takes linear time.
public enum SortedKeys {
  /// A key that is smaller than another just where the number is; −0 has that of 0.
  ///
  /// What is no number comes above infinity, or below −infinity where its sign is set.
  public static func key(_ number: Float) -> UInt32 {
    let bits = (number == 0 ? 0 : number).bitPattern
    return bits >> 31 == 0 ? bits | 1 << 31 : ~bits
  }

  /// Keys below which comparing is as fast.
  private static let few = 1 << 12

  /// Keys in rising order.
  ///
  /// - Complexity: O(n) time and n further keys: a radix sort of three passes.
  public static func rising(_ keys: [UInt32]) -> [UInt32] {
    if keys.count < few { return keys.sorted() }
    var (from, to) = (keys, [UInt32](repeating: 0, count: keys.count))
    for shift in [UInt32(0), 11, 22] {
      var places = [Int](repeating: 0, count: 1 << 11)
      for key in from { places[Int(key >> shift & 0x7FF)] += 1 }
      var start = 0
      for digit in places.indices {
        let count = places[digit]
        places[digit] = start
        start += count
      }
      for key in from {
        let digit = Int(key >> shift & 0x7FF)
        to[places[digit]] = key
        places[digit] += 1
      }
      swap(&from, &to)
    }
    return from
  }
}
