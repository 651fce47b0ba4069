import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import TestSupport
import Testing

/// Readers keep what they opened; one writer at a time; a full disk takes nothing away.
@Suite struct StoreSharingTests {
  @Test func `training goes on with its snapshot while the store is added to`() throws {
    let data = try StoreData(papers: 600)
    let split = try data.writeSplit("public")
    let store = try data.store("store", ["--labels", data.labels, "--split", split])
    let other = try StoreData(papers: 900)
    let words = ["--features", "has_topic", "--epochs", "400", "--patience", "0", "--hidden", "16"]
    let alone = try succeed(["train", try data.copy(store, to: "alone"), "--out", data.file("run-alone")] + words)
    let before = try verifiedSnapshot(store)
    let reader = try GraphStore(store)
    let running = try GroveCommand.start(["train", store, "--out", data.file("run"), "--json"] + words)
    InterruptionTests.waitFor(data.file("run/config.json"), running)
    _ = try succeed(["import", other.dump, "--into", store])
    _ = try succeed(["split", store, "--kind", "fraction:.5,.2", "--as", "public", "--overwrite"])
    let trained = try running.wait()
    #expect(trained.code == 0, "\(trained.errors)")
    #expect(try trained.object().numbers("test") == alone.numbers("test"))
    #expect(try verifiedSnapshot(store) != before)
    // What was opened before the changes is read only now.
    #expect(reader.snapshot == before && reader.splitNames == ["public"])
    #expect(try reader.split(named: "public").train.count == 30)
    #expect(try reader.labels()?.classCount ?? 0 > 1)
    #expect(try reader.texts(of: 0, type: AcademicSchema.paper)["id"] != nil)
  }

  @Test func `a second writer is told to wait`() throws {
    let data = try StoreData(papers: 300)
    let store = try data.store("store", half: 1, ["--labels", data.labels])
    let before = try allContents(store)
    let lock = open("\(store)/lock", O_RDWR)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX) == 0)
    for words in [
      ["import", data.source(2), "--into", store], ["import", "--labels", data.labels, "--into", store],
      ["store", "compact", store], ["split", store, "--kind", "fraction:.5,.2"],
    ] {
      try expectFailure(words, code: 73, [store, "another process", "wait"])
    }
    #expect(try allContents(store) == before)
    _ = try succeed(["inspect", store])
    _ = try verifiedSnapshot(store)
  }

  @Test func `two imports at once end as one or as both in turn`() throws {
    let data = try StoreData(papers: 3000)
    let store = data.file("store")
    let halves = [1, 2].map { data.source($0) }
    let running = try halves.map { try GroveCommand.start(["import", $0, "--into", store, "--json"]) }
    let results = try running.map { try $0.wait() }
    #expect(results.contains { $0.code == 0 } && results.allSatisfy { [0, 73].contains($0.code) })
    for (half, result) in zip(halves, results) where result.code == 73 {
      #expect(result.errorLines.count == 1 && result.errors.contains("another process"), "\(result.errors)")
      _ = try succeed(["import", half, "--into", store])
    }
    let both = try data.store("one", half: 1)
    _ = try succeed(["import", halves[1], "--into", both])
    #expect(try verifiedSnapshot(store) == verifiedSnapshot(both))
  }

  // MARK: - A disk that fills up

  @Test func `a disk that fills up leaves the store as it was`() throws {
    let data = try StoreData(papers: 1500)
    guard let disk = try SmallDisk(kibibytes: 16384) else { return }
    let store = disk.file("store")
    // Without a store there is none afterwards.
    for left in [0, 64, 256, 1024, 2048] {
      try disk.fill(leaving: left << 10)
      let result = try GroveCommand.run(["import", data.source(1), "--into", store])
      try disk.free()
      if result.code == 0 {
        try FileManager.default.removeItem(atPath: store)
        continue
      }
      expectFull(result, "\(left) KiB")
      #expect(!FileManager.default.fileExists(atPath: store), "\(left) KiB")
    }
    _ = try succeed(["import", data.source(1), "--into", store, "--labels", data.labels])
    var failures = 0
    for words in [
      ["import", data.source(2), "--into", store], ["store", "compact", store],
      ["split", store, "--kind", "fraction:.5,.2"], ["import", "--labels", data.labels, "--into", store],
    ] {
      for left in [0, 8, 64, 300, 800, 1600] {
        let before = try allContents(store)
        try disk.fill(leaving: left << 10)
        let result = try GroveCommand.run(words)
        try disk.free()
        if result.code == 0 { break }
        failures += 1
        expectFull(result, "\(words) \(left) KiB")
        #expect(try allContents(store) == before, "\(words) \(left) KiB")
      }
      _ = try verifiedSnapshot(store)
    }
    #expect(failures > 3)
    _ = try succeed(["split", store, "--kind", "fraction:.5,.2", "--overwrite"])
  }

  private func expectFull(
    _ result: CommandResult, _ told: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect([73, 74].contains(result.code), "\(told): \(result.code) \(result.errors)", sourceLocation: sourceLocation)
    #expect(
      result.errorLines.count == 1 && result.errors.contains("no space left") && result.output.isEmpty,
      "\(told): \(result.errors)", sourceLocation: sourceLocation)
  }
}
