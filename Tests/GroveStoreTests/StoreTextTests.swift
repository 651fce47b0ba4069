import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Texts of nodes, out of stores and folders.
@Suite struct StoreTextTests {
  /// What a source gives, in its order.
  private func texts(_ source: some TextSource, _ type: NodeType, _ fields: [String]) throws -> [[String?]] {
    var result: [[String?]] = []
    try source.forEachText(of: type, fields: fields) { number, texts in
      #expect(number == result.count)
      result.append(texts)
    }
    return result
  }

  @Test func `papers give their texts in the order of numbers, stubs none`() throws {
    var lines = (0..<1_300).map { number in
      let abstract = number % 7 == 3 ? "" : #","abstract":"Abstract \#(number) ü""#
      return
        #"{"id":"p\#(number)","title":"Title \#(number)"\#(abstract),"year":\#(1990 + number % 9),"references":["x\#(number % 4)"]}"#
    }
    // A repeated record leaves a gap in the numbers of records.
    lines.insert(lines[10], at: 600)
    var options = StoreImporter.Options()
    options.dangling = .keepStub
    let imported = try ImportedDump(lines.joined(separator: "\n"), options)
    let store = imported.store
    let ids = try #require(try store.nodeIDs(of: AcademicSchema.paper))
    #expect(ids.count == 1_304)
    let found = try texts(store, AcademicSchema.paper, ["abstract", "title", "year"])
    #expect(found.count == ids.count)
    for (id, texts) in zip(ids, found) {
      guard id.hasPrefix("p"), let number = Int(id.dropFirst()) else {
        #expect(texts == [nil, nil, nil], "\(id)")
        continue
      }
      #expect(texts == [number % 7 == 3 ? nil : "Abstract \(number) ü", "Title \(number)", "\(1990 + number % 9)"])
    }
    #expect(try texts(store, AcademicSchema.paper, ["title", "title"]).allSatisfy { $0[0] == $0[1] })
  }

  @Test func `what papers mention gives its name, and other fields are told`() throws {
    let imported = try ImportedDump(
      #"{"id":"p","title":"T","doi":"10.1/x","authors":[{"id":"a","name":"Ada"},{"id":"b","name":"Bo"}],"venue":{"raw":"V"}}"#
    )
    let store = imported.store
    #expect(
      try store.textFields(of: AcademicSchema.paper)
        == ["title", "abstract", "year", "n_citation", "doi", "volume", "issue"])
    #expect(try store.textFields(of: AcademicSchema.author) == ["name"])
    let names = try texts(store, AcademicSchema.author, ["name"]).map { $0[0] ?? "" }
    #expect(names.sorted() == ["Ada", "Bo"])
    for (number, name) in names.enumerated() {
      #expect(try store.texts(of: number, type: AcademicSchema.author)["name"] == name)
    }
    #expect(try texts(store, AcademicSchema.paper, ["doi", "issue"]) == [["10.1/x", nil]])
    expectFailure(.usage, ["'body'", "title, abstract"]) {
      _ = try texts(store, AcademicSchema.paper, ["title", "body"])
    }
    expectFailure(.usage, ["'title'", "choose one of: name"]) { _ = try texts(store, AcademicSchema.author, ["title"]) }
    expectFailure(.usage, ["'word'", "paper, author"]) { _ = try texts(store, NodeType("word"), ["name"]) }
  }

  @Test func `a body may ask the store for more, and its error ends the reading`() throws {
    let imported = try ImportedDump(chainLines(20).joined(separator: "\n"))
    struct Stop: Error {}
    var seen = 0
    #expect(throws: Stop.self) {
      try imported.store.forEachText(of: AcademicSchema.paper, fields: ["title"]) { number, texts in
        #expect(try imported.store.texts(of: number, type: AcademicSchema.paper)["title"] == texts[0])
        seen += 1
        if number == 12 { throw Stop() }
      }
    }
    #expect(seen == 13)
  }

  /// The tiny folder with texts of its four nodes, one of them empty and one missing.
  private func folder(_ change: (String) throws -> Void = { _ in }) throws -> ScratchFolder {
    try tinyFolder { path in
      try AtomicFile.write(
        """
        {"node": 0, "text": "first ü"}
        {"node": 1, "text": ""}
        {"node": 2}
        {"node": 3, "text": "fourth\\nline", "id": "d"}

        """, to: "\(path)/texts.jsonl")
      try change(path)
    }
  }

  @Test func `a folder's texts are kept by its store, and the hash is what it was`() throws {
    let folder = try folder()
    let graph = try StoreOpener.open(folder.path)
    let expected: [[String?]] = [["first ü"], [nil], [nil], ["fourth\nline"]]
    #expect(graph.textFields(of: .node) == ["text"])
    #expect(try texts(graph, .node, ["text"]) == expected)
    expectFailure(.usage, ["'title'", "choose one of: text"]) { _ = try texts(graph, .node, ["title"]) }
    let scratch = try ScratchFolder()
    try GraphImporter().run(graph, into: scratch.file("store"))
    let store = try GraphStore(scratch.file("store"))
    #expect(try store.textFields(of: .node) == ["text"] && texts(store, .node, ["text"]) == expected)
    #expect(try store.texts(of: 3, type: .node)["text"] == "fourth\nline")
    #expect(try store.nodeIDs(of: .node) == ["a", "b", "c", "d"])
    try store.compact()
    let rewritten = try GraphStore(store.path)
    #expect(try texts(rewritten, .node, ["text"]) == expected)
    try StoreEditor(store.path).set(featuresOfWidth: 1, named: "x", of: .node) { $0.map { Float($0) } }
    #expect(try texts(GraphStore(store.path), .node, ["text"]) == expected)
    #expect(try StoreCheck(store.path).faults.isEmpty)
    // Without texts it is the same graph.
    unlink(folder.file("texts.jsonl"))
    let plain = try StoreOpener.open(folder.path)
    #expect(try plain.textFields(of: .node).isEmpty && GraphSnapshot.hash(plain) == rewritten.snapshot)
    try GraphImporter().run(plain, into: scratch.file("plain"))
    let without = try GraphStore(scratch.file("plain"))
    #expect(try without.textFields(of: .node).isEmpty && without.snapshot == store.snapshot)
    expectFailure(.usage, ["'text'"]) { _ = try texts(without, .node, ["text"]) }
  }

  @Test func `texts of several types have files of their own`() throws {
    let scratch = try ScratchFolder()
    try AtomicFile.makeFolder(scratch.file("graph"))
    try NumpyArray.write(.int32s([0, 1, 2, 0, 1, 1]), shape: [2, 3], to: scratch.file("graph/edges_paper_word.npy"))
    try AtomicFile.write(
      "{\"text\": \"p0\"}\n{\"text\": \"p1\"}\n{\"text\": \"p2\"}\n", to: scratch.file("graph/texts_paper.jsonl"))
    let graph = try StoreOpener.open(scratch.file("graph"))
    #expect(graph.textFields(of: NodeType("word")).isEmpty)
    try GraphImporter().run(graph, into: scratch.file("store"))
    let store = try GraphStore(scratch.file("store"))
    for source: any TextSource in [graph, store] {
      #expect(try source.textFields(of: NodeType("paper")) == ["text"])
      var found: [String] = []
      try source.forEachText(of: NodeType("paper"), fields: ["text"]) { found.append($1[0] ?? "") }
      #expect(found == ["p0", "p1", "p2"])
    }
    #expect(try store.textFields(of: NodeType("word")).isEmpty)
  }

  @Test(arguments: [
    ("{\"text\": \"a\"}\n", "has 1 texts, expected 4"), ("{\"text\": \"a\"}\n{\"text\": 7}\n", "line 2"),
    (String(repeating: "{\"text\": \"a\"}\n", count: 5), "has 5 texts, expected 4"),
    ("{\"node\": 1, \"text\": \"a\"}\n", "line 1"),
  ]) func `texts that are not one a node are refused, and nothing is left of their import`(
    lines: String, reason: String
  ) throws {
    let scratch = try ScratchFolder()
    expectFailure(.badData, ["texts.jsonl", reason]) {
      let folder = try folder { try AtomicFile.write(lines, to: "\($0)/texts.jsonl") }
      try GraphImporter().run(try StoreOpener.open(folder.path), into: scratch.file("store"))
    }
    #expect(!FileManager.default.fileExists(atPath: scratch.file("store")))
  }

  @Test(.enabled(if: SharedData.isPresent, "no shared data; set GROVE_SHARED"))
  func `texts of a real graph come out of its store`() throws {
    let scratch = try ScratchFolder()
    let graph = try StoreOpener.open(SharedData.graph("citeseer-text"))
    try GraphImporter().run(graph, into: scratch.file("store"))
    let store = try GraphStore(scratch.file("store"))
    let given = try texts(graph, .node, ["text"])
    #expect(given.count == graph.nodeCount(of: .node) && given.count { $0[0] != nil } > 3_000)
    #expect(try texts(store, .node, ["text"]) == given)
  }
}
