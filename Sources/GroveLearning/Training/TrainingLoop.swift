import Foundation
import GroveKernels
import GroveLayers

/// The epochs of one run with what surrounds them: going on from a checkpoint, the log, checkpoints, being asked to stop.
///
/// What an epoch is, and which one is best, is up to the trainer: it changes `state` and `kept`.
struct TrainingLoop {
  let configuration: TrainingConfiguration
  let run: Int
  /// The metric that progress shows, a key of the lines' validation scores.
  let metric: String
  let module: any Module
  let optimizer: any Optimizer
  /// Nil keeps everything in memory.
  let folder: RunFolder?
  let files: CheckpointFiles?
  /// Where the run stands.
  var state = TrainingState()
  /// Weights that may turn out to be the best.
  var kept: [KeptWeights]
  /// Epochs that did not have to be done again.
  private(set) var resumedFrom = 0
  /// The epoch of the last checkpoint.
  private var saved = 0
  /// Time of all epochs.
  private(set) var seconds = 0.0
  private var log: MetricsLog?

  /// Goes on from the folder's last checkpoint, or begins.
  ///
  /// - Throws: `TrainingFailure.checkpoint` where that belongs to another run; `FileFailure`.
  init(
    _ configuration: TrainingConfiguration, run: Int, metric: String, module: any Module, optimizer: any Optimizer,
    folder: RunFolder?, files: CheckpointFiles?, kept: [KeptWeights]
  ) throws {
    (self.configuration, self.run, self.metric) = (configuration, run, metric)
    (self.module, self.optimizer, self.folder, self.files, self.kept) = (module, optimizer, folder, files, kept)
    if let resumed = try files?.readLast(into: module, memory: optimizer.memory) {
      state = resumed.state
      self.kept = resumed.kept
    }
    (resumedFrom, saved) = (state.epoch, state.epoch)
    log = try folder.map { try MetricsLog(path: $0.metricsPath, keepingThrough: state.epoch) }
    seconds = log?.keptSeconds ?? 0
  }

  /// Epochs until the last, or until `isDone`; `state.epoch` is that of the running one.
  ///
  /// - Parameters:
  ///   - last: number of the last epoch; nil: as the configuration says.
  ///   - body: one epoch; gives its line of the log, without the time.
  mutating func train(
    through last: Int? = nil, until isDone: (TrainingState) -> Bool, progress: (TrainingProgress) -> Void,
    shouldStop: () -> Bool,
    _ body: (inout TrainingLoop) throws -> MetricsLog.Line
  ) throws {
    var pace = CheckpointPace(every: configuration.checkpointEvery)
    let epochs = last ?? configuration.epochs
    while state.epoch < epochs && !isDone(state) {
      let start = Date()
      state.epoch += 1
      var line = try body(&self)
      line.seconds = Date().timeIntervalSince(start)
      seconds += line.seconds
      try log?.append(line)
      progress(
        TrainingProgress(
          run: run, runs: configuration.runs, epoch: state.epoch, epochs: epochs, loss: line.loss,
          validation: line.validation[metric], metric: metric))
      let stops = shouldStop()
      if stops || pace.isDue(epoch: state.epoch, taking: line.seconds) { try pace.timed { try writeLast() } }
      guard stops else { continue }
      guard let folder else { throw CancellationError() }
      throw TrainingFailure.interrupted(path: folder.path, epoch: state.epoch)
    }
  }

  /// Leaves a long epoch before its end, where that is asked for and the last checkpoint is of the epoch before.
  ///
  /// - Throws: `TrainingFailure.interrupted` with that epoch; `CancellationError` where all is in memory.
  func leaveEpoch(ifAsked shouldStop: () -> Bool) throws {
    guard saved == state.epoch - 1 || folder == nil, shouldStop() else { return }
    guard let folder else { throw CancellationError() }
    throw TrainingFailure.interrupted(path: folder.path, epoch: saved)
  }

  /// Writes the last checkpoint and the best weights, which the module then holds.
  mutating func finish(best: ModelWeights) throws {
    try writeLast()
    best.restore(to: module)
    try files?.writeBest(best, epoch: state.bestEpoch)
  }

  private mutating func writeLast() throws {
    try files?.writeLast(state, current: ModelWeights(of: module), kept: kept, memory: optimizer.memory)
    saved = state.epoch
  }
}

/// When to write the next checkpoint: every so many epochs if told; else after the first epoch, and then whenever a
/// second has passed and writing would take less than a twentieth of the time, but every eight seconds, and after each
/// epoch where another one would end beyond ten.
private struct CheckpointPace {
  let every: Int?
  private var last: Date?
  private var cost = 0.0

  init(every: Int?) { self.every = every }

  func isDue(epoch: Int, taking seconds: Double) -> Bool {
    if let every { return epoch % every == 0 }
    guard let last else { return true }
    let passed = Date().timeIntervalSince(last)
    return passed >= min(8, max(1, 20 * cost)) || passed + seconds >= 10
  }

  mutating func timed(_ write: () throws -> Void) rethrows {
    let start = Date()
    try write()
    last = Date()
    cost = Date().timeIntervalSince(start)
  }
}
