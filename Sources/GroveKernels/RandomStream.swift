import CKernels

/// Counter-based random numbers: a value is a function of its key and place, never of what was drawn before.
///
/// The key mixes (seed, run, step, operation); the place is (global row or edge id, column). So a node's dropout mask
/// is the same in the full graph, in a mini-batch block and on any thread, and it is recomputed in the backward pass
/// instead of being stored. Each 64-bit draw is SplitMix64's finaliser (Steele, Lea, Flood 2014) over key and place.
public struct RandomStream: Sendable {
  /// What the numbers depend on beside their place.
  public let key: UInt64

  /// The stream of one operation in one step of a run; equal arguments give equal numbers.
  public init(seed: UInt64, run: Int = 0, step: Int = 0, operation: Int = 0) {
    var key = grove_mix(seed &+ 0x9e37_79b9_7f4a_7c15)
    for part in [run, step, operation] { key = grove_row_key(key, UInt64(bitPattern: Int64(part))) }
    self.key = key
  }

  private init(key: UInt64) { self.key = key }

  /// An independent stream for sub-task `number` of this one.
  public func substream(_ number: Int) -> RandomStream {
    RandomStream(key: grove_row_key(key ^ 0xa076_1d64_78bd_642f, UInt64(bitPattern: Int64(number))))
  }

  /// 32 uniform bits at a place.
  public func bits(row: Int, column: Int) -> UInt32 {
    let pair = grove_pair_bits(grove_row_key(key, UInt64(bitPattern: Int64(row))), UInt64(column) >> 1)
    return column & 1 == 1 ? UInt32(truncatingIfNeeded: pair >> 32) : UInt32(truncatingIfNeeded: pair)
  }

  /// A number in [0, 1) at a place, a multiple of 2⁻²⁴.
  public func uniform(row: Int, column: Int) -> Float { Float(bits(row: row, column: column) >> 8) * 0x1p-24 }

  /// Numbers drawn one after the other, for shuffles and other sequential algorithms.
  public var generator: RandomGenerator { RandomGenerator(stream: self) }

  /// Numbers drawn one after the other for one row, whatever other rows draw.
  public func generator(row: Int) -> RandomGenerator { RandomGenerator(stream: self, row: row) }
}

/// A sequence of 64-bit numbers from a `RandomStream`.
public struct RandomGenerator: RandomNumberGenerator, Sendable {
  private let rowKey: UInt64
  private var counter: UInt64 = 0

  fileprivate init(stream: RandomStream, row: Int = 0xffff_ffff_ffff) {
    rowKey = grove_row_key(stream.key, UInt64(bitPattern: Int64(row)))
  }

  /// The next 64 uniform bits.
  public mutating func next() -> UInt64 {
    counter &+= 1
    return grove_pair_bits(rowKey, counter)
  }

  /// A number in [0, 1), a multiple of 2⁻⁵³.
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A whole number in 0..<bound, without bias.
  ///
  /// - Complexity: O(1) expected.
  public mutating func next(below bound: Int) -> Int {
    precondition(bound > 0, "next(below: \(bound))")
    return Int.random(in: 0..<bound, using: &self)
  }

  /// `count` of the elements, in random order (Fisher–Yates).
  @inlinable
  public mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    for index in stride(from: result.count - 1, to: 0, by: -1) {
      result.swapAt(index, next(below: index + 1))
    }
    return result
  }
}
