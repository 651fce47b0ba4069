import Foundation
import GroveKernels
import GroveStore
import Testing
import TestSupport

/// Synthetic dumps: what they say of themselves against a recount, their shape, and the folder they are written to.
@Suite struct SyntheticDumpTests {
  /// The two that `SyntheticRecount` reads; the others have `SyntheticDialectTests`.
  private static let formats: [SyntheticDump.Format] = [.oagV3, .dblpV12]

  @Test(arguments: formats, [0, 1, 2] as [UInt64])
  func `every planted count is what a recount finds`(format: SyntheticDump.Format, seed: UInt64) throws {
    let scratch = try ScratchFolder()
    let written = try SyntheticDump(papers: 2000, format: format, seed: seed).write(into: scratch.file("d"))
    let recount = try SyntheticRecount(scratch.file("d"), format)
    let planted = Dictionary(uniqueKeysWithValues: written.planted.byName.map { ($0.name, $0.count) })
    #expect(planted == recount.counts)
    for (name, count) in planted where format == .oagV3 || name != "shortLines" { #expect(count > 0, "\(name)") }
    #expect(planted["papers"] == 2000 && planted["duplicates"] == 20 && planted["badLines"] == 2)

    let data = try Data(contentsOf: URL(fileURLWithPath: scratch.file("d/planted.json")))
    var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object.removeValue(forKey: "format") as? String == format.rawValue)
    #expect(object.removeValue(forKey: "seed") as? Int == Int(seed))
    #expect(object.removeValue(forKey: "madeBy") != nil)
    #expect(object as? [String: Int] == planted)

    let sizes = try written.files.map { try FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int ?? 0 }
    #expect(sizes.reduce(0, +) == written.bytes)
    let names = written.files.map { ($0 as NSString).lastPathComponent }
    #expect(try Set(FileManager.default.contentsOfDirectory(atPath: scratch.file("d"))) == Set(names))
  }

  @Test(arguments: formats, [1, 2, 10, 127, 128, 129])
  func `small dumps are counted right too`(format: SyntheticDump.Format, papers: Int) throws {
    let scratch = try ScratchFolder()
    for seed in 0..<3 as Range<UInt64> {
      let folder = scratch.file("\(seed)")
      let written = try SyntheticDump(papers: papers, format: format, seed: seed).write(into: folder)
      let planted = Dictionary(uniqueKeysWithValues: written.planted.byName.map { ($0.name, $0.count) })
      #expect(try planted == SyntheticRecount(folder, format).counts)
    }
  }

  @Test func `topics, years, citations and names are as promised`() throws {
    let scratch = try ScratchFolder()
    let papers = 6000
    let written = try SyntheticDump(papers: papers, format: .dblpV12, seed: 3).write(into: scratch.file("d"))
    let recount = try SyntheticRecount(scratch.file("d"), .dblpV12)

    let shares = [28, 22, 18, 16, 14, 12, 10, 8].map { Double($0) / 128 }
    let sizes = Dictionary(grouping: recount.labels.values) { $0 }.mapValues { Double($0.count) }
    #expect(sizes.count == 8)
    for (size, share) in zip(sizes.values.sorted(by: >), shares) {
      #expect(abs(size / Double(recount.labels.count) - share) < 0.015)
    }

    let labeled = recount.citations.compactMap { pair in
      recount.labels[pair.source].flatMap { source in recount.labels[pair.target].map { source == $0 } }
    }
    let within = Double(labeled.count { $0 }) / Double(labeled.count)
    #expect((0.74...0.86).contains(within), "\(within) of citations stay in their topic")

    let places = Dictionary(uniqueKeysWithValues: recount.order.enumerated().map { ($1, $0) })
    let years = try recount.order.map { SyntheticRecount.year(try #require(recount.papers[$0])) }
    let known = years.compactMap { $0 }
    #expect(known == known.sorted() && known.first == 1990 && known.last == 2024)
    #expect(known.count { $0 >= 2015 } > 2 * known.count { $0 < 2005 }, "more papers in later years")
    #expect(try recount.citations.allSatisfy { try #require(places[$0.target]) < #require(places[$0.source]) })

    // Near a power law: a few papers take far more than their share, and most take little.
    let degrees = Dictionary(grouping: recount.citations) { $0.target }.mapValues(\.count).values.sorted(by: >)
    let mean = Double(recount.citations.count) / Double(papers)
    #expect(Double(degrees[0]) > 10 * mean && Double(degrees[papers / 3]) < 1.2 * mean, "\(degrees[0]) for \(mean)")

    let dangling = Double(written.planted.dangling)
    let references = dangling + Double(written.planted.citations)
    #expect((0.018...0.023).contains(dangling / references))
    #expect(Set(recount.authorsByName.values.map(\.count)) == [1, 2, 3], "homonyms come in twos and threes")
    let records = try Data(contentsOf: URL(fileURLWithPath: written.files[0]))
    #expect((1600...2000).contains(records.count / written.planted.records), "bytes a line")
    #expect(recount.papers.values.contains { (($0["authors"] as? [[String: Any]])?[0]["id"] as? Int ?? 0) > 1 << 31 })
  }

  @Test func `the dirt of real dumps is there`() throws {
    let scratch = try ScratchFolder()
    let oag = try SyntheticDump(papers: 4000, format: .oagV3).write(into: scratch.file("oag"))
    let oagText = try String(contentsOfFile: oag.files[0], encoding: .utf8)
    for dirt in [
      "&amp;", "&lt;i&gt;", "&#x27;", #"\u00e9"#, #"\ud83d\ude00"#, #"\""#, #"\/"#, "#TAB#", "\n\n", "\"53E997C8",
      #""year":"""#, #""year":0,"#, #""year":-1"#, #""year":"forthcoming""#, #""year":null"#, #""year":"20"#, ".0,",
      #""n_citation":""#, #""id":"","#, #""org_id":null"#, #""venue_id":"""#, #""doi":"null""#, #""w":0.0}"#, "\n[]\n",
    ] { #expect(oagText.contains(dirt), "\(dirt)") }
    let dblp = try SyntheticDump(papers: 4000, format: .dblpV12).write(into: scratch.file("dblp"))
    let recount = try SyntheticRecount(scratch.file("dblp"), .dblpV12)
    #expect(dblp.planted.badLines == 4)
    let abstracts = recount.papers.values.compactMap { $0["indexed_abstract"] as? [String: Any] }
    let gaps = abstracts.count { abstract in
      let places = (abstract["InvertedIndex"] as? [String: [Int]] ?? [:]).values.joined()
      return places.count < (abstract["IndexLength"] as? Int ?? 0)
    }
    #expect(abstracts.count > 2200 && abstracts.count < 2800 && gaps > 50 && gaps < abstracts.count / 8)
  }

  @Test(arguments: formats) func `equal seeds give equal bytes and others give others`(format: SyntheticDump.Format)
    throws
  {
    let scratch = try ScratchFolder()
    var dumps: [[Data]] = []
    for (name, seed) in [("a", 7), ("b", 7), ("c", 8)] as [(String, UInt64)] {
      let written = try SyntheticDump(papers: 300, format: format, seed: seed).write(into: scratch.file(name))
      dumps.append(try written.files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) })
    }
    #expect(dumps[0] == dumps[1])
    for (one, other) in zip(dumps[0], dumps[2]) where one.count > 500 { #expect(one != other) }
  }

  // MARK: - The folder

  @Test func `an earlier dump is replaced only when asked, and what else lies there stays`() throws {
    let scratch = try ScratchFolder()
    let folder = scratch.file("d")
    let small = SyntheticDump(papers: 5, format: .oagV3)
    _ = try small.write(into: folder)
    expectFailure(.cannotCreate, [folder, "--overwrite"]) { _ = try small.write(into: folder) }
    try AtomicFile.write("mine", to: "\(folder)/notes.txt")
    _ = try SyntheticDump(papers: 5, format: .dblpV12).write(into: folder, overwriting: true)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(names == ["dblp.v12.json", "labels.tsv", "notes.txt", "planted.json"])
  }

  @Test func `a folder of something else is refused, and remnants of a killed writer are none`() throws {
    let scratch = try ScratchFolder()
    let dump = SyntheticDump(papers: 5, format: .dblpV12)
    for (name, text) in [("dblp.v12.json", "[]"), ("planted.json", "{}"), ("planted.json", "no JSON")] {
      let folder = scratch.file(name + text.prefix(2))
      try AtomicFile.makeFolder(folder)
      try AtomicFile.write(text, to: "\(folder)/\(name)")
      expectFailure(.cannotCreate, [folder, "no synthetic dump"]) {
        _ = try dump.write(into: folder, overwriting: true)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [name])
    }
    try AtomicFile.write("mine", to: scratch.file("file"))
    expectFailure(.cannotCreate, ["file is in the way"]) { _ = try dump.write(into: scratch.file("file")) }
    expectFailure(.cannotCreate, ["/proc/nothing"]) { _ = try dump.write(into: "/proc/nothing") }

    try AtomicFile.makeFolder(scratch.file("killed"))
    try AtomicFile.write("cut", to: scratch.file("killed/dblp.v12.json.123.partial"))
    let written = try dump.write(into: scratch.file("killed"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.file("killed")).count == written.files.count)
  }

  @Test(arguments: formats) func `writing that is stopped leaves what was there`(format: SyntheticDump.Format) throws {
    struct Stop: Error {}
    let scratch = try ScratchFolder()
    let dump = SyntheticDump(papers: 500, format: format)
    #expect(throws: Stop.self) { try dump.write(into: scratch.file("d")) { _ in throw Stop() } }
    #expect(!FileManager.default.fileExists(atPath: scratch.file("d")))
    let first = try SyntheticDump(papers: 50, format: format).write(into: scratch.file("d"))
    let before = try first.files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    #expect(throws: Stop.self) {
      try dump.write(into: scratch.file("d"), overwriting: true) { progress in
        if progress.papers > 100 { throw Stop() }
      }
    }
    #expect(try first.files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) } == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.file("d")).count == first.files.count)
  }
}
