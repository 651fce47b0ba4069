import Foundation
import GroveKernels
import GroveStore
import TestSupport
import Testing

/// Splits by time, from the folder to the saved run.
@Suite struct TimeSplitTests {
  /// The small graph with years 2010 to 2019 by the node's number; every eleventh node is of unknown year.
  private func folder(_ scratch: ScratchFolder) throws -> String {
    let data = SmallData()
    let path = try data.writeFolder(scratch.file("small"))
    let years: [Int32] = (0..<Int32(data.count)).map { (node: Int32) -> Int32 in
      node % 11 == 10 ? 0 : 2010 + node / 3 % 10
    }
    try NumpyArray.write(.int32s(years), shape: [data.count], to: "\(path)/years.npy")
    return path
  }

  @Test func `split stores the years and counts the nodes without one`() throws {
    let scratch = try ScratchFolder()
    let path = try folder(scratch)
    let made = try succeed(["split", path, "--kind", "time:2014,2016"])
    #expect(made["name"] as? String == "time_2014_2016")
    #expect(made.number("withoutYear") == 21)
    let counted = ["train", "validation", "test", "withoutYear"].compactMap { made.number($0) }.reduce(0, +)
    #expect(counted == 240)
    let text = String(decoding: try bytes("\(path)/splits/time_2014_2016.json"), as: UTF8.self)
    #expect(text.contains(#""years":[2014,2016]"#))
    let people = try GroveCommand.run(["split", path, "--kind", "time:2014,2016"])
    #expect(people.code == 0 && people.output.contains("21 labeled nodes have no year and are in no part"))
    let other = try succeed(["split", path, "--kind", "planetoid", "--as", "p"])
    #expect(other["withoutYear"] == nil, "other kinds have no use for years")
  }

  @Test(arguments: ["gcn", "label-propagation"])
  func `train, evaluate and resume agree, whether the split is drawn or stored`(model: String) throws {
    let scratch = try ScratchFolder()
    let path = try folder(scratch)
    _ = try succeed(["split", path, "--kind", "time:2014,2016", "--as", "stored"])
    var results: [[String: Any]] = []
    for (run, split) in [("drawn", "time:2014,2016"), ("kept", "stored")] {
      let out = scratch.file(run)
      let epochs = model == "gcn" ? ["--epochs", "8"] : []
      let trained = try succeed(["train", path, "--out", out, "--model", model, "--split", split] + epochs)
      for part in ["train", "validation", "test"] {
        let evaluated = try succeed(["evaluate", out, "--part", part])
        #expect(evaluated.numbers("metrics") == trained.numbers(part), "\(part)")
      }
      let resumed = try succeed(["train", "--resume", out])
      #expect(resumed.numbers("test") == trained.numbers("test"))
      results.append(trained)
    }
    #expect(results[0].numbers("validation") == results[1].numbers("validation"))
    #expect(results[0].numbers("test") == results[1].numbers("test"))
    #expect(try contents(scratch.file("drawn/best.safetensors")) == contents(scratch.file("kept/best.safetensors")))
  }

  @Test func `train says what has no year`() throws {
    let scratch = try ScratchFolder()
    let path = try folder(scratch)
    let words = ["train", path, "--out", scratch.file("run"), "--epochs", "1", "--split", "time:2014,2016"]
    let result = try GroveCommand.run(words + ["--runs", "2"])
    #expect(result.code == 0)
    #expect(result.errorLines.count { $0.contains("21 labeled nodes have no year") } == 1, "\(result.errors)")
    // A split by time over a graph without years: it trains, and says that time is not seen to.
    _ = try succeed(["split", path, "--kind", "time:2014,2016", "--as", "timed"])
    try FileManager.default.removeItem(atPath: "\(path)/years.npy")
    let timeless = try GroveCommand.run(
      ["train", path, "--out", scratch.file("other"), "--epochs", "1", "--split", "timed"])
    #expect(timeless.code == 0 && timeless.errors.contains("relation edges has no years"), "\(timeless.errors)")
  }

  @Test func `degrees train from the command line`() throws {
    let scratch = try ScratchFolder()
    let path = try folder(scratch)
    let out = scratch.file("run")
    let trained = try succeed(
      ["train", path, "--out", out, "--epochs", "2", "--features", "degree", "--split", "time:2014,2016"])
    #expect(trained.number("parameters") == Double(2 * 64 + 64 + 64 * 3 + 3))
    let evaluated = try succeed(["evaluate", out, "--part", "train"])
    #expect(evaluated.numbers("metrics") == trained.numbers("train"))
  }
}
