import GroveKernels

/// Ids that look drawn at random and never meet: one-to-one maps of numbers.
struct SyntheticIDs {
  enum Kind: Int { case paper, absentPaper, author, affiliation, venue, field }

  private let key: UInt64
  private let paperMask: Int
  private let authorMask: Int

  init(papers: Int, seed: UInt64) {
    key = RandomStream(seed: seed).substream(5).key
    paperMask = Self.mask(over: papers << 6 + 64, atLeast: 31)
    authorMask = Self.mask(over: papers << 1 + 2, atLeast: 30)
  }

  private static func mask(over bound: Int, atLeast bits: Int) -> Int {
    1 << max(bits, Int.bitWidth - bound.leadingZeroBitCount) - 1
  }

  // MARK: - 24 hexadecimal digits

  private static let prefixes: [StaticString] = [
    "53e997c8", "53e997c8", "53f4318e", "5f71b28c", "555036bb", "5736ae2f",
  ]
  private static let capitalPrefixes: [StaticString] = [
    "53E997C8", "53E997C8", "53F4318E", "5F71B28C", "555036BB", "5736AE2F",
  ]

  /// Adds an id of 24 digits.
  ///
  /// Within a kind the last 16 are a one-to-one mix of the number; papers and absent papers share the first 8 and
  /// differ in a bit of the number.
  func append(_ kind: Kind, _ number: Int, uppercase: Bool = false, to text: inout ByteText) {
    text.append((uppercase ? Self.capitalPrefixes : Self.prefixes)[kind.rawValue])
    text.append(hexadecimal: bits(kind, number), uppercase: uppercase)
  }

  /// Whether one id of 24 digits comes before another, where both begin alike.
  func isOrdered(_ kind: Kind, _ number: Int, before other: Kind, _ otherNumber: Int) -> Bool {
    bits(kind, number) < bits(other, otherNumber)
  }

  /// Adds an id in the form of a UUID of version 4, in which 64 of its bits tell it from all others.
  func append(universal kind: Kind, _ number: Int, to text: inout ByteText) {
    let bits = bits(kind, number)
    let filler = bits &* 0xd6e8_feb8_6659_fd93
    let start = text.count
    text.append(hexadecimal: bits)
    text.append(hexadecimal: filler)
    // 16 digits of each: dddddddd-dddd-4fff-8fff-ffffffffdddd.
    var digits: [UInt8] = []
    for place in start..<start + 32 { digits.append(text[place]) }
    text.truncate(to: start)
    func take(_ range: Range<Int>) { for place in range { text.append(digits[place]) } }
    take(0..<8)
    text.append(UInt8(ascii: "-"))
    take(8..<12)
    text.append("-4")
    take(16..<19)
    text.append("-8")
    take(19..<22)
    text.append(UInt8(ascii: "-"))
    take(22..<30)
    take(12..<16)
  }

  private func bits(_ kind: Kind, _ number: Int) -> UInt64 {
    var bits = UInt64(number) | (kind == .absentPaper ? 1 << 62 : 0)
    bits = (bits &+ key) &* 0x9e37_79b9_7f4a_7c15
    bits ^= bits >> 29
    bits = bits &* 0xbf58_476d_1ce4_e5b9
    bits ^= bits >> 32
    return bits
  }

  // MARK: - Whole numbers

  /// A whole number: an odd multiple modulo a power of two, papers even and absent papers odd, authors beyond 2³¹.
  func integer(_ kind: Kind, _ number: Int) -> Int {
    switch kind {
    case .paper: (number + 1) << 1 &* 0x2545_f491_4f6c_dd1d & paperMask
    case .absentPaper: (number << 1 | 1) &* 0x2545_f491_4f6c_dd1d & paperMask
    case .author: 1 << 31 + (number + 1) &* 0x1f12_3bb5_159a_55e5 & authorMask
    case .affiliation: 100_000_000 + 7 * number
    case .venue: 1_100_000_000 + 13 * number
    case .field: 41_000_000 + 11 * number
    }
  }
}
