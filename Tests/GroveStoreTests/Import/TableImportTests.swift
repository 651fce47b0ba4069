import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Checks 25–27 of the formats' conformance list, and what releases of MAG differ in.
@Suite struct TableImportTests {
  /// A row of papers as of the last release.
  private static func paper(
    _ id: String, title: String = "T", year: String = "2012", journal: String = "", venue: String = "",
    date: String = "2012-01-02"
  ) -> String {
    let columns = [
      id, "1", "", "Journal", title.lowercased(), title, "", year, "2012-01-01", date, "Pub", journal, "", "", "4", "2",
      "1", "9", "1", "7", "7", venue, "", "", "", "2016-06-24",
    ]
    return columns.joined(separator: "\t")
  }

  /// Check 25.
  @Test func `quotation marks merge no rows, short rows are bad, wide ones are counted`() throws {
    let rows = [
      Self.paper("1", title: "A \"quoted"), Self.paper("2", title: "\"B\""), "3\t1\tx",
      "\t" + Self.paper("").dropFirst(),
      Self.paper("4") + "\tgenre\t0\r", Self.paper("5", year: "") + "\r",
    ]
    let imported = try ImportedDump([("Papers.txt", rows.joined(separator: "\n") + "\n")])
    #expect(imported.report.format == "mag")
    #expect(try imported.ids() == ["1", "2", "4", "5"])
    #expect(imported.report.bad == 2 && imported.report.badLines == [3, 4])
    #expect(imported.report.badPlaces[0].hasSuffix("the row has 3 columns of 26"))
    #expect(imported.report.badPlaces[1].hasSuffix("the row has no id"))
    #expect(imported.report.warnings == ["1 rows have more columns than are known; the rest was left out"])
    #expect(try imported.texts("1")["title"] == "A \"quoted" && imported.texts("5")["year"] == nil)
    #expect(try imported.texts("2")["volume"] == "4" && imported.texts("2")["n_citation"] == "7")
  }

  @Test func `tables of older releases have no date of online publication`() throws {
    // Without OnlineDate, FamilyRank and DocSubTypes.
    let rows = ["1", "2"].map { id -> String in
      var columns = Self.paper(id, journal: "50", venue: "V").split(separator: "\t", omittingEmptySubsequences: false)
      columns.remove(at: 9)
      return (columns[..<22] + columns[24...]).joined(separator: "\t")
    }
    let imported = try ImportedDump([
      ("Journals.txt", "50\t1\tjournal\tThe Journal\t\t\t\t1\t1\t1\t2016\n"),
      ("Papers.txt", rows.joined(separator: "\n")),
    ])
    #expect(imported.report.bad == 0 && imported.report.warnings == [])
    #expect(try imported.edges(AcademicSchema.publishedIn) == ["1 50", "2 50"])
    #expect(try imported.texts("1")["n_citation"] == "7" && imported.texts("1")["issue"] == "2")
    #expect(try imported.texts("50", AcademicSchema.venue)["name"] == "The Journal")
  }

  /// Check 26.
  @Test func `an author of two affiliations writes once`() throws {
    let imported = try ImportedDump([
      (
        "Affiliations.txt",
        "70\t1\tone\tInstitute One\t\t\t\t1\t1\t1\t\t\t\t2016\n71\t1\ttwo\tInstitute Two\t\t\t\t1\t1\t1\t\t\t\t2016\n"
      ),
      ("Authors.txt", "90\t1\tada nobody\tAda Nobody\t72\t1\t1\t1\t2016\n"), ("Papers.txt", Self.paper("1")),
      (
        "PaperAuthorAffiliations.txt",
        "1\t90\t70\t2\tAda \"AN\" Nobody\tOne\n1\t90\t71\t2\tAda \"AN\" Nobody\tTwo\n1\t\t\t1\tWho\t\n1\t91\t\t3\tBo\tOld Lab\n"
      ),
    ])
    #expect(try imported.edges(AcademicSchema.writes) == ["90 1", "91 1"])
    #expect(
      try describedEdges(imported.store, AcademicSchema.affiliatedWith) == [
        "90 → 70": "2012", "90 → 71": "2012", "90 → 72": "0", "91 → name:old lab": "2012",
      ])
    #expect(try describedEdges(imported.store, AcademicSchema.writes)["90 → 1"] == "[1] 2012")
    #expect(imported.report.authorsWithoutID == 1)
    let counts: MappedArray<UInt32> = try imported.store.array(#require(imported.store.manifest.nodes[0].authorCounts))
    #expect(Array(counts) == [3])
    // Of the names in the tables the longest counts.
    #expect(try imported.texts("90", AcademicSchema.author)["name"] == "Ada \"AN\" Nobody")
  }

  /// Check 27.
  @Test(arguments: [DanglingRule.drop, .keepStub])
  func `references to papers that are not there follow the rule, rows of missing papers are counted`(
    rule: DanglingRule
  ) throws {
    var options = StoreImporter.Options()
    options.dangling = rule
    let imported = try ImportedDump(
      [
        ("PaperReferences.txt", "1\t2\n1\t2\n1\t9\n1\t1\n8\t1\n"),
        ("Papers.txt", [Self.paper("1"), Self.paper("2")].joined(separator: "\n")),
      ], options)
    #expect(imported.report.dangling == 1 || rule == .keepStub)
    #expect(imported.report.selfReferences == 1 && imported.report.duplicateEdges == 1)
    #expect(try imported.edges() == (rule == .drop ? ["1 2"] : ["1 2", "1 9"]))
    #expect(imported.report.warnings == ["1 rows of tables are of papers that are not there"])
  }

  @Test func `fields have ids, names, weights and wider fields, and come back from an export`() throws {
    let imported = try ImportedDump([
      ("FieldOfStudyChildren.txt", "30\t31\n31\t32\n31\t32\n"),
      (
        "FieldsOfStudy.txt",
        "30\t1\tmathematics\tMathematics\t\t0\t1\t1\t1\t2016\n31\t1\tgraph theory\tGraph theory\t\t1\t1\t1\t1\t2016\n"
      ),
      ("PaperFieldsOfStudy.txt", "1\t31\t0.5\n1\t31\t0.75\n2\t32\t\n"),
      ("Papers.txt", [Self.paper("1"), Self.paper("2")].joined(separator: "\n")),
    ])
    #expect(try imported.edges(AcademicSchema.childOf) == ["31 30", "32 31"])
    #expect(
      try describedEdges(imported.store, AcademicSchema.hasTopic) == ["1 → 31": "0.75 2012", "2 → 32": "1.0 2012"])
    #expect(try imported.texts("31", AcademicSchema.field)["name"] == "Graph theory")
    for name in ["out", "out.jsonl"] {
      _ = try RecordExport.write(imported.store, to: imported.scratch.file(name))
      let again = try ImportedDump([imported.scratch.file(name)])
      #expect(again.store.snapshot == imported.store.snapshot, "\(name)")
    }
    // A store that is rewritten keeps them too.
    let store = imported.scratch.file("store")
    try StoreImporter().run([], into: store)
    #expect(try GraphStore(store).snapshot == imported.store.snapshot)
  }

  @Test func `an abstract of the papers' own record is kept, of several in tables the longest`() throws {
    let papers = try ImportedDump([("Papers.txt", Self.paper("1"))])
    let store = papers.scratch.file("store")
    func add(_ rows: String) throws -> String? {
      try AtomicFile.write(Data(rows.utf8), to: papers.scratch.file("PaperAbstractsInvertedIndex.txt"))
      try StoreImporter().run([papers.scratch.file("PaperAbstractsInvertedIndex.txt")], into: store)
      return try GraphStore(store).texts(of: 0, type: AcademicSchema.paper)["abstract"]
    }
    let first =
      "1\t{\"IndexLength\":1,\"InvertedIndex\":{\"short\":[0]}}\n1\t{\"IndexLength\":2,\"InvertedIndex\":{\"longer\":[0],\"one\":[1]}}\n1\tno index\n"
    #expect(try add(first) == "longer one")
    #expect(
      try add("1\t{\"IndexLength\":3,\"InvertedIndex\":{\"much\":[0],\"longer\":[1],\"still\":[2]}}\n") == "longer one")
    // The hash is that of a store that got both at once.
    let whole = try ImportedDump([("Papers.txt", Self.paper("1")), ("PaperAbstractsInvertedIndex.txt", first)])
    #expect(try GraphStore(store).snapshot == whole.store.snapshot && whole.report.abstracts == 1)
  }
}
