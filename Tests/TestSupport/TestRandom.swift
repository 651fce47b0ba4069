/// A seeded generator of its own for tests (xorshift64*), so that test data never depends on the code under test.
public struct TestRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The generator of a seed; equal seeds give equal numbers.
  public init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed &+ 1) &* 0x9e37_79b9_7f4a_7c15 | 1 }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_f491_4f6c_dd1d
  }

  /// Numbers in ±bound, rounded to Float so that Float and Double code start from the same values.
  public mutating func floats(_ count: Int, bound: Float = 1) -> [Float] {
    (0..<count).map { _ in Float.random(in: -bound...bound, using: &self) }
  }

  /// Numbers whose size is in `sizes` and whose sign is random: away from the kink at 0.
  public mutating func floatsAwayFromZero(_ count: Int, sizes: ClosedRange<Float> = 0.2...1.2) -> [Float] {
    (0..<count).map { _ in (Bool.random(using: &self) ? 1 : -1) * Float.random(in: sizes, using: &self) }
  }
}
