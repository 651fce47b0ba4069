import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Check 22 of the formats' conformance list: two sides of a release joined by pairs of ids.
@Suite struct LinkedDumpTests {
  private static let aminer: [(name: String, text: String)] = [
    (
      "aminer_authors_0.txt",
      #"{"id":"a1","name":"Cy Fictional","normalized_name":"cy fictional","orgs":[],"n_pubs":1,"pubs":[{"i":"p1","r":0}]}"#
    ),
    (
      "aminer_papers_0.txt",
      #"{"id":"p1","title":"A Pretend Result","authors":[{"name":"Cy Fictional","id":"a1"}],"venue":{"id":"v1","raw":"Conf"},"year":2014,"references":["p2"]}"#
        + "\n" + #"{"id":"p2","title":"Second","year":2010,"venue":{"raw":"Conf"}}"#
    ),
  ]
  private static let mag: [(name: String, text: String)] = [
    (
      "mag_papers_0.txt",
      #"{"id":5,"title":"a pretend result","authors":[{"name":"C. Fict.","id":50}],"venue":{"raw":"PRETEND"},"year":2014,"fos":[{"name":"Graph theory","w":0.5}],"references":[6,7]}"#
        + "\n"
        + #"{"id":"6","title":"only here","authors":[{"name":"C. Fict.","id":"50"}],"year":2012,"fos":[{"name":"Mathematics","w":0.25}],"references":[5]}"#
        + "\n" + #"{"id":7,"title":"second","year":2010}"#
    )
  ]
  private static let pairs: [(name: String, text: String)] = [
    ("author_linking_pairs.txt", #"{"mid":50,"aid":"a1"}"#),
    (
      "paper_linking_pairs.txt",
      "{\"mid\":\"5\",\"aid\":\"p1\"}\n{\"mid\":7,\"aid\":\"p2\"}\n{\"mid\":7,\"aid\":\"p9\"}\n{\"mid\":8,\"aid\":\"p1\"}\n{\"mid\":6,\"aid\":\"p3\"}\n"
    ),
  ]

  @Test(arguments: [false, true]) func `pairs make one paper of two, with the references and fields of both`(
    magFirst: Bool
  ) throws {
    let sides = magFirst ? Self.pairs + Self.mag + Self.aminer : Self.aminer + Self.mag + Self.pairs
    // Files are read in order of their names.
    let files = sides.enumerated().map { (name: "\($0)_\($1.name)", text: $1.text) }
    let imported = try ImportedDump(files)
    #expect(imported.report.format == "oag-v2" && imported.report.bad == 0 && imported.report.duplicates == 0)
    #expect(try imported.ids() == ["6", "p1", "p2"])
    #expect(try imported.edges() == ["6 p1", "p1 6", "p1 p2"])
    #expect(try imported.edges(AcademicSchema.writes) == ["a1 6", "a1 p1"])
    #expect(try imported.edges(AcademicSchema.hasTopic) == ["6 Mathematics", "p1 Graph theory"])
    #expect(try imported.texts("p1")["title"] == "A Pretend Result")
    #expect(try imported.texts("a1", AcademicSchema.author)["name"] == "Cy Fictional")
    // Papers 5 and 7, author 50; the sides of 8 and of p3 are not there; 7 has two partners.
    #expect(imported.report.joined == 3 && imported.report.links == 6)
    #expect(
      imported.report.warnings == [
        "2 pairs of ids have a side that is not there", "1 ids are paired with more than one other; the least counts",
      ])
  }

  @Test func `of one side alone ids stay as they are`() throws {
    let imported = try ImportedDump(Self.mag + Self.pairs)
    #expect(try imported.ids() == ["5", "6", "7"] && imported.report.joined == 0)
    let plain = try ImportedDump(Self.mag)
    #expect(imported.store.snapshot == plain.store.snapshot)
  }

  @Test func `sides that come one after the other are joined too`() throws {
    let once = try ImportedDump(Self.aminer + Self.mag + Self.pairs)
    let first = try ImportedDump(Self.mag)
    let store = first.scratch.file("store")
    try AtomicFile.makeFolder(first.scratch.file("more"))
    for file in Self.aminer + Self.pairs {
      try AtomicFile.write(Data(file.text.utf8), to: first.scratch.file("more/\(file.name)"))
    }
    try StoreImporter().run([first.scratch.file("more")], into: store)
    // But for nodes that a paper's other record alone named: the store knows them and keeps them.
    let joined = try GraphStore(store)
    #expect(try joined.nodeIDs(of: AcademicSchema.paper)!.sorted() == once.ids())
    for relation in AcademicSchema.relations where relation != AcademicSchema.childOf {
      #expect(try describedEdges(joined, relation) == describedEdges(once.store, relation), "\(relation)")
    }
  }

  @Test func `the relations of v1 join papers`() throws {
    let imported = try ImportedDump([
      (
        "aminer_papers_0.txt",
        #"{"id":"00000000000000000000a001","title":"A &amp; B","references":["00000000000000000000a002"]}"#
      ),
      ("linking_relations.txt", #"{"mid":"0A1B2C3D","aid":"00000000000000000000a001"}"#),
      (
        "mag_papers_0.txt",
        #"{"id":"0A1B2C3D","title":"a b","references":["FFFF"],"fos":["Graphs"]}"# + "\n"
          + #"{"id":"FFFF","title":"other"}"#
      ),
    ])
    #expect(try imported.ids() == ["00000000000000000000a001", "FFFF"])
    #expect(try imported.edges() == ["00000000000000000000a001 FFFF"] && imported.report.dangling == 1)
    #expect(try imported.edges(AcademicSchema.hasTopic) == ["00000000000000000000a001 Graphs"])
  }
}
