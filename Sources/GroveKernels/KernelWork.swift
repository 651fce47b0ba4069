import Dispatch
import Synchronization

/// What the kernels that dominate training have done: the arithmetic of dense products, the bytes of sparse ones.
public struct KernelWork: Sendable, Equatable {
  /// Floating-point operations of dense products, a multiplication and an addition being two.
  public var operations: Int
  /// Bytes that sparse products and attention gathered, each row as often as it was read.
  public var bytes: Int

  /// Work from its parts.
  public init(operations: Int, bytes: Int) { (self.operations, self.bytes) = (operations, bytes) }

  /// Since the process began, over all threads.
  public static var done: KernelWork {
    KernelWork(
      operations: allOperations.load(ordering: .relaxed), bytes: allBytes.load(ordering: .relaxed))
  }

  private static let allOperations = Atomic<Int>(0)
  private static let allBytes = Atomic<Int>(0)

  static func count(operations: Int = 0, bytes: Int = 0) {
    if operations > 0 { allOperations.wrappingAdd(operations, ordering: .relaxed) }
    if bytes > 0 { allBytes.wrappingAdd(bytes, ordering: .relaxed) }
  }

  /// The work of `a` that `b` had not done yet.
  public static func - (a: KernelWork, b: KernelWork) -> KernelWork {
    KernelWork(operations: a.operations - b.operations, bytes: a.bytes - b.bytes)
  }

  /// Seconds that this work takes at least on a machine of such limits.
  public func seconds(within limits: MachineLimits) -> Double {
    Double(operations) / limits.operationsPerSecond + Double(bytes) / limits.bytesPerSecond
  }
}

/// What this machine can do at most with the threads that the pool has, as measured here and now.
public struct MachineLimits: Sendable {
  /// Floating-point operations a second of a large dense product.
  public let operationsPerSecond: Double
  /// Bytes a second of a sum over numbers.
  public let bytesPerSecond: Double

  /// Limits from their parts.
  public init(operationsPerSecond: Double, bytesPerSecond: Double) {
    (self.operationsPerSecond, self.bytesPerSecond) = (operationsPerSecond, bytesPerSecond)
  }

  /// Measures both: the best of a few tries.
  ///
  /// - Parameters:
  ///   - mebibytes: what is read. More than the caches hold gives the memory's bandwidth, less that of a cache.
  ///   - size: rows and columns of the dense product.
  /// - Complexity: about 20 readings and as many products; 50 ms with the usual sizes.
  public static func measured(mebibytes: Int = 64, size: Int = 768) -> MachineLimits {
    let width = 1024
    let numbers = FloatBuffer(count: mebibytes << 20 / 4, zeroed: true)
    let sum = FloatBuffer(count: width, zeroed: true)
    let a = FloatBuffer(count: size * size, zeroed: true)
    let c = FloatBuffer(count: size * size)
    let reading = best { Kernels.sumRows(numbers, width: width, into: sum) }
    let product = best { Kernels.matrixMultiply(a, a, m: size, n: size, k: size, into: c, adding: false) }
    return MachineLimits(
      operationsPerSecond: 2 * Double(size * size * size) / product,
      bytesPerSecond: Double(mebibytes << 20) / reading)
  }

  private static func best(_ body: () -> Void) -> Double {
    (0..<5).map { _ in
      let start = DispatchTime.now().uptimeNanoseconds
      body()
      return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    }.min() ?? 1
  }
}
