import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Whatever the order of lines, files, imports and threads, and by whatever way, the same records are the same store.
@Suite struct ImportOrderTests {
  private static let formats: [SyntheticDump.Format] = [.oagV3, .dblpV12]

  /// A synthetic dump's folder and its records line by line, without brackets and commas of an array.
  private func dump(
    _ format: SyntheticDump.Format, papers: Int = 400, _ scratch: ScratchFolder
  ) throws -> (folder: String, lines: [String]) {
    let folder = scratch.file("d")
    let written = try SyntheticDump(papers: papers, format: format, seed: 5).write(into: folder)
    let text = try String(contentsOfFile: written.files[0], encoding: .utf8)
    var lines = text.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n")
    if format == .dblpV12 {
      lines = lines.filter { $0.count > 2 }.map { $0.hasPrefix(",") ? String($0.dropFirst()) : $0 }
    }
    return (folder, lines)
  }

  /// The same folder with these lines of papers in place of the others.
  private func write(_ lines: [String], like folder: String, to place: String) throws -> String {
    try FileManager.default.copyItem(atPath: folder, toPath: place)
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: place).first {
        $0.contains("publication") || $0.contains("v12")
      })
    try AtomicFile.write(Data(lines.joined(separator: "\n").utf8), to: "\(place)/\(name)")
    return place
  }

  /// Check 32.
  @Test(arguments: formats) func `shuffled lines give the same snapshot`(format: SyntheticDump.Format) throws {
    let scratch = try ScratchFolder()
    let (folder, lines) = try dump(format, scratch)
    let whole = try ImportedDump([folder])
    for seed in 1...3 {
      var random = TestRandom(seed)
      var shuffled = lines
      for place in stride(from: lines.count - 1, to: 0, by: -1) {
        shuffled.swapAt(place, Int(random.next() % UInt64(place + 1)))
      }
      let other = try ImportedDump([write(shuffled, like: folder, to: scratch.file("s\(seed)"))])
      #expect(other.store.snapshot == whole.store.snapshot)
      #expect(try other.store.nodeIDs(of: AcademicSchema.paper) != whole.store.nodeIDs(of: AcademicSchema.paper))
      for relation in AcademicSchema.relations where whole.store.relations.contains(relation) {
        #expect(try describedEdges(other.store, relation) == describedEdges(whole.store, relation), "\(relation)")
      }
      var (one, two) = (whole.report, other.report)
      (one.bytesRead, two.bytesRead) = (0, 0)
      (one.format, one.sources, one.badLines, one.badPlaces, one.rejects, one.warnings) = ("", [], [], [], nil, [])
      (two.format, two.sources, two.badLines, two.badPlaces, two.rejects, two.warnings) = ("", [], [], [], nil, [])
      #expect(one == two)
    }
  }

  @Test(arguments: formats, [false, true]) func `two halves in either order give the snapshot of the whole`(
    format: SyntheticDump.Format, isGenerous: Bool
  ) throws {
    var options = StoreImporter.Options()
    if isGenerous { (options.keysAuthorsByName, options.dangling) = (true, .keepStub) }
    let scratch = try ScratchFolder()
    let (folder, lines) = try dump(format, scratch)
    let whole = try ImportedDump([folder], options, in: scratch).store
    // The cut-off records of the dump come in both halves.
    let halves = [Array(lines[..<(lines.count / 2)]), Array(lines[(lines.count / 2)...])]
    for (name, order) in [("forth", halves), ("back", halves.reversed())] {
      let store = scratch.file("store-\(name)")
      for (place, half) in order.enumerated() {
        let part = try write(half, like: folder, to: scratch.file("\(name)-\(place)"))
        try StoreImporter(options).run([part], into: store)
      }
      let joined = try GraphStore(store)
      #expect(joined.snapshot == whole.snapshot, "\(name)")
      #expect(joined.reports.count == 2)
      for relation in whole.relations {
        #expect(try describedEdges(joined, relation) == describedEdges(whole, relation), "\(relation)")
      }
    }
  }

  @Test(arguments: formats) func `a second import of the same dump adds nothing but duplicates`(
    format: SyntheticDump.Format
  ) throws {
    let scratch = try ScratchFolder()
    let (folder, _) = try dump(format, scratch)
    let imported = try ImportedDump([folder], in: scratch)
    let papers = imported.store.nodeCount(of: AcademicSchema.paper)
    let again = try StoreImporter().run([folder], into: imported.store.path)
    #expect(again.duplicates == imported.report.duplicates + papers)
    #expect(again.selfReferences == 0 && again.yearsMissing == 0 && again.abstracts == 0)
    #expect(try GraphStore(imported.store.path).snapshot == imported.store.snapshot)
    try StoreImporter().run([], into: imported.store.path)
    #expect(try GraphStore(imported.store.path).snapshot == imported.store.snapshot, "after a rewrite")
  }

  @Test(arguments: SyntheticDump.Format.allCases)
  func `one thread and several give the same store`(format: SyntheticDump.Format) throws {
    let scratch = try ScratchFolder()
    let folder = scratch.file("d")
    _ = try SyntheticDump(papers: 3000, format: format, seed: 5).write(into: folder)
    var stores: [GraphStore] = []
    try ThreadCounts.forEach([1, 2, 3]) { _ in stores.append(try GraphStore(copy(of: folder, scratch, stores.count))) }
    for store in stores.dropFirst() {
      #expect(store.snapshot == stores[0].snapshot)
      #expect(store.manifest.files.map(\.bytes) == stores[0].manifest.files.map(\.bytes))
      for type in AcademicSchema.nodeTypes { #expect(try store.nodeIDs(of: type) == stores[0].nodeIDs(of: type)) }
      for relation in store.relations { #expect(try store.edges(of: relation) == stores[0].edges(of: relation)) }
    }
  }

  private func copy(of folder: String, _ scratch: ScratchFolder, _ number: Int) throws -> String {
    try StoreImporter().run([folder], into: scratch.file("store-\(number)"))
    return scratch.file("store-\(number)")
  }

  // MARK: - There and back

  @Test(arguments: formats, ["out", "out.jsonl", "papers.jsonl"])
  func `written records give the same snapshot again`(format: SyntheticDump.Format, name: String) throws {
    let scratch = try ScratchFolder()
    let imported = try ImportedDump([dump(format, scratch).folder])
    _ = try RecordExport.write(imported.store, to: scratch.file(name))
    let again = try ImportedDump([scratch.file(name)])
    #expect(again.store.snapshot == imported.store.snapshot)
    #expect(again.report.format == "oag-v3" && again.report.bad == 0)
    for relation in imported.store.relations {
      #expect(try describedEdges(again.store, relation) == describedEdges(imported.store, relation), "\(relation)")
    }
    for number in [0, 17, 233] {
      let texts = try imported.store.texts(of: number, type: AcademicSchema.paper)
      #expect(try again.store.texts(of: number, type: AcademicSchema.paper) == texts)
    }
  }

  @Test(arguments: ["out", "out.jsonl"]) func `odd ids, names and texts survive writing`(name: String) throws {
    let long = "https://example.org/paper/" + String(repeating: "é", count: 40)
    let lines = [
      #"{"id":"\#(long)","title":"Raw\#u{1}control \#u{7f} \"q\" \\ \ud83d\ude00 \u0085","year":1999,"#
        + #""authors":[{"id":"a1","name":"Żółw","org":"Uni#TAB#One"},{"name":"No Id"},{"id":"a1"},"#
        + #"{"id":"\#(long)/author","name":"Long","org":"Lab","org_id":"0123456789abcdefABCDEF01"}],"#
        + #""venue":"  Workshop\#u{9}on  Things ","references":["gone","\#(long)/gone","7",7,"\#(long)"],"#
        + #""volume":"12","issue":"A","doi":"10.1/x","n_citation":"3","keywords":["Deep","Null","null"]}"#,
      #"{"id":7,"title":"null","year":2001,"authors":[{"id":"a1","org":"UNI one"}],"venue":{"raw":"workshop on things"},"#
        + #""fos":[{"name":"\#(long)","w":0.1},{"name":"7","w":1e-9},{"name":"deep","w":0}],"references":["\#(long)"]}"#,
      #"{"id":"A;b c","title":"tab\tnewline\nzero\u0000end","abstract":"\u001f.","venue_id":"v9","venue":"Nine"}"#,
    ]
    let imported = try ImportedDump(lines.joined(separator: "\n"))
    #expect(imported.report.bad == 0 && imported.report.records == 3, "\(imported.report.badPlaces)")
    #expect(try imported.ids() == ["7", "A;b c", long].sorted())
    #expect(try imported.edges(AcademicSchema.publishedIn).count == 3)
    #expect(imported.store.nodeCount(of: AcademicSchema.venue) == 2)
    #expect(imported.store.nodeCount(of: AcademicSchema.affiliation) == 2)
    let scratch = try ScratchFolder()
    _ = try RecordExport.write(imported.store, to: scratch.file(name))
    let again = try ImportedDump([scratch.file(name)])
    #expect(again.store.snapshot == imported.store.snapshot)
    for relation in imported.store.relations {
      #expect(try describedEdges(again.store, relation) == describedEdges(imported.store, relation), "\(relation)")
    }
    #expect(try describedEdges(again.store, AcademicSchema.writes)["a1 → \(long)"] == "[0, 2] 1999")
    #expect(try again.texts("A;b c")["title"] == "tab\tnewline\nzero end")
    // References to papers that are not there were written too.
    try StoreImporter().run([late(long, in: scratch)], into: again.store.path)
    let edges = try describedEdges(GraphStore(again.store.path), AcademicSchema.cites)
    #expect(edges["\(long) → \(long)/gone"] == "1999" && edges["\(long) → gone"] == "1999")
    try StoreImporter().run([], into: imported.store.path)
    #expect(try GraphStore(imported.store.path).snapshot == imported.store.snapshot, "after a rewrite")
  }

  private func late(_ long: String, in scratch: ScratchFolder) throws -> String {
    try AtomicFile.write(Data("{\"id\":\"gone\"}\n{\"id\":\"\(long)/gone\"}\n".utf8), to: scratch.file("late.json"))
    return scratch.file("late.json")
  }
}
