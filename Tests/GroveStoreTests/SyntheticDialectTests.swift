import Foundation
import GroveKernels
import GroveStore
import TestSupport
import Testing

/// Every dialect of synthetic dumps: its counts against a second reading, and what it tells against the other dialects.
@Suite struct SyntheticDialectTests {
  private static let formats = SyntheticDump.Format.allCases
  /// Counted by other tests: labels here, and citations without a side by comparison.
  private static let elsewhere: Set = ["labeled", "unlistedCitations"]

  private func expectCounts(_ planted: PlantedCounts, of reading: DialectReading) throws {
    let counts = try reading.counts()
    for (name, count) in planted.byName where !Self.elsewhere.contains(name) {
      #expect(counts[name] ?? 0 == count, "\(name)")
    }
  }

  @Test(arguments: formats, [0, 1] as [UInt64])
  func `every planted count is what a second reading finds`(format: SyntheticDump.Format, seed: UInt64) throws {
    let scratch = try ScratchFolder()
    let folder = scratch.file("d")
    let written = try SyntheticDump(papers: 2000, format: format, seed: seed).write(into: folder)
    let planted = written.planted
    let reading = try DialectReading(folder, format)
    try expectCounts(planted, of: reading)
    #expect(planted.papers == 2000 && planted.duplicates == 20 && planted.badLines == 2)
    let common = Set(try PlantedNames.common())
    for (name, count) in planted.byName where !common.contains(name) { #expect(count > 0, "\(name)") }

    let labels = try DialectFile.rows("\(folder)/labels.tsv")
    #expect(labels.first == ["id", "label"] && labels.count == planted.labeled + 1)
    let ids = try Set(reading.firsts().papers.map { format == .openAlex ? "W\($0.id)" : $0.id })
    #expect(labels.dropFirst().allSatisfy { ids.contains($0[0]) } && Set(labels.map { $0[0] }).count == labels.count)

    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/planted.json"))
    var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object.removeValue(forKey: "format") as? String == format.rawValue)
    #expect(object.removeValue(forKey: "seed") as? Int == Int(seed) && object.removeValue(forKey: "madeBy") != nil)
    let listed = object.removeValue(forKey: "files") as? [String]
    #expect(object as? [String: Int] == Dictionary(uniqueKeysWithValues: planted.byName.map { ($0.name, $0.count) }))
    let names = written.files.map { String($0.dropFirst(folder.utf8.count + 1)) }
    if let listed { #expect(listed + ["labels.tsv", "planted.json"] == names) }
    #expect((listed == nil) == [.oagV3, .dblpV12].contains(format))
    #expect(try files(in: folder) == Set(names))
    let sizes = try written.files.map { try FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int ?? 0 }
    #expect(sizes.reduce(0, +) == written.bytes)
  }

  @Test(arguments: formats, [1, 2, 10, 127, 128, 129])
  func `small dumps are counted right too`(format: SyntheticDump.Format, papers: Int) throws {
    let scratch = try ScratchFolder()
    for seed in 0..<2 as Range<UInt64> {
      let folder = scratch.file("\(seed)")
      let written = try SyntheticDump(papers: papers, format: format, seed: seed).write(into: folder)
      try expectCounts(written.planted, of: DialectReading(folder, format))
    }
  }

  // MARK: - One graph

  /// What the papers of a dump are, by the numbers of their order.
  private struct Told {
    var papers: [DialectRecord]
    var citations: Set<[Int]> = []

    init(_ folder: String, _ format: SyntheticDump.Format) throws {
      let reading = try DialectReading(folder, format)
      papers = try reading.firsts().papers
      let places = Dictionary(uniqueKeysWithValues: papers.enumerated().map { ($1.id, $0) })
      for (source, paper) in papers.enumerated() {
        for cited in paper.references {
          guard let target = places[reading.renamed[cited] ?? cited], target != source else { continue }
          citations.insert([source, target])
        }
      }
    }
  }

  @Test(arguments: formats.filter { ![.oagV2, .oagV3].contains($0) }, [6] as [UInt64])
  func `every dialect tells of the same papers`(format: SyntheticDump.Format, seed: UInt64) throws {
    let scratch = try ScratchFolder()
    for (name, format) in [("a", SyntheticDump.Format.oagV3), ("b", format)] {
      _ = try SyntheticDump(papers: 1000, format: format, seed: seed).write(into: scratch.file(name))
    }
    let told = try (Told(scratch.file("a"), .oagV3), Told(scratch.file("b"), format))
    try #require(told.0.papers.count == 1000 && told.1.papers.count == 1000)
    #expect(told.0.citations == told.1.citations)
    for (one, other) in zip(told.0.papers, told.1.papers) {
      let paper = Comment(rawValue: one.id)
      // These two draw a title behind what they drew for authors without id.
      if ![.dblpV11, .dblpV12].contains(format) || one.authors.allSatisfy({ $0.id != nil }) {
        #expect(one.title == other.title, paper)
      }
      #expect(one.year == (other.year == 2029 ? nil : other.year), paper)
      #expect(one.authors.map(\.name) == other.authors.map(\.name), paper)
      #expect(
        other.authors.allSatisfy { $0.id == nil }
          || one.authors.map { $0.id == nil } == other.authors.map { $0.id == nil }, paper)
      if ![.dblpText, .dblpV10, .s2orc].contains(format) {
        #expect(one.authors.map(\.place) == other.authors.map(\.place), paper)
      }
      if format != .openAlex || one.venueID != nil { #expect(one.venueName == other.venueName, paper) }
      if ![.dblpText, .dblpTextB, .dblpV10].contains(format) { #expect(one.fields == other.fields, paper) }
    }
  }

  @Test func `what the two sides of oag-v2 tell is the graph of oag-v3, but for citations without a side`() throws {
    let scratch = try ScratchFolder()
    let merged = try SyntheticDump(papers: 1500, format: .oagV3).write(into: scratch.file("a"))
    let sides = try SyntheticDump(papers: 1500, format: .oagV2).write(into: scratch.file("b"))
    #expect(sides.planted.citations + sides.planted[.unlistedCitations] == merged.planted.citations)
    #expect(sides.planted[.aminerPapers] + sides.planted[.magOnlyPapers] == 1500)
    #expect(sides.planted[.magPapers] + sides.planted[.aminerOnlyPapers] == 1500)
    #expect(sides.planted[.paperLinks] + sides.planted[.magOnlyPapers] == sides.planted[.magPapers])
    let told = try (Told(scratch.file("a"), .oagV3), Told(scratch.file("b"), .oagV2))
    let known = Dictionary(uniqueKeysWithValues: told.0.papers.map { ($0.id, $0) })
    var found = 0
    for paper in told.1.papers {
      guard let other = known[paper.id] else { continue }
      found += 1
      #expect(paper.title == other.title && paper.year == other.year && paper.authors == other.authors)
      #expect(paper.venueName == other.venueName && paper.venueID == other.venueID && paper.fields == other.fields)
    }
    #expect(found == sides.planted[.aminerPapers] && told.1.papers.count == 1500)
    #expect(told.1.citations.count == sides.planted.citations)
  }

  @Test func `ids of one kind are the same in all dialects`() throws {
    let scratch = try ScratchFolder()
    func ids(_ format: SyntheticDump.Format) throws -> [String] {
      let folder = scratch.file(format.rawValue)
      _ = try SyntheticDump(papers: 300, format: format, seed: 2).write(into: folder)
      return try DialectReading(folder, format).firsts().papers.map(\.id)
    }
    let long = try ids(.oagV3)
    #expect(long.allSatisfy { $0.utf8.count == 24 } && Set(long).count == 300)
    for format in [.oagV1, .dblpV13, .dblpV14, .dblpV16] as [SyntheticDump.Format] { #expect(try ids(format) == long) }
    let short = try ids(.dblpV12)
    #expect(short.allSatisfy { Int($0) != nil } && Set(short).count == 300)
    for format in [.dblpV11, .dblpText, .dblpTextB, .mag, .openAlex, .s2orc] as [SyntheticDump.Format] {
      #expect(try ids(format) == short)
    }
    let universal = try ids(.dblpV10)
    let form = #/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}/#
    #expect(try universal.allSatisfy { try form.wholeMatch(in: $0) != nil } && Set(universal).count == 300)
  }

  // MARK: - Files

  /// Paths of all files below a folder.
  private func files(in folder: String) throws -> Set<String> {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder)
    return Set(paths.filter { !AtomicFile.isFolder("\(folder)/\($0)") })
  }

  @Test(arguments: formats) func `equal seeds give equal bytes, and other seeds other papers`(
    format: SyntheticDump.Format
  ) throws {
    let scratch = try ScratchFolder()
    var dumps: [[Data]] = []
    for (name, seed) in [("a", 7), ("b", 7), ("c", 8)] as [(String, UInt64)] {
      let written = try SyntheticDump(papers: 400, format: format, seed: seed).write(into: scratch.file(name))
      dumps.append(try written.files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) })
    }
    #expect(dumps[0] == dumps[1])
    #expect(dumps[0][0] != dumps[2][0])
  }

  /// What these two wrote before there were others.
  @Test(arguments: [
    (SyntheticDump.Format.oagV3, "0b797b30ada147fd7bd26dc20bc32796d1e20c2469acfca36977b338c0422157"),
    (.dblpV12, "bbe32e26dab8b3bceff8326a956356ac6fdde27b2a558b363866b87516ff81f0"),
  ])
  func `the bytes of the first two formats stay`(format: SyntheticDump.Format, checksum: String) throws {
    let scratch = try ScratchFolder()
    let written = try SyntheticDump(papers: 3000, format: format).write(into: scratch.file("d"))
    #expect(try Checksum.sha256(ofFile: written.files[0]) == checksum)
  }

  @Test(arguments: formats) func `a dump of another format leaves nothing of the first`(format: SyntheticDump.Format)
    throws
  {
    let scratch = try ScratchFolder()
    let folder = scratch.file("d")
    _ = try SyntheticDump(papers: 20, format: format).write(into: folder)
    let other = SyntheticDump(papers: 20, format: format == .oagV1 ? .dblpV10 : .oagV1)
    let written = try other.write(into: folder, overwriting: true)
    #expect(try Set(FileManager.default.subpathsOfDirectory(atPath: folder)).count == written.files.count)
  }

  @Test(arguments: [SyntheticDump.Format.openAlex, .mag, .oagV2])
  func `writing that is stopped leaves no file and no folder`(format: SyntheticDump.Format) throws {
    struct Stop: Error {}
    let scratch = try ScratchFolder()
    let dump = SyntheticDump(papers: 500, format: format)
    #expect(throws: Stop.self) { try dump.write(into: scratch.file("d")) { _ in throw Stop() } }
    #expect(!FileManager.default.fileExists(atPath: scratch.file("d")))
    let first = try SyntheticDump(papers: 50, format: .dblpV14).write(into: scratch.file("d"))
    let before = try first.files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    #expect(throws: Stop.self) { try dump.write(into: scratch.file("d"), overwriting: true) { _ in throw Stop() } }
    #expect(try first.files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) } == before)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: scratch.file("d")).count == first.files.count)
  }

  @Test func `what a killed writer left in inner folders is removed, and what is somebody's is not`() throws {
    let scratch = try ScratchFolder()
    let folder = scratch.file("d")
    let inner = "\(folder)/data/works/updated_date=2024-06-10"
    try AtomicFile.makeFolder(inner)
    try AtomicFile.write("cut", to: "\(inner)/part_000.gz.77.partial")
    let dump = SyntheticDump(papers: 20, format: .openAlex)
    let written = try dump.write(into: folder)
    #expect(try files(in: folder).count == written.files.count)

    try AtomicFile.makeFolder(scratch.file("e/data/works"))
    try AtomicFile.write("mine", to: scratch.file("e/data/works/notes.txt"))
    expectFailure(.cannotCreate, ["no synthetic dump"]) {
      _ = try dump.write(into: scratch.file("e"), overwriting: true)
    }
    #expect(try files(in: scratch.file("e")) == ["data/works/notes.txt"])
  }
}

/// Names of the counts that every dialect has.
private enum PlantedNames {
  static func common() throws -> [String] {
    let scratch = try ScratchFolder()
    return try SyntheticDump(papers: 1, format: .oagV3).write(into: scratch.file("d")).planted.byName.map(\.name)
  }
}
