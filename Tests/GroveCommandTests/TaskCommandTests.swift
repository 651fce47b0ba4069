import Foundation
import GroveKernels
import TestSupport
import Testing

/// `grove task` on a made-up dump.
@Suite struct TaskCommandTests {
  @Test(arguments: ["venue", "field", "topic", "citation"]) func `a store is made ready for a task, and trains`(
    kind: String
  ) throws {
    let data = try StoreData(papers: 400)
    let store = try data.store("papers")
    let result = try succeed(["task", store, "--kind", kind, "--minimum", "5"])
    #expect(result["task"] as? String == kind && (result.number("classes") ?? 0) >= 2)
    for part in ["labels", "train", "validation", "test"] { #expect((result.number(part) ?? 0) > 0, "\(part)") }
    #expect(result.number("withoutYear") != nil)
    if kind == "citation" {
      #expect(result["hiddenRelation"] is NSNull)
      let trained = try succeed(
        ["train", store, "--task", "links", "--split", kind, "--hidden", "8", "--epochs", "2", "--no-report"]
          + ["--out", data.file("run")])
      #expect(trained.numbers("test")["mrr"] != nil)
      return
    }
    #expect(result["hiddenRelation"] as? String == (kind == "venue" ? "published_in" : "has_topic"))
    _ = try succeed(
      ["train", store, "--split", kind, "--epochs", "2", "--features", "learned:8", "--no-report"]
        + ["--out", data.file("run")])
    let told = kind == "venue" ? "published_in" : "has_topic"
    let refused = try GroveCommand.run([
      "train", store, "--split", kind, "--features", told, "--out", data.file("other"),
    ])
    #expect(refused.code == 64 && refused.errors.contains("the labels were made from \(told)"), "\(refused.errors)")
  }

  @Test func `mistakes are told in one line`() throws {
    let data = try StoreData(papers: 60)
    let store = try data.store("papers")
    for (words, code, told) in [
      (["--kind", "venues"], 64, "author-disambiguation"), (["--kind", "venue", "--years", "2014"], 64, "2014,2016"),
      (["--kind", "venue", "--minimum", "0"], 64, "1 or more"), (["--kind", "author-disambiguation"], 64, "--out"),
      (["--kind", "venue", "--minimum", "100000"], 65, "--minimum"), (["--kind", "venue", "--out", "x"], 64, "--out"),
      (["--kind", "venue", "--minimum", "1", "--as", "a/b"], 64, "a/b"),
    ] as [([String], Int32, String)] {
      let result = try GroveCommand.run(["task", store] + words)
      #expect(result.code == code && result.errorLines.count == 1, "\(words): \(result.errors)")
      #expect(result.errors.contains(told), "\(words): \(result.errors)")
    }
  }
}
