import Foundation
import GroveGraphs
import GroveKernels
import GroveLearning

/// What `grove train` asks of the trainer of any task.
protocol RunTrainer {
  var notes: [String] { get }
  var times: StepTimes { get }

  /// Trains one run, and writes its page where that is asked for.
  func train(
    in folder: RunFolder, page: Bool, progress: (TrainingProgress) -> Void, shouldStop: () -> Bool
  ) throws -> (result: RunResult, resumedFromEpoch: Int)

  /// The page of a run that finished before.
  func page(of result: RunResult, in folder: RunFolder) throws -> String

  /// The page above several runs.
  func summary(of results: [RunResult], in folder: RunFolder) throws -> String
}

extension RunTrainer {
  /// Writes the page of a run that finished without it, as one does whose process was killed in between.
  func writeMissingPage(of result: RunResult, in folder: RunFolder) throws {
    if FileManager.default.fileExists(atPath: folder.reportPath) { return }
    try AtomicFile.write(page(of: result, in: folder), to: folder.reportPath)
  }
}

extension NodeTrainer: RunTrainer {
  func train(
    in folder: RunFolder, page: Bool, progress: (TrainingProgress) -> Void, shouldStop: () -> Bool
  ) throws -> (result: RunResult, resumedFromEpoch: Int) {
    let (result, model, from) = try train(in: folder, progress: progress, shouldStop: shouldStop)
    if page { try AtomicFile.write(RunReport(model, result, in: folder).html, to: folder.reportPath) }
    return (result, from)
  }

  func page(of result: RunResult, in folder: RunFolder) throws -> String {
    try RunReport(trained(in: folder), result, in: folder).html
  }

  func summary(of results: [RunResult], in folder: RunFolder) throws -> String {
    try SummaryReport(self, results, in: folder).html
  }
}

extension OpenWorldTrainer: RunTrainer {
  func train(
    in folder: RunFolder, page: Bool, progress: (TrainingProgress) -> Void, shouldStop: () -> Bool
  ) throws -> (result: RunResult, resumedFromEpoch: Int) {
    let (result, model, from) = try train(in: folder, progress: progress, shouldStop: shouldStop)
    if page { try AtomicFile.write(OpenWorldReport(model, result, in: folder).html, to: folder.reportPath) }
    return (result, from)
  }

  func page(of result: RunResult, in folder: RunFolder) throws -> String {
    try OpenWorldReport(trained(in: folder), result, in: folder).html
  }

  func summary(of results: [RunResult], in folder: RunFolder) throws -> String {
    try SummaryReport(self, results, in: folder).html
  }
}

extension LinkTrainer: RunTrainer {
  func train(
    in folder: RunFolder, page: Bool, progress: (TrainingProgress) -> Void, shouldStop: () -> Bool
  ) throws -> (result: RunResult, resumedFromEpoch: Int) {
    let (result, model, from) = try train(in: folder, progress: progress, shouldStop: shouldStop)
    if from > 0, from < result.epochs, let resumingNote { Notice.say(resumingNote) }
    if page { try AtomicFile.write(LinkReport(model, result, in: folder).html, to: folder.reportPath) }
    return (result, from)
  }

  func page(of result: RunResult, in folder: RunFolder) throws -> String {
    try LinkReport(trained(in: folder), result, in: folder).html
  }

  func summary(of results: [RunResult], in folder: RunFolder) throws -> String {
    try SummaryReport(self, results, in: folder).html
  }
}
