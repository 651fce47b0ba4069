/// A weight file that is not what it claims to be, or not what is asked for.
public struct SafetensorsFailure: Failure {
  /// The file that was read.
  public let path: String
  /// What is wrong with it, in words.
  public let reason: String
  /// What to do where the file itself is whole; nil where it is malformed.
  private let advice: String?

  /// A file that breaks the rules of the format.
  init(path: String, reason: String) {
    self.path = path
    self.reason = reason
    advice = nil
  }

  /// A whole file that is of no use here.
  init(path: String, reason: String, advice: String) {
    self.path = path
    self.reason = reason
    self.advice = advice
  }

  /// `badData`, whatever the reason.
  public var kind: FailureKind { .badData }

  /// The path, the reason and what to do about it, in one sentence.
  public var description: String {
    if let advice { return "\(path): \(reason); \(advice)" }
    return "\(path): not a safetensors file Grove can read: \(reason); restore or retrain it"
  }
}
