import GroveKernels

/// Ids that look drawn at random and never meet: one-to-one maps of numbers.
struct SyntheticIDs {
  enum Kind: Int { case paper, absentPaper, author, affiliation, venue }

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

  private static let prefixes: [StaticString] = ["53e997c8", "53e997c8", "53f4318e", "5f71b28c", "555036bb"]
  private static let capitalPrefixes: [StaticString] = ["53E997C8", "53E997C8", "53F4318E", "5F71B28C", "555036BB"]

  /// Adds an id of 24 digits.
  ///
  /// Within a kind the last 16 are a one-to-one mix of the number; papers and absent papers share the first 8 and
  /// differ in a bit of the number.
  func append(_ kind: Kind, _ number: Int, uppercase: Bool = false, to text: inout ByteText) {
    text.append((uppercase ? Self.capitalPrefixes : Self.prefixes)[kind.rawValue])
    var bits = UInt64(number) | (kind == .absentPaper ? 1 << 62 : 0)
    bits = (bits &+ key) &* 0x9e37_79b9_7f4a_7c15
    bits ^= bits >> 29
    bits = bits &* 0xbf58_476d_1ce4_e5b9
    bits ^= bits >> 32
    text.append(hexadecimal: bits, uppercase: uppercase)
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
    }
  }
}
