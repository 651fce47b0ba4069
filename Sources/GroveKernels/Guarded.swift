import Foundation

/// A value that one thread at a time may touch.
///
/// The lock is the system's, which the thread sanitizer knows; that of the Synchronization module it does not see.
public final class Guarded<Value>: @unchecked Sendable {
  // Sendable because `value` is only touched while `lock` is held.
  private var value: Value
  private let lock = NSLock()

  /// A guarded value, starting as given.
  public init(_ value: Value) { self.value = value }

  /// Calls `body` with the value, alone.
  ///
  /// - Precondition: `body` does not ask for the same lock.
  public func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
