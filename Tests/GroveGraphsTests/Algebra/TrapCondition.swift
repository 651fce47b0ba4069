import Foundation
import Testing

extension ExitTest.Condition {
  /// The program stopped at a precondition: a trap, not a thrown error.
  static var trap: ExitTest.Condition {
    #if arch(x86_64)
      .signal(SIGILL)
    #else
      .signal(SIGTRAP)
    #endif
  }
}
