import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Checks 7, 23, 24, 25–28 and 33 of the formats' conformance list: one graph in many dialects.
@Suite struct DialectImportTests {
  private static func imported(_ dialect: String) throws -> ImportedDump {
    switch dialect {
    case "dblp-v11": try ImportedDump(ThreePapers.v11)
    case "dblp-v12": try ImportedDump(ThreePapers.v12)
    case "dblp-v13": try ImportedDump(ThreePapers.v13)
    case "mag": try ImportedDump(ThreePapers.mag)
    case "dblp-v10": try ImportedDump(ThreePapers.v10)
    case "s2orc": try ImportedDump(ThreePapers.s2orc)
    case "dblp-text A": try ImportedDump(ThreePapers.textA, name: "dblp.txt")
    default: try ImportedDump(ThreePapers.textB, name: "dblp.txt")
    }
  }

  @Test(arguments: ["dblp-v11", "dblp-v13", "mag"])
  func `dialects that carry the same facts give the same snapshot`(dialect: String) throws {
    let known = try Self.imported("dblp-v12")
    let imported = try Self.imported(dialect)
    #expect(imported.report.format == dialect && imported.report.bad == 0 && imported.report.warnings == [])
    #expect(imported.store.snapshot == known.store.snapshot)
    #expect(try imported.texts("103")["title"] == "Third \"quoted\" NumberInt(3)")
    #expect(try imported.texts("101")["abstract"] == "we walk on graphs")
    for relation in [AcademicSchema.cites, AcademicSchema.writes, AcademicSchema.publishedIn, AcademicSchema.hasTopic] {
      #expect(try describedEdges(imported.store, relation) == describedEdges(known.store, relation))
    }
    let counts: MappedArray<UInt32> = try imported.store.array(
      #require(imported.store.manifest.nodes[0].authorCounts))
    #expect(Array(counts) == [2, 1, 1])
  }

  @Test(arguments: ["dblp-text A", "dblp-text B"])
  func `text is the same graph as V10's lines`(dialect: String) throws {
    // Text has no doi, volume and issue, and V10 neither; authors have no ids in both.
    let known = try Self.imported("dblp-v10")
    let imported = try Self.imported(dialect)
    #expect(imported.report.format == "dblp-text" && imported.report.bad == 0 && imported.report.warnings == [])
    #expect(imported.store.snapshot == known.store.snapshot)
    #expect(imported.report.authorsWithoutID == 4 && imported.report.dangling == 1 && imported.report.yearsMissing == 1)
  }

  @Test func `S2ORC gives papers, references, fields and names in parts`() throws {
    let imported = try Self.imported("s2orc")
    #expect(imported.report.format == "s2orc" && imported.report.records == 3 && imported.report.bad == 0)
    #expect(try imported.edges() == ["101 102", "101 103", "102 103"] && imported.report.dangling == 1)
    #expect(try imported.edges(AcademicSchema.hasTopic) == ["101 Graph theory", "101 Mathematics", "102 Graph theory"])
    #expect(try imported.edges(AcademicSchema.publishedIn) == ["101 name:Journal of Walks", "102 name:Conf. of Toys"])
    var options = StoreImporter.Options()
    options.keysAuthorsByName = true
    let named = try ImportedDump(ThreePapers.s2orc, options)
    #expect(try named.ids(AcademicSchema.author) == ["name:Ada Q. Nobody Jr.", "name:Bo Fiction", "name:Cy Ünder"])
  }

  /// Check 33.
  @Test(.enabled(if: SharedAcademic.isPresent)) func `the sample of S2ORC has its known numbers`() throws {
    let imported = try ImportedDump([SharedAcademic.path("s2orc-metadata-sample/sample.jsonl")])
    let report = imported.report
    #expect(report.format == "s2orc" && report.records == 1000 && report.bad == 0 && report.duplicates == 0)
    #expect(report.yearsMissing == 13 && report.abstracts == 488)
    // Counted again by Foundation's parser.
    let text = try String(contentsOfFile: SharedAcademic.path("s2orc-metadata-sample/sample.jsonl"), encoding: .utf8)
    var ids: Set<String> = []
    var references: [(String, String)] = []
    var fields: Set<String> = []
    for line in text.split(separator: "\n") {
      let record = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let id = try #require(record["paper_id"] as? String)
      ids.insert(id)
      let cited = Set(try #require(record["outbound_citations"] as? [String])).subtracting([id])
      references += cited.map { (id, $0) }
      fields.formUnion(record["mag_field_of_study"] as? [String] ?? [])
    }
    #expect(imported.store.edgeCount(of: AcademicSchema.cites) == references.count { ids.contains($0.1) })
    #expect(report.dangling == references.count { !ids.contains($0.1) })
    #expect(imported.store.nodeCount(of: AcademicSchema.field) == fields.count)
  }

  // MARK: - Text

  /// Check 23.
  @Test func `the longest tag counts, empty references go, the last record needs no blank line`() throws {
    let imported = try ImportedDump(
      """
      5
      #*First
      #citation12
      #confToys
      #year1999
      #index1
      #%
      #%2
      #zunknown

      #index 2
      #*Second has its number first
      #t
      #*Third
      #index3
      #*No number
      #t2000
      """, name: "dblp.txt")
    #expect(imported.report.records == 3 && imported.report.bad == 1)
    #expect(imported.report.badPlaces[0].hasSuffix(":16: the record has no #index"))
    #expect(try imported.ids() == ["1", "2", "3"] && imported.edges() == ["1 2"])
    #expect(try imported.texts("1")["n_citation"] == "12" && imported.texts("1")["year"] == "1999")
    #expect(try imported.ids(AcademicSchema.venue) == ["name:Toys"])
    #expect(
      imported.report.warnings.contains { $0.hasSuffix("its first line promises 5 records, it holds 4") }
        && imported.report.warnings.contains { $0.hasPrefix("1 lines have no tag") })
  }

  /// Check 24.
  @Test func `names are split at commas in one dialect and at semicolons in the other`() throws {
    var options = StoreImporter.Options()
    options.keysAuthorsByName = true
    let first = try ImportedDump("#*A\n#@Ada Nobody,Bo Fiction, Jr.\n#index1\n", options, name: "a.txt")
    #expect(try first.ids(AcademicSchema.author) == ["name:Ada Nobody", "name:Bo Fiction", "name:Jr."])
    let second = try ImportedDump(
      "#index 1\n#* A\n#@ Ada Nobody;Nobody, Jr.\n#o Example Institute;-\n", options, name: "b.txt")
    #expect(try second.ids(AcademicSchema.author) == ["name:Ada Nobody", "name:Nobody, Jr."])
    #expect(try second.edges(AcademicSchema.affiliatedWith) == ["name:Ada Nobody name:Example Institute"])
  }

  @Test func `text records are whole across batches, whatever the line ends`() throws {
    let count = 40_000
    for end in ["\n", "\r\n"] {
      let text = (1...count).map {
        "#*Paper \($0)\(end)#t2001\(end)#index\($0)\(end)#%\($0 - 1)\(end)#!\(String(repeating: "x", count: 150))\(end)\(end)"
      }
      let imported = try ImportedDump(text.joined(), name: "dblp.txt")
      #expect(imported.report.records == count && imported.report.bad == 0)
      #expect(imported.store.edgeCount(of: AcademicSchema.cites) == count - 1)
    }
  }

  @Test func `text that is not UTF-8 is read with marks in place of its bytes`() throws {
    let scratch = try ScratchFolder()
    try AtomicFile.write(Data("#*Caf".utf8) + Data([0xe9]) + Data("\n#index1\n".utf8), to: scratch.file("a.txt"))
    let imported = try ImportedDump([scratch.file("a.txt")])
    #expect(try imported.texts("1")["title"] == "Caf\u{fffd}")
  }

  @Test func `AMinerNetwork's four files are one graph`() throws {
    let imported = try ImportedDump([
      (
        "AMiner-Author.txt",
        "#index 901\n#n Ada Nobody\n#a Here;There\n#pc 1\n#t x\n\n#index 902\n#n Bo Fiction\n#a -\n"
      ),
      ("AMiner-Author2Paper.txt", "0\t901\t101\t1\n1\t902\t101\t2\n2\t902\t102\t1\n3\t902\t777\t1\n"),
      ("AMiner-Coauthor.txt", "#901\t902\t1\n"), ("AMiner-Paper.txt", ThreePapers.textB),
    ])
    #expect(imported.report.format == "dblp-text" && imported.report.bad == 0)
    #expect(try imported.edges(AcademicSchema.writes) == ["901 101", "902 101", "902 102"])
    #expect(try imported.edges(AcademicSchema.affiliatedWith) == ["901 name:Here", "901 name:There"])
    #expect(imported.report.warnings.contains("1 rows of tables are of papers that are not there"))
  }

  // MARK: - Shell literals

  /// Check 7.
  @Test func `literals count in place of values only`() throws {
    let imported = try ImportedDump(
      """
      [{"_id":"a","title":"NumberInt(3) and ObjectId(\\"x\\")","year":NumberInt(2016),"n_citation":NumberLong("12")},
      {"_id":ObjectId("b"),"title":"b","year":NumberInt(),"references":[ObjectId("a")],"when":ISODate("2016-01-01")},
      {"_id":"c","year":NumberInt(2016}]
      """)
    #expect(imported.report.format == "dblp-v13" && imported.report.bad == 1 && imported.report.badLines == [3])
    #expect(try imported.texts("a")["title"] == "NumberInt(3) and ObjectId(\"x\")")
    #expect(try imported.texts("a")["year"] == "2016" && imported.texts("a")["n_citation"] == "12")
    #expect(try imported.edges() == ["b a"] && imported.report.yearsMissing == 1)
  }
}
