import Foundation
import GroveKernels
import TestSupport
import Testing

/// Input that cannot be imported: one line, the right code, and nothing written.
@Suite struct StoreImportErrorTests {
  private static let record = #"{"id": "5", "title": "One", "year": 2001, "references": ["6"]}"#

  @Test func `files that hold no dump are told by what they are`() throws {
    let scratch = try ScratchFolder()
    let store = scratch.file("store")
    let lines = (0..<3000).map { #"{"id": "\#($0)", "title": "Paper \#($0 * 7919)", "year": 2001}"# + "\n" }.joined()
    try AtomicFile.write(lines, to: scratch.file("dump.json"))
    try tool(["gzip", "-k", "dump.json"], in: scratch.path)
    let packed = try bytes(scratch.file("dump.json.gz"))
    try AtomicFile.write(packed.prefix(packed.count / 2), to: scratch.file("half.json.gz"))
    try AtomicFile.write("", to: scratch.file("empty.json"))
    try AtomicFile.write(
      Data([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4]) + Data(count: 64), to: scratch.file("dump.7z"))
    try AtomicFile.write(#"{"name": "no paper"}"# + "\n[1, 2]\n", to: scratch.file("other.json"))
    try AtomicFile.write("some words\nand more\n", to: scratch.file("words.txt"))
    try AtomicFile.write("{'id': '5', 'title': 'One'}\n", to: scratch.file("python.json"))
    try AtomicFile.makeFolder(scratch.file("nothing"))
    for (name, code, words) in [
      ("missing.json", 66, []), ("empty.json", 65, ["empty"]), ("half.json.gz", 65, []), ("dump.7z", 65, ["unpack"]),
      ("other.json", 65, ["no record"]), ("words.txt", 65, ["no record"]), ("python.json", 65, ["Python"]),
      ("nothing", 65, ["no file of records"]),
    ] as [(String, Int32, [String])] {
      try expectFailure(["import", scratch.file(name), "--into", store], code: code, [name] + words, absent: [store])
      // A good file before it saves nothing.
      try expectFailure(
        ["import", scratch.file("dump.json"), scratch.file(name), "--into", store], code: code,
        name == "nothing" ? [] : [name],
        absent: [store], isAllowedToSucceed: name == "nothing")
    }
  }

  /// As the shared check, for input that may also be passed over beside other input.
  private func expectFailure(
    _ arguments: [String], code: Int32, _ words: [String], absent: [String], isAllowedToSucceed: Bool = false
  ) throws {
    if isAllowedToSucceed {
      let result = try GroveCommand.run(arguments)
      #expect([0, code].contains(result.code), "\(result.errors)")
      for path in absent { try? FileManager.default.removeItem(atPath: path) }
    } else {
      try GroveCommandTests.expectFailure(arguments, code: code, words, absent: absent)
    }
  }

  @Test func `a store is made in its own folder only`() throws {
    let scratch = try ScratchFolder()
    try AtomicFile.write(Self.record + "\n", to: scratch.file("dump.json"))
    for name in ["notes.txt", "thesis.2", "data.partial", "manifest.json", "paper.keys.txt"] {
      let folder = scratch.file("folder-\(name)")
      try AtomicFile.makeFolder(folder)
      try AtomicFile.write("mine", to: "\(folder)/\(name)")
      let result = try GroveCommand.run(["import", scratch.file("dump.json"), "--into", folder])
      #expect(
        [65, 73].contains(result.code) && result.errorLines.count == 1, "\(name): \(result.code) \(result.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [name])
      #expect(try bytes("\(folder)/\(name)") == Data("mine".utf8))
    }
    for place in [scratch.file("dump.json"), scratch.file("dump.json/store"), "/proc/store"] {
      let result = try GroveCommand.run(["import", scratch.file("dump.json"), "--into", place])
      #expect(result.code == 73 && result.errorLines.count == 1, "\(place): \(result.code) \(result.errors)")
    }
    for words in [["store", "verify"], ["store", "compact"], ["inspect"]] {
      let result = try GroveCommand.run(words + [scratch.file("none")])
      #expect(result.code == 66 && result.errorLines.count == 1, "\(words): \(result.errors)")
    }
    try GroveCommandTests.expectFailure(
      ["import", "--labels", scratch.file("dump.json"), "--into", scratch.file("none")], code: 66, ["none"],
      absent: [scratch.file("none")])
  }

  @Test func `words that mean nothing are told of`() throws {
    let scratch = try ScratchFolder()
    let store = scratch.file("store")
    try AtomicFile.write(Self.record + "\n", to: scratch.file("dump.json"))
    for words in [
      ["--format", "oag-v9"], ["--dangling", "perhaps"], ["--duplicates", "both"], ["--author-key", "face"],
    ] {
      let result = try GroveCommand.run(["import", scratch.file("dump.json"), "--into", store] + words)
      #expect(result.code == 64 && result.errors.contains(words[1]) && result.output.isEmpty, "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: store))
    }
    #expect(try GroveCommand.run(["import", "--into", store]).code == 64)
  }

  @Test func `strict rules write nothing where they are broken`() throws {
    let scratch = try ScratchFolder()
    let store = scratch.file("store")
    let good = #"{"id": "6", "title": "Two", "year": 2002}"#
    try AtomicFile.write("\(Self.record)\n\(good)\n", to: scratch.file("good.json"))
    try AtomicFile.write("\(Self.record)\n{\"id\": \"7\", \"title\n\(good)\n", to: scratch.file("bad.json"))
    try AtomicFile.write("\(Self.record)\n", to: scratch.file("dangling.json"))
    try AtomicFile.write("\(Self.record)\n\(good)\n\(good)\n", to: scratch.file("twice.json"))
    let cases = [
      ("bad.json", ["--strict"], ["bad.json", "line 2"]),
      ("dangling.json", ["--dangling", "error"], ["--dangling drop"]),
      ("twice.json", ["--duplicates", "error"], ["--duplicates first"]),
    ]
    for (name, words, told) in cases {
      try GroveCommandTests.expectFailure(
        ["import", scratch.file(name), "--into", store] + words, code: 65, told, absent: [store])
    }
    _ = try succeed(["import", scratch.file("good.json"), "--into", store] + cases.flatMap(\.1))
    let before = try allContents(store)
    for (name, words, told) in cases where name != "dangling.json" {
      try GroveCommandTests.expectFailure(["import", scratch.file(name), "--into", store] + words, code: 65, told)
      #expect(try allContents(store) == before, "\(name)")
    }
    // Lines count from the file's first one, however far behind it is.
    let many = (0..<90_000).map { #"{"id": "\#($0)", "title": "A title of some length to fill \#($0)", "year": 2001}"# }
    try AtomicFile.write(
      (many + ["{\"id\": \"x\", \"title"]).joined(separator: "\n") + "\n", to: scratch.file("long.json"))
    try GroveCommandTests.expectFailure(
      ["import", scratch.file("long.json"), "--into", scratch.file("long"), "--strict"], code: 65, ["line 90001"],
      absent: [scratch.file("long")])
    // Without the rules they are counted.
    let bad = try succeed(["import", scratch.file("bad.json"), "--into", scratch.file("lenient")])
    #expect(bad.number("bad") == 1 && (bad["badLines"] as? [Int]) == [2])
    let rejects = try #require(bad["rejects"] as? String)
    #expect(String(decoding: try bytes(rejects), as: UTF8.self).split(separator: "\n").count == 2)
    #expect(
      try succeed(["import", scratch.file("dangling.json"), "--into", scratch.file("d")]).number("dangling") == 1)
    #expect(try succeed(["import", scratch.file("twice.json"), "--into", scratch.file("t")]).number("duplicates") == 1)
  }

  @Test func `nothing is unpacked to disk, whatever an archive calls its members`() throws {
    guard hasTool("python3") else { return }
    let scratch = try ScratchFolder()
    try AtomicFile.makeFolder(scratch.file("inner"))
    let script = """
      import io, tarfile, zipfile
      names = ["../../escape.json", "/tmp/grove-escape.json", "a/../../b.json", "plain.json"]
      tar = tarfile.open("dump.tar.gz", "w:gz")
      packed = zipfile.ZipFile("dump.zip", "w")
      for number, name in enumerate(names):
          text = ('{"id": "%d", "title": "Paper", "year": 2001}\\n' % number).encode()
          info = tarfile.TarInfo(name)
          info.size = len(text)
          tar.addfile(info, io.BytesIO(text))
          packed.writestr(name, text)
      link = tarfile.TarInfo("link.json")
      link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
      tar.addfile(link)
      tar.close()
      packed.close()
      """
    try tool(["python3", "-c", script], in: scratch.file("inner"))
    for name in ["dump.tar.gz", "dump.zip"] {
      let before = try FileManager.default.subpathsOfDirectory(atPath: scratch.path).sorted()
      let result = try GroveCommand.run(
        ["import", scratch.file("inner/\(name)"), "--into", scratch.file("inner/store"), "--json"],
        in: scratch.file("inner"))
      #expect(result.code == 0, "\(name): \(result.errors)")
      #expect(try result.object().numbers("nodes")["paper"] == 4, "\(name)")
      try FileManager.default.removeItem(atPath: scratch.file("inner/store"))
      #expect(try FileManager.default.subpathsOfDirectory(atPath: scratch.path).sorted() == before)
      #expect(!FileManager.default.fileExists(atPath: "/tmp/grove-escape.json"))
    }
  }
}
