/// Floats between two fences of NaNs, at an address that is not aligned: a kernel that reads or writes beside its
/// range spoils a result or a fence.
final class GuardedFloats {
  let count: Int
  let pointer: UnsafeMutablePointer<Float>
  private let base: UnsafeMutablePointer<Float>
  private static let fence = 19
  private static let mark: UInt32 = 0x7fc0_dead

  /// Filled with NaN, so that a result nobody wrote shows.
  init(count: Int) {
    self.count = count
    base = .allocate(capacity: count + 2 * Self.fence)
    base.initialize(repeating: Float(bitPattern: Self.mark), count: count + 2 * Self.fence)
    pointer = base + Self.fence
  }

  convenience init(_ values: [Float]) {
    self.init(count: values.count)
    for (i, value) in values.enumerated() { pointer[i] = value }
  }

  convenience init(zeros count: Int) { self.init([Float](repeating: 0, count: count)) }

  deinit { base.deallocate() }

  var values: [Float] { (0..<count).map { pointer[$0] } }

  /// Whether nothing was written outside of the range.
  var isIntact: Bool {
    (0..<Self.fence).allSatisfy {
      base[$0].bitPattern == Self.mark && pointer[count + $0].bitPattern == Self.mark
    }
  }
}
