import GroveKernels

/// How often what was found by scores is searched anew.
public struct RefreshPeriod: Sendable, Equatable {
  /// Steps between searches; 0: one search for all.
  public let steps: Int
  /// Epochs between searches where that is sooner; 0: steps alone decide.
  public let epochs: Int

  /// A period.
  ///
  /// - Precondition: neither is negative.
  public init(steps: Int, epochs: Int = 0) {
    precondition(steps >= 0 && epochs >= 0, "RefreshPeriod: \(steps) steps, \(epochs) epochs")
    (self.steps, self.epochs) = (steps, epochs)
  }

  /// Whether what was found at one moment is too old at another; what comes before it, as after a restart, is too.
  func isOver(since last: NegativeRequest.Progress, at now: NegativeRequest.Progress) -> Bool {
    guard steps > 0 else { return false }
    return now.step < last.step || now.step >= last.step + steps
      || (epochs > 0 && (now.epoch < last.epoch || now.epoch >= last.epoch + epochs))
  }
}

extension [NumberParameter] {
  /// How often candidates are searched by their scores.
  static func refresh(_ steps: Double) -> [NumberParameter] {
    [
      NumberParameter("refresh", steps, in: 0...1e9, "steps between searches; 0: one search"),
      NumberParameter(
        "refresh-epochs", 1, in: 0...1e9, "epochs between searches where that is sooner; 0: by steps alone"),
    ]
  }
}

extension NumberOptions {
  /// What `refresh` and `refresh-epochs` say.
  var refreshPeriod: RefreshPeriod { RefreshPeriod(steps: count("refresh"), epochs: count("refresh-epochs")) }
}
