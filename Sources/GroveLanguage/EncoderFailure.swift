public import GroveKernels

/// Why a text encoder cannot be made from its files, or cannot be used as asked.
public enum EncoderFailure: Failure, Equatable {
  /// A file's contents are wrong.
  case malformed(path: String, reason: String, advice: String)
  /// A file is well-formed and asks for what is not read here.
  case unsupported(path: String, reason: String, advice: String)
  /// A folder lacks a file.
  case missing(path: String, what: String, advice: String)
  /// An option of an encoder is off.
  case option(encoder: String, reason: String, advice: String)

  /// `usage` for options, `missingInput` for files that are not there, else `badData`.
  public var kind: FailureKind {
    switch self {
    case .malformed, .unsupported: .badData
    case .missing: .missingInput
    case .option: .usage
    }
  }

  /// The place, what is wrong with it and what to do, in one sentence.
  public var description: String {
    switch self {
    case .malformed(let path, let reason, let advice), .unsupported(let path, let reason, let advice):
      "\(path): \(reason); \(advice)"
    case .missing(let path, let what, let advice): "\(path): there is no \(what); \(advice)"
    case .option(let encoder, let reason, let advice): "encoder \(encoder): \(reason); \(advice)"
    }
  }
}
