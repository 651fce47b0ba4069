import Foundation
import GroveKernels
import TestSupport
import Testing

/// A writer may be ended at any instant; the store is what it was before, or what it should become.
@Suite(.serialized) struct StoreInterruptionTests {
  /// Kills a command at random instants and runs it again.
  ///
  /// - Parameters:
  ///   - former: the store before, nil for none.
  ///   - words: the command's words for a store's path.
  private func check(
    _ data: StoreData, former: String?, kills: Int, _ words: (String) -> [String]
  ) throws {
    let folder = data.file("cut")
    func prepare() throws {
      try? FileManager.default.removeItem(atPath: folder)
      if let former { _ = try data.copy(former, to: "cut") }
    }
    try prepare()
    let begin = Date()
    _ = try succeed(words(folder))
    let duration = Date().timeIntervalSince(begin)
    let whole = try verifiedSnapshot(folder)
    let kinds = try fileKinds(folder)
    let before = try former.map { try verifiedSnapshot($0) }
    var random = TestRandom(Int(getpid()))
    var caught = 0
    for number in 0..<kills {
      try prepare()
      let running = try GroveCommand.start(words(folder))
      // The last instants, in which files are put in place, get their share; the first kill comes surely in time.
      let range = number == 0 ? 0.05..<0.3 : number % 3 == 2 ? 0.8..<1.05 : 0..<1
      let part = Double.random(in: range, using: &random)
      usleep(UInt32(part * duration * 1e6))
      running.send(SIGKILL)
      let killed = try running.wait()
      if killed.wasKilled { caught += 1 }
      let told = "killed after \(part) of \(duration) s"
      let inspected = try GroveCommand.run(["inspect", folder, "--json"])
      if FileManager.default.fileExists(atPath: "\(folder)/manifest.json") {
        #expect(inspected.code == 0, "\(told): \(inspected.errors)")
        let snapshot = try verifiedSnapshot(folder)
        #expect(snapshot == before || snapshot == whole, "\(told)")
        #expect(try inspected.object()["snapshot"] as? String == snapshot, "\(told)")
      } else {
        #expect(
          former == nil && inspected.code == 66 && inspected.errorLines.count == 1, "\(told): \(inspected.errors)")
        try expectFailure(["store", "verify", folder], code: 66, [folder])
      }
      _ = try succeed(words(folder))
      #expect(try verifiedSnapshot(folder) == whole, "\(told)")
      #expect(try fileKinds(folder) == kinds, "\(told)")
      #expect(try generations(folder).allSatisfy { $0.value == 1 }, "\(told)")
    }
    #expect(caught > 0, "none of \(kills) was caught")
  }

  private static let kills = isLong ? 34 : 4

  @Test func `a first import that is killed leaves no store or the whole one`() throws {
    let data = try StoreData(papers: isLong ? 20_000 : 6000)
    try check(data, former: nil, kills: Self.kills) {
      ["import", data.source(), "--labels", data.labels, "--into", $0]
    }
  }

  @Test func `an import into a store that is killed leaves the old store or the new one`() throws {
    let data = try StoreData(papers: isLong ? 20_000 : 6000)
    let former = try data.store("former", half: 1)
    try check(data, former: former, kills: Self.kills) { ["import", data.source(2), "--into", $0] }
  }

  @Test func `compacting that is killed leaves the store as it was`() throws {
    let data = try StoreData(papers: isLong ? 20_000 : 6000)
    let former = try data.store("former", half: 1, ["--labels", data.labels])
    try check(data, former: former, kills: Self.kills) { ["store", "compact", $0] }
  }

  @Test func `a split that is killed leaves the store as it was`() throws {
    let data = try StoreData(papers: 1000)
    let former = try data.store("former", ["--labels", data.labels])
    try check(data, former: former, kills: Self.kills) { ["split", $0, "--kind", "fraction:.5,.2"] }
  }
}
