import Foundation
import GroveKernels

/// What this machine can do at most, measured with two threads.
enum Machine {
  /// Bytes a second that a sum over numbers reads, beyond every cache and within the last one, and floating-point
  /// operations a second of a large dense product.
  static func measured() -> [String: Any] {
    [
      "bandwidth": bandwidth(mebibytes: 1024), "cachedBandwidth": bandwidth(mebibytes: 24), "peak": peak(),
      "path": CPUPath.name,
    ]
  }

  private static func bandwidth(mebibytes: Int) -> Double {
    let width = 1024
    let rows = mebibytes << 20 / (4 * width)
    let numbers = FloatBuffer(count: rows * width, zeroed: true)
    let out = FloatBuffer(count: width, zeroed: true)
    let best = (0..<7).map { _ in seconds { Kernels.sumRows(numbers, width: width, into: out) } }.min() ?? 1
    return Double(mebibytes << 20) / best
  }

  private static func peak() -> Double {
    let size = 2048
    let a = FloatBuffer(count: size * size, zeroed: true)
    let c = FloatBuffer(count: size * size)
    let best =
      (0..<7).map { _ in
        seconds { Kernels.matrixMultiply(a, a, m: size, n: size, k: size, into: c, adding: false) }
      }.min() ?? 1
    return 2 * Double(size * size * size) / best
  }

  private static func seconds(_ body: () -> Void) -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
  }

  /// Most memory held since `forgetPeakMemory`, in MiB.
  static var peakMemory: Double {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
      return (Double(line.split(whereSeparator: { $0 == " " || $0 == "\t" })[1]) ?? 0) / 1024
    }
    return 0
  }

  /// Lets the kernel count peak memory anew.
  static func forgetPeakMemory() {
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
  }
}
