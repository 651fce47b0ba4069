import Foundation

/// How the learning rate changes over epochs, by name, as `--schedule` takes it.
public enum Schedule: String, Sendable, CaseIterable, Codable {
  /// The same rate throughout.
  case constant
  /// Half a cosine from the rate down to 0.
  case cosine
  /// A straight line down to 0.
  case linear
  /// A tenth of the rate after each third of the epochs.
  case step

  /// Factor on the learning rate in an epoch, the first being 1.
  ///
  /// The first `warmup` epochs rise in a straight line.
  public func factor(epoch: Int, of epochs: Int, warmup: Int = 0) -> Float {
    if epoch <= warmup { return Float(epoch) / Float(warmup) }
    let done = Float(epoch - warmup - 1) / Float(max(1, epochs - warmup))
    return switch self {
    case .constant: 1
    case .cosine: (1 + Foundation.cos(Float.pi * done)) / 2
    case .linear: 1 - done
    case .step: Foundation.pow(0.1, Float(Int(done * 3)))
    }
  }
}
