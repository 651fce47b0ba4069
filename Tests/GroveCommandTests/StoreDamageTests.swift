import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import TestSupport
import Testing

/// A store whose files are not what was written is told of, never taken for right.
@Suite struct StoreDamageTests {
  private enum Damage: CaseIterable {
    case removed, empty, cut, header, journaling, middle, end

    /// The damaged bytes; nil for no file.
    func apply(to bytes: Data) -> Data? {
      var bytes = bytes
      func flip(_ place: Int) { bytes[max(0, min(place, bytes.count - 1))] ^= 0x41 }
      switch self {
      case .removed: return nil
      case .empty: return Data()
      case .cut: return bytes.prefix(bytes.count - 1)
      case .header: flip(5)
      case .journaling: bytes[min(18, bytes.count - 1)] ^= 3
      case .middle: flip(bytes.count / 2)
      case .end: flip(bytes.count - 1)
      }
      return bytes
    }
  }

  private struct Outcome: Equatable {
    var printed: String
    var written: FileContents?
  }

  private func words(_ store: String, _ out: String) -> [[String]] {
    [
      ["inspect", store], ["train", store, "--out", out, "--features", "has_topic", "--epochs", "2"],
      ["export", store, "--out", "\(out).jsonl"],
    ]
  }

  @Test func `every damage to every file is found, and no command is misled`() throws {
    let data = try StoreData(papers: 300)
    let split = try data.writeSplit("public")
    let store = try data.store("whole", ["--labels", data.labels, "--split", split])
    func outcome(_ words: [String], _ out: String) throws -> (CommandResult, Outcome?) {
      let result = try GroveCommand.run(words + ["--json"])
      let written = words[0] == "export" ? FileContents("\(out).jsonl") : nil
      return (result, result.code == 0 ? Outcome(printed: try lasting(result.object()), written: written) : nil)
    }
    let right = try words(store, data.file("right")).map { try outcome($0, data.file("right")).1 }
    #expect(right.allSatisfy { $0 != nil })
    let broken = data.file("whole")
    let names = try FileManager.default.contentsOfDirectory(atPath: store).filter { $0 != "lock" }
    #expect(names.count > 20)
    for name in names.sorted() {
      let file = "\(broken)/\(name)"
      let whole = try bytes(file)
      for damage in Damage.allCases {
        // Emptied is cut short; only SQLite's files say how they are journaled.
        if damage == .empty && name != "manifest.json" || damage == .journaling && !name.contains("sqlite") { continue }
        if let damaged = damage.apply(to: whole) {
          try damaged.write(to: URL(fileURLWithPath: file))
        } else {
          try FileManager.default.removeItem(atPath: file)
        }
        let told = "\(damage) \(name)"
        let check = try GroveCommand.run(["store", "verify", broken])
        #expect([65, 66].contains(check.code) && check.errorLines.count == 1, "\(told): \(check.code) \(check.errors)")
        #expect(check.errors.contains(name), "\(told): \(check.errors)")
        let out = data.file("out")
        for (words, right) in zip(words(broken, out), right) {
          let (result, found) = try outcome(words, out)
          if result.code == 0 {
            #expect(found == right, "\(told): \(words[0])")
          } else {
            #expect(
              [65, 66].contains(result.code) && !result.wasKilled,
              "\(told): \(words[0]): \(result.code) \(result.errors)")
            #expect(
              result.errorLines.count == 1 && result.errors.contains(name), "\(told): \(words[0]): \(result.errors)")
            #expect(result.output.isEmpty)
          }
          #expect(result.code != 0 || name != "manifest.json", "\(told): \(words[0])")
          for path in [out, "\(out).jsonl"] { try? FileManager.default.removeItem(atPath: path) }
        }
        #expect(
          try FileManager.default.contentsOfDirectory(atPath: broken).allSatisfy { names.contains($0) || $0 == "lock" })
        try whole.write(to: URL(fileURLWithPath: file))
      }
    }
    #expect(try !verifiedSnapshot(broken).isEmpty)
  }

  @Test func `a damaged store is not written to`() throws {
    let data = try StoreData(papers: 200)
    let whole = try data.store("store", half: 1, ["--labels", data.labels])
    for name in try FileManager.default.contentsOfDirectory(atPath: whole).sorted()
    where name != "lock" && !name.hasPrefix("rejects") {
      for words in [["import", data.source(2), "--into"], ["store", "compact"]] {
        let store = try data.copy(whole, to: "damaged")
        var damaged = try bytes("\(store)/\(name)")
        damaged[damaged.count - 1] ^= 1
        try damaged.write(to: URL(fileURLWithPath: "\(store)/\(name)"))
        let before = try allContents(store)
        let result = try GroveCommand.run(words + [store])
        #expect(
          result.code == 65 && result.errorLines.count == 1 && result.errors.contains(name),
          "\(name): \(result.errors)")
        #expect(try allContents(store) == before, "\(name): \(words)")
      }
    }
  }

  @Test func `opening reads no contents, using them does`() throws {
    let data = try StoreData(papers: 4000)
    let store = try data.store("store")
    func readBytes() throws -> Int {
      let text = String(decoding: try bytes("/proc/self/io"), as: UTF8.self)
      return text.split(separator: "\n").first { $0.hasPrefix("rchar") }.flatMap { Int($0.split(separator: " ")[1]) }
        ?? 0
    }
    for name in try FileManager.default.contentsOfDirectory(atPath: store)
    where name.hasPrefix("cites.") || name.hasPrefix("texts.") || name.hasPrefix("paper.") {
      var damaged = try bytes("\(store)/\(name)")
      damaged[damaged.count - 1] ^= 1
      try damaged.write(to: URL(fileURLWithPath: "\(store)/\(name)"))
    }
    let before = try readBytes()
    let opened = try GraphStore(store)
    #expect(try readBytes() - before < 1 << 20)
    #expect(throws: StoreFailure.self) { try opened.edges(of: AcademicSchema.cites) }
    #expect(throws: StoreFailure.self) { try opened.nodeIDs(of: AcademicSchema.paper) }
    #expect(throws: StoreFailure.self) { try opened.texts(of: 0, type: AcademicSchema.paper) }
    #expect(try opened.edges(of: AcademicSchema.writes).count > 0)
  }
}
