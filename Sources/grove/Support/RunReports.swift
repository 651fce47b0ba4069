import Foundation
import GroveKernels
import GroveLearning

/// Pages about finished runs, in their folders.
enum RunReports {
  /// Writes the page of a run.
  static func write(_ model: TrainedModel, _ result: RunResult, in folder: RunFolder) throws {
    try AtomicFile.write(RunReport(model, result, in: folder).html, to: folder.reportPath)
  }

  /// Writes the page of a run that finished without it, as one does whose process was killed in between.
  static func writeMissing(of trainer: NodeTrainer, _ result: RunResult, in folder: RunFolder) throws {
    if FileManager.default.fileExists(atPath: folder.reportPath) { return }
    try write(try trainer.trained(in: folder), result, in: folder)
  }
}
