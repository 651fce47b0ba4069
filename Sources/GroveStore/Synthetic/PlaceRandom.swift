import GroveKernels

/// Draws about one place (a paper, an author, a block), which depend on nothing drawn elsewhere.
extension RandomStream {
  /// The draws about one place.
  func draws(at place: Int) -> RandomGenerator { substream(place).generator }
}

extension RandomGenerator {
  /// A whole number in 0..<bound; the bias of at most bound / 2⁶⁴ does not matter here.
  mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

  /// A number in [0, 1).
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// True for this share of all draws.
  mutating func chance(_ share: Double) -> Bool { unit() < share }

  /// A number in 0..<bound, small ones more often: the density falls as 1/√x.
  mutating func skewed(_ bound: Int) -> Int {
    let share = unit()
    return Int(Double(bound) * share * share)
  }
}
