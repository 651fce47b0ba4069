import Dispatch
public import GroveKernels

/// Where the time of a training went, in seconds.
public struct StepTimes: Sendable, Equatable {
  /// Drawing neighborhoods, on the thread that makes batches ahead.
  public var sampling = 0.0
  /// Waiting for a batch that was not yet made.
  public var waiting = 0.0
  /// Fetching the features of a batch.
  public var gather = 0.0
  /// From features to the loss.
  public var forward = 0.0
  /// From the loss to the gradients.
  public var backward = 0.0
  /// Changing the parameters.
  public var optimizer = 0.0
  /// Scoring after each epoch.
  public var evaluation = 0.0
  /// What the kernels did in forward and backward passes.
  public var work = KernelWork(operations: 0, bytes: 0)

  /// No time at all.
  public init() {}

  /// The share of what the machine allows that forward and backward passes reached; nil where there were none.
  public func share(of limits: MachineLimits) -> Double? {
    let taken = forward + backward
    return taken > 0 ? work.seconds(within: limits) / taken : nil
  }

  /// Both together.
  public static func + (a: StepTimes, b: StepTimes) -> StepTimes {
    var sum = a
    for part in parts { sum[keyPath: part] += b[keyPath: part] }
    sum.work = KernelWork(
      operations: a.work.operations + b.work.operations, bytes: a.work.bytes + b.work.bytes)
    return sum
  }

  private static var parts: [WritableKeyPath<StepTimes, Double>] {
    [\.sampling, \.waiting, \.gather, \.forward, \.backward, \.optimizer, \.evaluation]
  }
}

/// Adds up where the time goes; shared by the thread that trains and the one that samples.
final class StepClock: Sendable {
  private let state = Guarded(StepTimes())

  var times: StepTimes { state.withLock { $0 } }

  /// Runs `body` and adds its time to a part, with the kernels' work where it belongs to a pass.
  func time<Result>(
    _ part: any WritableKeyPath<StepTimes, Double> & Sendable, countsWork: Bool = false, _ body: () throws -> Result
  ) rethrows -> Result {
    let (start, before) = (DispatchTime.now().uptimeNanoseconds, KernelWork.done)
    defer {
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
      let work = KernelWork.done - before
      state.withLock {
        $0[keyPath: part] += seconds
        if countsWork {
          $0.work.operations += work.operations
          $0.work.bytes += work.bytes
        }
      }
    }
    return try body()
  }
}
