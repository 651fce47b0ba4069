/// Small whole numbers of a fixed number of bits, as runs of one number or as packed groups of eight.
///
/// - Source: Apache Parquet, "Encodings", run length encoding and bit-packing hybrid.
struct RunLengths {
  private var cursor: ByteCursor
  private let width: Int
  private var run: (value: Int, left: Int) = (0, 0)
  private var packed: (bits: UInt64, count: Int, values: Int) = (0, 0, 0)

  /// - Throws: `ByteCursor.Damage` for more than 32 bits.
  init(_ bytes: ArraySlice<UInt8>, width: Int) throws {
    guard (0...32).contains(width) else { throw ByteCursor.Damage(reason: "it packs numbers of \(width) bits") }
    cursor = ByteCursor(bytes)
    self.width = width
  }

  /// The next number.
  ///
  /// - Throws: `ByteCursor.Damage` where there is none.
  mutating func next() throws -> Int {
    while run.left == 0 && packed.values == 0 {
      let head = try cursor.variable()
      let count = Int(head >> 1 & 0x7fff_ffff)
      if head & 1 == 0 {
        run = (try cursor.little((width + 7) / 8), count)
      } else {
        guard count * width <= cursor.left else { throw ByteCursor.Damage(reason: "a page is cut short") }
        packed = (0, 0, 8 * count)
      }
    }
    if run.left > 0 {
      run.left -= 1
      return run.value
    }
    while packed.count < width {
      packed.bits |= UInt64(try cursor.byte()) << UInt64(packed.count)
      packed.count += 8
    }
    let value = Int(packed.bits & ((1 << UInt64(width)) - 1))
    packed.bits >>= UInt64(width)
    packed.count -= width
    packed.values -= 1
    return value
  }
}
