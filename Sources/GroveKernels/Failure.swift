/// What kind of thing went wrong in the world outside the program, as exit codes tell it.
public enum FailureKind: Int32, Sendable {
  /// The command's words are off.
  case usage = 64
  /// An input exists but its contents are wrong.
  case badData = 65
  /// An input does not exist or cannot be read.
  case missingInput = 66
  /// A fault of the program itself.
  case internalFault = 70
  /// An output cannot be created.
  case cannotCreate = 73
  /// Reading or writing failed half way, such as a full disk.
  case inputOutput = 74
}

/// The world's fault: its description is one sentence that ends with what to do.
public protocol Failure: Error, CustomStringConvertible, Sendable {
  var kind: FailureKind { get }
}
