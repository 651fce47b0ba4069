import Foundation
import GroveKernels
import GroveLanguage

/// Shows how far a long encoding is.
final class EncodingProgress {
  private let line = ProgressLine()
  private let total: Int
  private let start = Date()

  init(total: Int) { self.total = total }

  /// - Throws: `EncodingInterrupted` where the person asked to stop; what was encoded is kept.
  func show(_ progress: CachedEncoding.Progress) throws {
    if ProcessState.isInterrupted {
      line.clear()
      throw EncodingInterrupted(done: progress.done, total: total)
    }
    let fresh = progress.done - progress.cached
    let rate = Double(fresh) / max(1e-9, Date().timeIntervalSince(start))
    let left = Double(total - progress.done) / max(1e-9, rate)
    let time = left < 90 ? "\(Int(left.rounded())) s" : "\(Int((left / 60).rounded())) min"
    line.show(
      Double(progress.done) / Double(max(1, total)),
      "\(grouped(progress.done)) of \(grouped(total)) texts, \(grouped(Int(rate))) a second, \(time) left")
  }

  func clear() { line.clear() }
}

/// The person stopped an encoding; the rows that were made are kept.
struct EncodingInterrupted: Error, CustomStringConvertible {
  let done: Int
  let total: Int
  var description: String {
    "stopped after \(grouped(done)) of \(grouped(total)) texts, which are kept; run the command again to go on"
  }
}
