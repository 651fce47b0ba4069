public import GroveKernels
import Synchronization

/// How the model is being run: training, with its random numbers, or evaluation, where nothing is recorded.
///
/// Operations that draw random numbers take the next stream of the pass. Streams are numbered in the order of the
/// calls, which is the order of the model's own code, so a step's masks depend on (seed, run, step) only.
public final class Pass: Sendable {
  @TaskLocal static var current: Pass?
  @TaskLocal static var isRecording = true

  private let seed: UInt64
  private let run: Int
  private let step: Int
  private let operations: Atomic<Int>

  private init(seed: UInt64, run: Int, step: Int, after operation: Int = 0) {
    operations = Atomic(operation)
    self.seed = seed
    self.run = run
    self.step = step
  }

  /// Runs `body` as training step `step`: dropout drops, batch norm uses the batch, operations are recorded.
  public static func training<Result>(
    seed: UInt64, run: Int = 0, step: Int, _ body: () throws -> Result
  ) rethrows -> Result {
    try $current.withValue(Pass(seed: seed, run: run, step: step), operation: body)
  }

  /// Runs `body` for its values alone: no dropout, running statistics, nothing recorded.
  public static func evaluation<Result>(_ body: () throws -> Result) rethrows -> Result {
    try $current.withValue(nil) { try $isRecording.withValue(false, operation: body) }
  }

  /// Runs `body` with recording off but otherwise in the mode that surrounds it.
  public static func withoutRecording<Result>(_ body: () throws -> Result) rethrows -> Result {
    try $isRecording.withValue(false, operation: body)
  }

  /// Where the current pass is among its random streams, to return to; nil in evaluation.
  static var place: (pass: Pass, operation: Int)? {
    current.map { ($0, $0.operations.load(ordering: .relaxed)) }
  }

  /// Runs `body` recorded, with the random streams that followed a place.
  static func replayed<Result>(from place: (pass: Pass, operation: Int)?, _ body: () throws -> Result) rethrows
    -> Result
  {
    let pass = place.map { Pass(seed: $0.pass.seed, run: $0.pass.run, step: $0.pass.step, after: $0.operation) }
    return try $current.withValue(pass) { try $isRecording.withValue(true, operation: body) }
  }

  /// Whether a training step is running.
  public static var isTraining: Bool { current != nil }

  /// The random stream of the next operation of this training step, or nil in evaluation.
  public static func nextStream() -> RandomStream? {
    current.map {
      let number = $0.operations.wrappingAdd(1, ordering: .relaxed).oldValue
      return RandomStream(seed: $0.seed, run: $0.run, step: $0.step, operation: number)
    }
  }
}
