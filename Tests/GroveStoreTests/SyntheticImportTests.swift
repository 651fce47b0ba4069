import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Synthetic dumps of every dialect through their readers: what was planted is what an import finds.
@Suite struct SyntheticImportTests {
  private func imported(_ format: SyntheticDump.Format, papers: Int, seed: UInt64) throws -> (
    PlantedCounts, ImportedDump
  ) {
    let scratch = try ScratchFolder()
    let written = try SyntheticDump(papers: papers, format: format, seed: seed).write(into: scratch.file("d"))
    return try (written.planted, ImportedDump([scratch.file("d")], in: scratch))
  }

  @Test(arguments: SyntheticDump.Format.allCases, [3] as [UInt64])
  func `an import of every dialect finds what was planted`(format: SyntheticDump.Format, seed: UInt64) throws {
    let (planted, imported) = try imported(format, papers: 1200, seed: seed)
    let (report, store) = (imported.report, imported.store)
    #expect(report.bad == planted.badLines && report.duplicates == planted.duplicates)
    #expect(report.dangling == planted.dangling && report.distinctDangling == planted.distinctDangling)
    #expect(report.selfReferences == planted.selfReferences)
    // Both sides of oag-v2 list most citations.
    if format != .oagV2 { #expect(report.duplicateEdges == planted.repeatedReferences) }
    #expect(report.authorsWithoutID == planted.authorsWithoutID)
    #expect(report.venuesWithoutID == planted.venuesWithoutID)
    #expect(report.yearsMissing == planted.yearsMissing && report.yearsOutOfRange == planted[.futureYears])
    #expect(store.nodeCount(of: AcademicSchema.paper) == planted.papers)
    #expect(store.nodeCount(of: AcademicSchema.author) == planted.authors)
    #expect(store.nodeCount(of: AcademicSchema.venue) == planted.venues + planted.rawVenues)
    #expect(store.edgeCount(of: AcademicSchema.cites) == planted.citations)
    #expect(store.edgeCount(of: AcademicSchema.writes) == planted.authorships)
    #expect(store.edgeCount(of: AcademicSchema.publishedIn) == planted.publishedIn + planted.venuesWithoutID)
    #expect(store.edgeCount(of: AcademicSchema.hasTopic) == planted.topics + planted[.topicAssignments])
    // Topics of OpenAlex lie in subfields, fields and domains.
    if format != .openAlex { #expect(store.nodeCount(of: AcademicSchema.field) == planted.fields) }
    // Names and ids of affiliations are two things in oag-v3.
    if planted.authors > 0, format != .oagV3 {
      #expect(store.nodeCount(of: AcademicSchema.affiliation) == planted.affiliations)
      #expect(store.edgeCount(of: AcademicSchema.affiliatedWith) == planted.affiliatedAuthors)
    }
  }

  @Test(arguments: [
    (SyntheticDump.Format.dblpV11, SyntheticDump.Format.dblpV12), (.dblpV14, .dblpV16),
  ])
  func `dialects that say the same give one snapshot`(one: SyntheticDump.Format, other: SyntheticDump.Format) throws {
    let stores = try (imported(one, papers: 700, seed: 1).1.store, imported(other, papers: 700, seed: 1).1.store)
    #expect(stores.0.snapshot == stores.1.snapshot)
  }
}
