/// Unpacks one block of Snappy: literals and copies of what came before.
///
/// - Source: google/snappy, "Snappy compressed format description".
enum SnappyBlock {
  /// - Throws: `ByteCursor.Damage` where the block does not unpack to exactly `expected` bytes.
  static func unpacked(_ bytes: ArraySlice<UInt8>, expected: Int) throws -> [UInt8] {
    var cursor = ByteCursor(bytes)
    guard try cursor.variable() == UInt64(expected) else {
      throw ByteCursor.Damage(reason: "a page does not unpack to the length it claims")
    }
    var result: [UInt8] = []
    // A block cannot unfold to more than 22 bytes of each of its own: no room is taken for what cannot come.
    result.reserveCapacity(min(expected, 22 * bytes.count))
    while cursor.left > 0 {
      let tag = Int(try cursor.byte())
      if tag & 3 == 0 {
        let short = tag >> 2
        let length = (short < 60 ? short : try cursor.little(short - 59)) + 1
        guard length <= expected - result.count else { throw tooLong }
        result += try cursor.slice(length)
        continue
      }
      let (length, offset): (Int, Int)
      switch tag & 3 {
      case 1: (length, offset) = (4 + (tag >> 2) & 7, (tag >> 5) << 8 | Int(try cursor.byte()))
      case 2: (length, offset) = (1 + tag >> 2, try cursor.little(2))
      default: (length, offset) = (1 + tag >> 2, try cursor.little(4))
      }
      guard offset > 0, offset <= result.count else {
        throw ByteCursor.Damage(reason: "a page repeats what it does not hold")
      }
      guard length <= expected - result.count else { throw tooLong }
      // One by one: a copy may run into what it writes.
      for _ in 0..<length { result.append(result[result.count - offset]) }
    }
    guard result.count == expected else { throw ByteCursor.Damage(reason: "a page is cut short") }
    return result
  }

  private static let tooLong = ByteCursor.Damage(reason: "a page unpacks to more than it claims")
}
