import Foundation

/// Failures of the file system itself, whatever the format.
public enum FileFailure: Failure, Equatable {
  case missing(path: String)
  case unreadable(path: String, code: Int32)
  case cannotCreate(path: String, code: Int32)
  case cannotWrite(path: String, code: Int32)

  /// `missingInput` for what cannot be read, `cannotCreate` or `inputOutput` for what cannot be written.
  public var kind: FailureKind {
    switch self {
    case .missing, .unreadable: .missingInput
    case .cannotCreate: .cannotCreate
    case .cannotWrite: .inputOutput
    }
  }

  /// The path, what happened to it and what to do about it, in one sentence.
  public var description: String {
    switch self {
    case .missing(let path): "\(path): no such file or folder; check the path"
    case .unreadable(let path, let code): "\(path): cannot be read (\(reason(code))); check its permissions"
    case .cannotCreate(let path, let code): "\(path): cannot be created (\(reason(code))); choose another place"
    case .cannotWrite(let path, let code):
      "\(path): writing failed (\(reason(code))); nothing was replaced, free some space or choose another place"
    }
  }

  private func reason(_ code: Int32) -> String { String(cString: strerror(code)).lowercased() }
}
