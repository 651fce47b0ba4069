import Foundation
import GroveKernels
import TestSupport
import Testing

/// Places that cannot be written: 73 where an output cannot be made, 74 where writing it fails half way.
@Suite struct OutputErrorTests {
  @Test func `a run is not written over a file, under a file, into a foreign folder or where nothing can be made`()
    throws
  {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    try AtomicFile.write("mine", to: scratch.file("file"))
    try AtomicFile.makeFolder(scratch.file("folder"))
    try AtomicFile.write("mine", to: scratch.file("folder/notes.txt"))
    for (out, words) in [
      (scratch.file("file"), "a file is in the way"), (scratch.file("file/run"), "not a directory"),
      (scratch.file("folder"), "not empty"), ("/proc/nothing/run", "/proc/nothing/run"), ("/dev/null", "/dev/null"),
    ] {
      try expectFailure(["train", data, "--out", out, "--epochs", "1"], code: 73, [out, words])
      try expectFailure(["train", data, "--out", out, "--epochs", "1", "--overwrite"], code: 73, [out])
    }
    #expect(try bytes(scratch.file("file")) == Data("mine".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.file("folder")) == ["notes.txt"])
  }

  @Test func `an existing run is replaced only with --overwrite`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let words = ["train", data, "--out", scratch.file("run"), "--epochs", "2"]
    _ = try succeed(words + ["--runs", "2"])
    try AtomicFile.write("mine", to: scratch.file("run/notes.txt"))
    let before = try contents(scratch.file("run/run-1/best.safetensors"))
    try expectFailure(words, code: 73, ["a run lies here", "--overwrite", "--resume"])
    #expect(try contents(scratch.file("run/run-1/best.safetensors")) == before)
    // A command that fails before it trains takes nothing away, even with --overwrite.
    try expectFailure(words + ["--overwrite", "--features", "none such"], code: 64, ["'none such'"])
    #expect(try contents(scratch.file("run/run-1/best.safetensors")) == before)
    _ = try succeed(words + ["--overwrite"])
    let left = try FileManager.default.contentsOfDirectory(atPath: scratch.file("run")).sorted()
    #expect(
      left == [
        "best.safetensors", "config.json", "last.safetensors", "manifest.json", "metrics.jsonl", "notes.txt",
        "report.html",
      ])
  }

  @Test(arguments: [".npy", ".npz", ".tsv", ".w2v.txt", ".safetensors", ".sqlite"])
  func `an export that cannot be made leaves nothing`(suffix: String) throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    _ = try succeed(["train", data, "--out", scratch.file("run"), "--epochs", "1"])
    try AtomicFile.write("mine", to: scratch.file("file"))
    try AtomicFile.makeFolder(scratch.file("taken\(suffix)"))
    let before = try FileManager.default.subpathsOfDirectory(atPath: scratch.path).sorted()
    for out in [scratch.file("file/x\(suffix)"), scratch.file("missing/x\(suffix)"), "/proc/x\(suffix)"] {
      try expectFailure(["export", scratch.file("run"), "--out", out], code: 73, ["cannot be created"])
    }
    let taken = try GroveCommand.run(["export", scratch.file("run"), "--out", scratch.file("taken\(suffix)")])
    #expect(
      [73, 74].contains(taken.code) && taken.errorLines.count == 1 && taken.errors.contains("taken"), "\(taken.errors)")
    try? FileManager.default.removeItem(atPath: scratch.file("taken.ids.txt"))
    #expect(try FileManager.default.subpathsOfDirectory(atPath: scratch.path).sorted() == before)
  }

  @Test(arguments: [".tsv", ".jsonl"]) func `predictions that cannot be made leave nothing`(suffix: String) throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    _ = try succeed(["train", data, "--out", scratch.file("run"), "--epochs", "1"])
    for out in [scratch.file("missing/x\(suffix)"), "/proc/x\(suffix)"] {
      try expectFailure(["predict", scratch.file("run"), "--out", out], code: 73, [out])
    }
  }

  @Test func `a split of the same name is kept unless it is the same`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let published = try contents("\(data)/splits/public.json")
    try expectFailure(["split", data, "--kind", "per-class:5,5", "--as", "public"], code: 73, ["'public'", "--as"])
    #expect(try contents("\(data)/splits/public.json") == published)
    let words = ["split", data, "--kind", "per-class:5,5", "--as", "mine"]
    _ = try succeed(words)
    let first = try contents("\(data)/splits/mine.json")
    _ = try succeed(words)
    #expect(try contents("\(data)/splits/mine.json") == first, "the same command again is no conflict")
    try expectFailure(words + ["--seed", "1"], code: 73, ["'mine'"])
    _ = try succeed(words + ["--seed", "1", "--overwrite"])
    #expect(try contents("\(data)/splits/mine.json") != first)
  }

  // MARK: - A disk that fills up

  @Test func `a disk that fills up stops training, and the run goes on once there is room`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    guard let disk = try SmallDisk(kibibytes: 2048) else { return }
    // Too small from the start: 27 × 20000 numbers, four times.
    let words = ["train", data, "--out", disk.file("run"), "--epochs", "3"]
    try expectFailure(words + ["--hidden", "20000"], code: 74, [disk.file("run"), "no space left"])
    let files = try FileManager.default.contentsOfDirectory(atPath: disk.file("run"))
    #expect(!files.contains { $0.hasSuffix(".partial") } && !files.contains("manifest.json"), "\(files)")
    try FileManager.default.removeItem(atPath: disk.file("run"))

    // Full in the middle of a run: its checkpoint stays, and --resume ends in the bytes of a run without trouble.
    let long = ["--epochs", "3000", "--patience", "0", "--checkpoint-every", "10", "--hidden", "16"]
    _ = try succeed(["train", data, "--out", scratch.file("whole")] + long)
    let running = try GroveCommand.start(["train", data, "--out", disk.file("run")] + long)
    while !FileManager.default.fileExists(atPath: disk.file("run/last.safetensors")) { usleep(2000) }
    try disk.fill()
    let stopped = try running.wait()
    #expect(stopped.code == 74 && stopped.errorLines.count == 1 && stopped.output.isEmpty, "\(stopped.errors)")
    #expect(stopped.errors.contains("no space left"))
    let last = try contents(disk.file("run/last.safetensors"))
    try expectFailure(["train", "--resume", disk.file("run")], code: 74, ["no space left"])
    #expect(try contents(disk.file("run/last.safetensors")) == last, "the old checkpoint is whole")
    try disk.free()
    #expect(try succeed(["train", "--resume", disk.file("run")]).number("resumedFromEpoch") ?? 0 > 0)
    #expect(try contents(disk.file("run/best.safetensors")) == contents(scratch.file("whole/best.safetensors")))
  }

  @Test func `a disk that fills up leaves old exports and predictions as they were`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    let run = scratch.file("run")
    _ = try succeed(["train", data, "--out", run, "--epochs", "1"])
    guard let disk = try SmallDisk(kibibytes: 1024) else { return }
    let outs = ["e.npy", "e.npz", "e.tsv", "e.w2v.txt", "e.safetensors", "e.sqlite", "p.tsv", "p.jsonl"]
    func write(_ name: String) throws -> CommandResult {
      try GroveCommand.run([name.hasPrefix("e") ? "export" : "predict", run, "--out", disk.file(name)])
    }
    for name in outs {
      #expect(try write(name).code == 0)
      let files = try FileManager.default.contentsOfDirectory(atPath: disk.path).sorted()
      let old = try files.map { try contents(disk.file($0)) }
      try disk.fill(leaving: 4096)
      let result = try write(name)
      #expect(result.code == 74, "\(name): exit \(result.code) \(result.errors)")
      #expect(
        result.errorLines.count == 1 && result.errors.contains("no space left") && result.output.isEmpty,
        "\(result.errors)")
      try disk.free()
      #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).sorted() == files, "\(name)")
      #expect(try files.map { try contents(disk.file($0)) } == old, "\(name)")
      for file in files { try FileManager.default.removeItem(atPath: disk.file(file)) }
    }
  }
}
