import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Records that are written as oag-v3 and imported with the same options make the same store.
@Suite struct RecordExportTests {
  private static let lines = [
    #"{"id":"p1","title":"One","year":2001,"authors":[{"id":"a1","name":"Ann Ay","org":"Uni"},{"name":"No Id"},{"id":"a2"}],"#
      + #""references":["p2","gone1","gone1","p1"],"venue":"Only a Name","keywords":["Deep","Graph"]}"#,
    #"{"id":"p2","title":"Two","authors":[{"id":"a1","name":"Ann Ay"},{"id":"a1"}],"venue":"only a  name","venue_id":"","#
      + #""references":["gone2"],"doi":"10.1/x","volume":"3","n_citation":4,"abstract":"Text."}"#,
    #"{"id":"p3","title":"Three &amp; more","year":2003,"authors":[],"venue":"Known","venue_id":"v3","references":["p1","p2"]}"#,
  ]
  private static let newer = [
    #"{"id":"gone1","title":"Found","year":1990,"authors":[{"name":"No Id","org":"Lab","org_id":"o1"}],"references":["gone3"]}"#,
    #"{"id":"p2","title":"Two again","year":2002,"authors":[{"id":"a9","name":"Late"}],"fos":[{"name":"Graph","w":0.5}]}"#,
  ]

  private static let cases: [(String, @Sendable (inout StoreImporter.Options) -> Void)] = [
    ("default", { _ in }), ("keep-stub", { $0.dangling = .keepStub }), ("merge", { $0.duplicates = .merge }),
    ("authors by name", { $0.keysAuthorsByName = true }), ("decoded", { $0.decodesEntities = true }),
    (
      "all",
      {
        $0.dangling = .keepStub
        $0.duplicates = .merge
        $0.keysAuthorsByName = true
        $0.decodesEntities = true
      }
    ),
  ]

  @Test(arguments: cases.indices, [("out", 1), ("out", 2), ("out.jsonl", 1), ("out.jsonl", 2)])
  func `the same snapshot with every option, after one import and several`(
    number: Int, output: (name: String, imports: Int)
  ) throws {
    let (name, imports) = output
    var options = StoreImporter.Options()
    Self.cases[number].1(&options)
    let scratch = try ScratchFolder()
    let files = [Self.lines, Self.newer].prefix(imports)
    for (at, lines) in files.enumerated() {
      try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: scratch.file("\(at).json"))
      try StoreImporter(options).run([scratch.file("\(at).json")], into: scratch.file("store"))
    }
    let store = try GraphStore(scratch.file("store"))
    _ = try RecordExport.write(store, to: scratch.file(name))
    let again = try ImportedDump([scratch.file(name)], options)
    #expect(again.report.bad == 0 && again.store.snapshot == store.snapshot, "\(Self.cases[number].0)")
    for type in AcademicSchema.nodeTypes {
      #expect(try again.ids(type) == store.nodeIDs(of: type)!.sorted(), "\(Self.cases[number].0) \(type)")
    }
    for relation in store.relations {
      #expect(try describedEdges(again.store, relation) == describedEdges(store, relation), "\(relation)")
    }
  }
}
