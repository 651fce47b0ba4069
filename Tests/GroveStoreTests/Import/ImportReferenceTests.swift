import Foundation
import GroveGraphs
import TestSupport
import Testing

@testable import GroveStore

/// Stores against an independent slow reading of the same dumps, and against the numbers that dumps were planted with.
@Suite struct ImportReferenceTests {
  private static let formats: [SyntheticDump.Format] = [.oagV3, .dblpV12]

  private func expect(_ imported: ImportedDump, equals reference: AcademicReference) throws {
    for type in AcademicSchema.nodeTypes {
      #expect(try Set(referenceIDs(imported.store, type)) == reference.nodes[type], "\(type)")
      #expect(imported.store.nodeCount(of: type) == reference.nodes[type]?.count, "\(type)")
    }
    for (relation, edges) in reference.edges {
      let found = try describedEdges(imported.store, relation)
      #expect(imported.store.edgeCount(of: relation) == edges.count, "\(relation)")
      let differences = Set(found.map { "\($0): \($1)" }).symmetricDifference(edges.map { "\($0): \($1)" })
      #expect(differences.isEmpty, "\(relation): \(differences.sorted().prefix(4))")
    }
    let report = imported.report
    var expected = reference.report
    (expected.format, expected.sources, expected.bytesRead) = (report.format, report.sources, report.bytesRead)
    (expected.warnings, expected.rejects) = (report.warnings, report.rejects)
    (expected.badLines, expected.badPlaces) = (report.badLines, report.badPlaces)
    #expect(report == expected)
  }

  @Test(arguments: formats, [0, 1] as [UInt64])
  func `a store of a synthetic dump holds what a slow reading finds`(format: SyntheticDump.Format, seed: UInt64) throws
  {
    let scratch = try ScratchFolder()
    _ = try SyntheticDump(papers: 600, format: format, seed: seed).write(into: scratch.file("d"))
    try expect(ImportedDump([scratch.file("d")]), equals: AcademicReference(scratch.file("d")))
  }

  @Test(.enabled(if: SharedAcademic.isPresent), arguments: ["cora-oag", "citeseer-oag"])
  func `a store of a real data set holds what a slow reading finds`(name: String) throws {
    let path = SharedAcademic.path("\(name)/papers.jsonl")
    try expect(ImportedDump([path]), equals: AcademicReference(path))
  }

  @Test(arguments: formats, [0, 1] as [UInt64])
  func `report and store have the planted numbers`(format: SyntheticDump.Format, seed: UInt64) throws {
    let scratch = try ScratchFolder()
    let planted = try SyntheticDump(papers: 2000, format: format, seed: seed).write(into: scratch.file("d")).planted
    let imported = try ImportedDump([scratch.file("d")])
    let (report, store) = (imported.report, imported.store)
    #expect(report.format == format.rawValue)
    #expect(store.nodeCount(of: AcademicSchema.paper) == planted.papers)
    #expect(report.duplicates == planted.duplicates)
    #expect(report.bad == planted.badLines)
    #expect(report.dangling == planted.dangling)
    #expect(report.distinctDangling == planted.distinctDangling)
    #expect(report.selfReferences == planted.selfReferences)
    #expect(report.duplicateEdges == planted.repeatedReferences)
    #expect(report.authorsWithoutID == planted.authorsWithoutID)
    #expect(report.venuesWithoutID == planted.venuesWithoutID)
    #expect(report.yearsMissing == planted.yearsMissing && report.yearsOutOfRange == 0)
    #expect(store.nodeCount(of: AcademicSchema.author) == planted.authors)
    #expect(store.nodeCount(of: AcademicSchema.venue) == planted.venues + planted.rawVenues)
    #expect(store.nodeCount(of: AcademicSchema.field) == planted.fields)
    #expect(store.edgeCount(of: AcademicSchema.cites) == planted.citations)
    #expect(store.edgeCount(of: AcademicSchema.writes) == planted.authorships)
    #expect(store.edgeCount(of: AcademicSchema.publishedIn) == planted.publishedIn + planted.venuesWithoutID)
    #expect(store.edgeCount(of: AcademicSchema.hasTopic) == planted.topics)
    let entities = format == .oagV3 ? planted.authors + planted.affiliations + planted.venues : 0
    #expect(report.records == planted.records + entities)
    let places = try imported.ids(AcademicSchema.affiliation).filter { format == .dblpV12 || !$0.hasPrefix("name:") }
    #expect(places.count == planted.affiliations)
    let workplaces = try imported.edges(AcademicSchema.affiliatedWith).filter {
      format == .dblpV12 || !$0.contains(" name:")
    }
    #expect(workplaces.count == planted.affiliatedAuthors)
  }

  // MARK: - Real files

  @Test(.enabled(if: SharedAcademic.isPresent)) func `cora as an OAG dump has its known numbers`() throws {
    let imported = try ImportedDump([SharedAcademic.path("cora-oag/papers.jsonl")])
    let store = imported.store
    let counts = AcademicSchema.nodeTypes.map { store.nodeCount(of: $0) }
    #expect(counts == [11_881, 16_114, 0, 0, 9_568])
    #expect(store.edgeCount(of: AcademicSchema.cites) == 32_714)
    #expect(imported.report.selfReferences == 1_934 && imported.report.dangling == 0)
    #expect(store.edgeCount(of: AcademicSchema.writes) == 27_020)
    #expect(store.edgeCount(of: AcademicSchema.hasTopic) == 82_117)
    #expect(imported.report.bad == 0 && imported.report.records == 11_881 && imported.report.yearsMissing == 11_881)
  }

  @Test(.enabled(if: SharedAcademic.isPresent)) func `citeseer as an OAG dump has its known numbers`() throws {
    let imported = try ImportedDump([SharedAcademic.path("citeseer-oag/papers.jsonl")])
    #expect(imported.store.nodeCount(of: AcademicSchema.paper) == 3_186)
    #expect(imported.store.edgeCount(of: AcademicSchema.cites) == 4_277)
    #expect(imported.report.selfReferences == 0 && imported.report.bad == 0)
  }

  /// Check 33.
  @Test(.enabled(if: SharedAcademic.isPresent)) func `the toy of DBLP V12 has its known numbers`() throws {
    let imported = try ImportedDump([SharedAcademic.path("opentf-dblp-v12-toy/toy.dblp.v12.json")])
    let report = imported.report
    #expect(report.format == "dblp-v12" && report.records == 31 && report.bad == 0 && report.warnings.isEmpty)
    #expect(imported.store.nodeCount(of: AcademicSchema.paper) == 31)
    #expect(report.dangling == 172 && imported.store.edgeCount(of: AcademicSchema.cites) == 0)
    #expect(report.abstracts == 20)
    let lengths = try (0..<31).compactMap { number in
      try imported.store.texts(of: number, type: AcademicSchema.paper)["abstract"].map {
        $0.split(separator: " ").count
      }
    }
    #expect(lengths.count == 20 && lengths.contains(131), "of 134 places 131 are filled")
  }
}
