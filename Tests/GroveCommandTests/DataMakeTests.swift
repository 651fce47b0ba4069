import Foundation
import GroveKernels
import GroveStore
import TestSupport
import Testing

/// `grove data make oag`: its fields, its refusals and its end on request.
@Suite struct DataMakeTests {
  @Test(arguments: ["oag-v3", "dblp-v12"]) func `the result names files, bytes and planted counts`(format: String)
    throws
  {
    let scratch = try ScratchFolder()
    let words = ["data", "make", "oag", "--papers", "300", "--into", scratch.file("d"), "--format", format]
    let result = try succeed(words + ["--seed", "4"])
    #expect(result["command"] as? String == "data make" && result.number("papers") == 300)
    let files = try #require(result["files"] as? [String])
    #expect(try Double(files.map { try bytes($0).count }.reduce(0, +)) == result.number("bytes"))
    let planted = try #require(result["planted"] as? [String: Any])
    #expect(planted["format"] as? String == format && planted.number("seed") == 4 && planted.number("papers") == 300)
    let last = try #require(files.last)
    let stored = try #require(try JSONSerialization.jsonObject(with: bytes(last)) as? [String: Any])
    for (key, value) in result.numbers("planted") { #expect(stored.number(key) == value, "\(key)") }
    #expect(result.numbers("planted").count == 24)

    let before = try files.map { try contents($0) }
    try expectFailure(words, code: 73, ["--overwrite"])
    #expect(try files.map { try contents($0) } == before)
    _ = try succeed(words + ["--seed", "4", "--overwrite"])
    #expect(try files.map { try contents($0) } == before)
    let people = try GroveCommand.run(words + ["--overwrite"])
    #expect(people.code == 0 && people.errors.isEmpty && people.output.contains("citations"))
  }

  @Test(arguments: SyntheticDump.Format.allCases) func `every format is written and named in the help`(
    format: SyntheticDump.Format
  ) throws {
    let scratch = try ScratchFolder()
    let words = ["data", "make", "oag", "--papers", "5", "--into", scratch.file("d"), "--format", format.rawValue]
    let result = try succeed(words)
    let files = try #require(result["files"] as? [String])
    #expect(try Double(files.map { try bytes($0).count }.reduce(0, +)) == result.number("bytes"))
    let planted = try #require(result["planted"] as? [String: Any])
    #expect(planted["format"] as? String == format.rawValue && planted.number("papers") == 5)
    let help = try GroveCommand.run(["data", "make", "--help"]).output
    #expect(help.contains(format.rawValue))
  }

  @Test func `foreign folders are refused`() throws {
    let scratch = try ScratchFolder()
    try AtomicFile.makeFolder(scratch.file("d"))
    try AtomicFile.write("mine", to: scratch.file("d/notes.txt"))
    let words = ["data", "make", "oag", "--papers", "3", "--into", scratch.file("d")]
    for more in [[], ["--overwrite"]] { try expectFailure(words + more, code: 73, ["no synthetic dump"]) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.file("d")) == ["notes.txt"])
  }

  @Test func `an interrupted command leaves nothing`() throws {
    let scratch = try ScratchFolder()
    let running = try GroveCommand.start(["data", "make", "oag", "--papers", "900000000", "--into", scratch.file("d")])
    let pause = Date()
    while try !FileManager.default.fileExists(atPath: scratch.file("d"))
      || FileManager.default.contentsOfDirectory(atPath: scratch.file("d")).isEmpty
    {
      try #require(Date().timeIntervalSince(pause) < 60)
      usleep(1000)
    }
    kill(running.id, SIGINT)
    let result = try running.wait()
    #expect(result.code == 130 && result.errorLines.count == 1 && result.output.isEmpty, "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: scratch.file("d")))
  }
}
