import Foundation
import GroveKernels
import TestSupport
import Testing

/// A run may be ended at any instant and goes on to the same bytes.
@Suite struct InterruptionTests {
  /// Words of a run long enough to be caught in the middle (about a second).
  static let long = ["--epochs", "1000", "--patience", "0", "--checkpoint-every", "7"]

  /// Waits until a file is there.
  static func waitFor(_ path: String, _ running: RunningCommand) {
    for _ in 0..<20_000 {
      if FileManager.default.fileExists(atPath: path) { return }
      usleep(1000)
    }
    Issue.record("\(path) never came: \(running.errorsSoFar)")
  }

  /// Starts a run and ends it by a signal, some microseconds after a file has come.
  static func caught(
    _ words: [String], at file: String, after delay: UInt32, by signal: Int32
  ) throws -> CommandResult {
    let running = try GroveCommand.start(words)
    waitFor(file, running)
    usleep(delay)
    running.send(signal)
    return try running.wait()
  }

  /// Kills a run (in `delay` microseconds, or after its first checkpoint if that comes later), goes on with it, and
  /// compares with the whole run.
  ///
  /// - Returns: the epoch that it went on from.
  static func killAndResume(
    _ data: String, _ words: [String], in folder: String, whole: String, delays: [Int]
  ) throws -> [Int] {
    var from: [Int] = []
    for (number, delay) in delays.enumerated() {
      let words = number == 0 ? ["train", data, "--out", folder] + words : ["train", "--resume", folder]
      let killed = try caught(
        words + ["--json"], at: "\(folder)/last.safetensors", after: UInt32(delay), by: SIGKILL)
      if !killed.wasKilled { break }  // it was faster
    }
    let result = try succeed(["train", "--resume", folder])
    from.append(Int(result.number("resumedFromEpoch") ?? -1))
    #expect(from[0] > 0, "killed after \(delays)")
    for name in ["best", "last"] {
      #expect(
        try contents("\(folder)/\(name).safetensors") == contents("\(whole)/\(name).safetensors"),
        "\(name), killed after \(delays)")
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(!files.contains { $0.hasSuffix(".partial") }, "\(files)")
    let lines = String(decoding: try bytes("\(folder)/metrics.jsonl"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 1000, "each epoch is in the log once")
    return from
  }

  @Test func `a killed run goes on to the same bytes`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    _ = try succeed(["train", data, "--out", scratch.file("whole")] + Self.long)
    var random = TestRandom(Int(getpid()))
    var epochs: [Int] = []
    for number in 0..<4 {
      let delays = (0...number / 2).map { _ in Int.random(in: 0..<300_000, using: &random) }
      epochs += try Self.killAndResume(
        data, Self.long, in: scratch.file("cut-\(number)"), whole: scratch.file("whole"), delays: delays)
    }
    #expect(epochs.contains { $0 < 1000 }, "at least one was caught in the middle: \(epochs)")
  }

  @Test(arguments: [SIGINT, SIGKILL])
  func `a run in sampled batches goes on to the same bytes`(signal: Int32) throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let words = Self.long + ["--model", "sage", "--fanouts", "3,-1", "--batch", "32"]
    _ = try succeed(["train", data, "--out", scratch.file("whole")] + words)
    let run = scratch.file("run")
    let stopped = try Self.caught(
      ["train", data, "--out", run] + words, at: "\(run)/last.safetensors", after: 100_000, by: signal)
    #expect(stopped.code == (signal == SIGINT ? 130 : 137), "\(stopped.code) \(stopped.errors)")
    let result = try succeed(["train", "--resume", run])
    let from = result.number("resumedFromEpoch") ?? 0
    #expect(from > 0 && from < 1000, "\(from)")
    for name in ["best", "last"] {
      #expect(try contents("\(run)/\(name).safetensors") == contents(scratch.file("whole/\(name).safetensors")))
    }
    // The trained run is used as any other, and on the whole graph.
    #expect(try succeed(["evaluate", run]).numbers("metrics") == result.numbers("test"))
  }

  @Test func `a run killed before its first checkpoint begins again`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let words = ["train", data, "--epochs", "40", "--runs", "2"]
    let whole = try succeed(words + ["--out", scratch.file("whole")])
    var random = TestRandom(Int(getpid()))
    for number in 0..<8 {
      let folder = scratch.file("cut-\(number)")
      let running = try GroveCommand.start(words + ["--out", folder])
      usleep(UInt32(Int.random(in: 0..<120_000, using: &random)))
      running.send(SIGKILL)
      _ = try running.wait()
      let isRun = FileManager.default.fileExists(atPath: "\(folder)/config.json")
      let result = try succeed(isRun ? ["train", "--resume", folder] : words + ["--out", folder])
      #expect(result.numbers("test") == whole.numbers("test"))
      for name in ["best", "last"] {
        let file = "run-1/\(name).safetensors"
        #expect(try contents("\(folder)/\(file)") == contents(scratch.file("whole/\(file)")))
      }
      let left = try FileManager.default.subpathsOfDirectory(atPath: folder)
      #expect(!left.contains { $0.hasSuffix(".partial") }, "\(left)")
    }
  }

  @Test func `a run that has ended is printed again by --resume`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let first = try succeed(["train", data, "--out", scratch.file("run"), "--epochs", "6", "--runs", "2"])
    let before = try contents(scratch.file("run/run-1/last.safetensors"))
    let again = try succeed(["train", "--resume", scratch.file("run")])
    #expect(again.numbers("test") == first.numbers("test") && again.number("resumedFromEpoch") == 12)
    #expect(try contents(scratch.file("run/run-1/last.safetensors")) == before)
  }

  @Test func `a run without a checkpoint begins again`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let first = try succeed(["train", data, "--out", scratch.file("run"), "--epochs", "6"])
    for name in ["best.safetensors", "last.safetensors", "manifest.json"] {
      try FileManager.default.removeItem(atPath: scratch.file("run/\(name)"))
    }
    let again = try succeed(["train", "--resume", scratch.file("run")])
    #expect(again.number("resumedFromEpoch") == 0 && again.numbers("test") == first.numbers("test"))
  }

  @Test(arguments: [SIGINT, SIGTERM]) func `Ctrl-C ends with 130 and a run to go on with`(signal: Int32) throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    _ = try succeed(["train", data, "--out", scratch.file("whole")] + Self.long)
    let run = scratch.file("run")
    let stopped = try Self.caught(
      ["train", data, "--out", run, "--json"] + Self.long, at: "\(run)/last.safetensors", after: 50_000, by: signal)
    #expect(stopped.code == 130 && !stopped.wasKilled && stopped.output.isEmpty, "\(stopped.code) \(stopped.errors)")
    #expect(stopped.errorLines.count == 1 && stopped.errors.hasSuffix("go on with: grove train --resume \(run)\n"))
    let epoch = stopped.errors.split(separator: " ").compactMap { Int($0.filter(\.isNumber)) }.first
    let result = try succeed(["train", "--resume", run])
    #expect(result.number("resumedFromEpoch") == epoch.map(Double.init), "\(stopped.errors)")
    #expect(try contents("\(run)/best.safetensors") == contents(scratch.file("whole/best.safetensors")))
  }

  @Test(arguments: [SIGINT, SIGKILL]) func `several runs are stopped and gone on with as one`(signal: Int32) throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let words = ["--epochs", "700", "--patience", "0", "--checkpoint-every", "7", "--runs", "3"]
    let whole = try succeed(["train", data, "--out", scratch.file("whole")] + words)
    let run = scratch.file("run")
    let stopped = try Self.caught(
      ["train", data, "--out", run] + words, at: "\(run)/run-1/last.safetensors", after: 30_000, by: signal)
    #expect(stopped.code == (signal == SIGINT ? 130 : 137), "\(stopped.code) \(stopped.errors)")
    if signal == SIGINT { #expect(stopped.errors.hasSuffix("grove train --resume \(run)\n"), "\(stopped.errors)") }
    #expect(!FileManager.default.fileExists(atPath: "\(run)/run-2"))
    // The folder of the part that was caught stands for the whole.
    let result = try succeed(["train", "--resume", signal == SIGINT ? run : "\(run)/run-1"])
    let from = result.number("resumedFromEpoch") ?? 0
    #expect(from > 700 && from < 2100, "all of run 0 and a part of run 1: \(from)")
    #expect(result.numbers("test") == whole.numbers("test") && result.objects("runs").count == 3)
    for part in 0..<3 {
      let name = "run-\(part)/best.safetensors"
      #expect(try contents("\(run)/\(name)") == contents(scratch.file("whole/\(name)")), "\(name)")
    }
  }
}

@Suite(.enabled(if: isLong)) struct LongInterruptionTests {
  @Test(arguments: [
    [], ["--model", "gat"], ["--model", "sage", "--norm", "batch"], ["--optimizer", "sgd", "--momentum", "0.9"],
  ])
  func `a hundred kills lose nothing`(more: [String]) throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let words = InterruptionTests.long + more
    _ = try succeed(["train", data, "--out", scratch.file("whole")] + words)
    var random = TestRandom(Int(getpid()))
    for number in 0..<25 {
      let delays = (0..<4).map { _ in Int.random(in: 0..<400_000, using: &random) }
      let folder = scratch.file("cut-\(number)")
      _ = try InterruptionTests.killAndResume(data, words, in: folder, whole: scratch.file("whole"), delays: delays)
      try FileManager.default.removeItem(atPath: folder)
    }
  }
}
