/// A hash table from keys to small numbers, for one partition at a time.
struct KeyTable {
  /// What stands for an absent key.
  static let none = UInt32.max

  private var keys: [NodeKey]
  private var values: [UInt32]
  private var mask: Int
  private(set) var count = 0

  /// A table for about `capacity` keys.
  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    keys = [NodeKey](repeating: NodeKey(high: 0, low: 0), count: size)
    values = [UInt32](repeating: KeyTable.none, count: size)
    mask = size - 1
  }

  /// The value of a key, or `none`.
  @inline(__always) func value(of key: NodeKey) -> UInt32 {
    var slot = Int(truncatingIfNeeded: key.mixed) & mask
    while values[slot] != KeyTable.none {
      if keys[slot] == key { return values[slot] }
      slot = (slot + 1) & mask
    }
    return KeyTable.none
  }

  /// The value of a key, which becomes `new` where the key is not there yet.
  @inline(__always) mutating func insert(_ key: NodeKey, _ new: UInt32) -> UInt32 {
    var slot = Int(truncatingIfNeeded: key.mixed) & mask
    while values[slot] != KeyTable.none {
      if keys[slot] == key { return values[slot] }
      slot = (slot + 1) & mask
    }
    keys[slot] = key
    values[slot] = new
    count += 1
    if count * 2 > values.count { grow() }
    return new
  }

  /// Gives a key that is there another value.
  ///
  /// - Returns: the value before.
  @inline(__always) mutating func replace(_ key: NodeKey, _ new: UInt32) -> UInt32 {
    var slot = Int(truncatingIfNeeded: key.mixed) & mask
    while keys[slot] != key || values[slot] == KeyTable.none { slot = (slot + 1) & mask }
    defer { values[slot] = new }
    return values[slot]
  }

  private mutating func grow() {
    var larger = KeyTable(capacity: values.count)
    for slot in values.indices where values[slot] != KeyTable.none { _ = larger.insert(keys[slot], values[slot]) }
    self = larger
  }
}
