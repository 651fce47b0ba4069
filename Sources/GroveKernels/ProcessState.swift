import Foundation
import Synchronization

/// Facts about the running process that the command line shows.
public enum ProcessState {
  private static let wasInterrupted = Atomic<Bool>(false)

  /// Largest resident memory so far, in MiB.
  public static var peakMemoryMiB: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1024
  }

  /// From now on the first Ctrl-C or SIGTERM only sets `isInterrupted`; a second one ends the process at once.
  public static func catchInterrupts() {
    for signalNumber in [SIGINT, SIGTERM] {
      signal(signalNumber) { number in
        if ProcessState.wasInterrupted.exchange(true, ordering: .relaxed) { _exit(128 + number) }
      }
    }
  }

  /// Whether Ctrl-C or SIGTERM has come since `catchInterrupts`.
  public static var isInterrupted: Bool { wasInterrupted.load(ordering: .relaxed) }

  /// Whether standard error is a terminal.
  public static var hasTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}
