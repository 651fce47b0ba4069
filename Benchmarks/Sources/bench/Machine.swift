import Foundation
import GroveKernels

/// What this machine can do at most, measured with two threads.
enum Machine {
  /// Bandwidth beyond every cache and within the last one, and arithmetic.
  static func measured() -> [String: Any] {
    let memory = MachineLimits.measured(mebibytes: 1024, size: 2048)
    return [
      "bandwidth": memory.bytesPerSecond, "cachedBandwidth": MachineLimits.measured(mebibytes: 24).bytesPerSecond,
      "peak": memory.operationsPerSecond, "path": CPUPath.name,
    ]
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
