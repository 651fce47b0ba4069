import Foundation
import GroveKernels
import GroveLearning

/// Progress of long work on standard error: a bar that moves in place on a terminal, else a line every few seconds.
final class ProgressLine {
  private let isTerminal = ProcessState.hasTerminal
  private let start = Date()
  private var lastShown: Date?
  private var isDrawn = false

  /// Shows a share of the work and a text, not too often.
  func show(_ share: Double, _ text: String) {
    let now = Date()
    let pause = isTerminal ? 0.1 : 5
    if now.timeIntervalSince(lastShown ?? start) < pause { return }
    lastShown = now
    if isTerminal {
      let filled = Int(max(0, min(1, share)) * 24)
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
      Notice.show("\r\u{1B}[K\(bar) \(text)")
      isDrawn = true
    } else {
      Notice.say(text)
    }
  }

  /// Removes the bar.
  func clear() {
    if isDrawn { Notice.show("\r\u{1B}[K") }
    isDrawn = false
  }
}

extension TrainingProgress {
  /// Share of all epochs of all runs that may be taken.
  var share: Double { (Double(run) + Double(epoch) / Double(epochs)) / Double(runs) }

  var text: String {
    let which = runs > 1 ? "run \(run + 1) of \(runs), " : ""
    let score = validation.map { value in
      metric == Metric.loss.rawValue
        ? String(format: ", validation loss %.4f", value) : ", validation \(metric) \(percent(value))"
    }
    return "\(which)epoch \(epoch) of \(epochs), loss \(String(format: "%.4f", loss))\(score ?? "")"
  }
}
