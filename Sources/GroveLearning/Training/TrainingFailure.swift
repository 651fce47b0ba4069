public import GroveKernels

/// What can go wrong with a run beside its files.
public enum TrainingFailure: Failure, Equatable {
  /// The configuration asks for something impossible; the text names the key and the rule.
  case configuration(String)
  /// The data cannot serve this training; the text names what is missing.
  case data(String)
  /// The loss stopped being a number; batches count from 1.
  case nonFiniteLoss(epoch: Int, batch: Int = 1, parameter: String?)
  /// A checkpoint does not fit the run.
  case checkpoint(path: String, reason: String)
  /// The run's folder is taken, or holds no run.
  case folder(path: String, reason: String, kind: FailureKind)
  /// The person asked to stop; everything up to that epoch is saved.
  case interrupted(path: String, epoch: Int)

  /// `usage` for a configuration, `badData` for data and checkpoints, a folder's own kind, else `internalFault`.
  public var kind: FailureKind {
    switch self {
    case .configuration: .usage
    case .data, .checkpoint: .badData
    case .nonFiniteLoss, .interrupted: .internalFault
    case .folder(_, _, let kind): kind
    }
  }

  /// What happened and, where it is known, what to do about it, in one sentence.
  public var description: String {
    switch self {
    case .configuration(let text), .data(let text): text
    case .nonFiniteLoss(let epoch, let batch, let parameter):
      "epoch \(epoch), batch \(batch): the loss is not finite"
        + (parameter.map { "; the first gradient that is not finite is that of \($0)" } ?? "")
        + "; lower --lr or check the features"
    case .checkpoint(let path, let reason): "\(path): \(reason); train again with --overwrite or restore the file"
    case .folder(let path, let reason, _): "\(path): \(reason)"
    case .interrupted(let path, let epoch): "stopped after epoch \(epoch); go on with: grove train --resume \(path)"
    }
  }
}
