import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Checks 14–20 of the formats' conformance list: which records are one node, and which edges count.
@Suite struct ImportIdentityTests {
  /// Check 14.
  @Test func `whole numbers beyond doubles remain apart`() throws {
    let imported = try ImportedDump(
      """
      {"id":9007199254740993,"references":[9007199254740992,"18446744073709551615",9223372036854775807]}
      {"id":9007199254740992,"references":[18446744073709551615,18446744073709551614]}
      {"id":18446744073709551615}
      {"id":18446744073709551614}
      {"id":9223372036854775807}
      {"id":-9007199254740993}
      """)
    let ids = [
      "-9007199254740993", "18446744073709551614", "18446744073709551615", "9007199254740992", "9007199254740993",
      "9223372036854775807",
    ]
    #expect(try imported.ids() == ids && imported.report.duplicates == 0 && imported.report.dangling == 0)
    #expect(imported.store.edgeCount(of: AcademicSchema.cites) == 5)
  }

  /// Check 15.
  @Test func `a number and its plain decimal text are one id, any other text is not`() throws {
    let others = [
      "00123", "+123", "123 4", "1e2", "0x7b", "-0", "00000000000000000123", "0000000000000000123",
      "-000000000000000000", "18446744073709551616", "123.0",
    ]
    let lines = [#"{"id":"123","references":["00123"]}"#, #"{"id":123}"#, #"{"id":" 123 "}"#, #"{"id":123.0}"#]
    let imported = try ImportedDump((lines + others.map { "{\"id\":\"\($0)\"}" }).joined(separator: "\n"))
    #expect(imported.report.duplicates == 3 && imported.report.records == 4 + others.count)
    #expect(try imported.ids() == (["123"] + others).sorted())
    #expect(try imported.edges() == ["123 00123"])
    let bad = try ImportedDump(
      """
      {"id":"1"}
      {"id":1.5}
      {"title":"none"}
      {"id":""}
      """)
    #expect(bad.report.bad == 3 && bad.report.badLines == [2, 3, 4])
    #expect(bad.report.badPlaces[0].hasSuffix("the record has no id"))
  }

  /// Check 16.
  @Test func `24 hexadecimal digits are one id in either case, 23 are text`() throws {
    let upper = "53E9977AB7602D9701F4C2AB"
    let short = String(upper.dropLast())
    let others: [String] = [short, short.lowercased(), "G" + short, "g" + short.lowercased()]
    let lines = ([upper, upper.lowercased()] + others).map { "{\"id\":\"\($0)\",\"references\":[\"\(upper)\"]}" }
    let imported = try ImportedDump(lines.joined(separator: "\n"))
    #expect(imported.report.duplicates == 1 && imported.report.selfReferences == 1)
    #expect(try imported.ids() == ([upper.lowercased()] + others).sorted())
    #expect(imported.store.edgeCount(of: AcademicSchema.cites) == 4)
  }

  /// Check 17.
  @Test func `the first record of a paper counts unless told otherwise`() throws {
    let lines = [
      #"{"id":1,"title":"first","year":2000,"references":[2,1],"authors":[{"id":"a"},{"name":"x"}],"venue":"V"}"#,
      #"{"id":1,"title":"second","references":[3,2,1,1,9],"authors":[{"id":"b","org":"Lab"},{"name":"x"}],"venue":"W"}"#,
      #"{"id":2,"year":2001}"#, #"{"id":3,"year":2002}"#,
    ]
    let first = try ImportedDump(lines.joined(separator: "\n"))
    #expect(first.report.duplicates == 1 && first.report.records == 4)
    #expect(try first.edges() == ["1 2"] && first.texts("1")["title"] == "first")
    #expect(first.report.selfReferences == 1 && first.report.authorsWithoutID == 1 && first.report.dangling == 0)
    #expect(first.report.venuesWithoutID == 1 && first.report.yearsMissing == 0)
    #expect(try first.ids(AcademicSchema.author) == ["a"] && first.ids(AcademicSchema.venue) == ["name:V"])
    #expect(first.store.nodeCount(of: AcademicSchema.affiliation) == 0)
    var options = StoreImporter.Options()
    options.duplicates = .merge
    let merged = try ImportedDump(lines.joined(separator: "\n"), options)
    #expect(merged.report.duplicates == 1)
    #expect(try merged.edges() == ["1 2", "1 3"] && merged.texts("1")["title"] == "first")
    #expect(merged.report.dangling == 1 && merged.report.selfReferences == 3 && merged.report.duplicateEdges == 1)
    #expect(merged.report.authorsWithoutID == 1 && merged.report.yearsMissing == 0)
    options.duplicates = .error
    expectFailure(.badData, ["id that came before", "--duplicates first"]) {
      _ = try ImportedDump(lines.joined(separator: "\n"), options)
    }
  }

  /// Check 18.
  @Test func `references to missing papers follow the rule, those to itself and repeated ones go`() throws {
    let lines = [
      #"{"id":"a","year":2000,"references":["b","x","b","a","long id of a missing paper"]}"#,
      #"{"id":"b","references":["x"]}"#,
    ]
    let text = lines.joined(separator: "\n")
    let dropped = try ImportedDump(text)
    #expect(try dropped.edges() == ["a b"])
    #expect(dropped.report.dangling == 3 && dropped.report.distinctDangling == 2)
    #expect(dropped.report.selfReferences == 1 && dropped.report.duplicateEdges == 1)
    var options = StoreImporter.Options()
    options.dangling = .keepStub
    let kept = try ImportedDump(text, options)
    let long = "long id of a missing paper"
    #expect(try kept.ids() == ["a", "b", long, "x"])
    #expect(try kept.edges() == ["a b", "a \(long)", "a x", "b x"])
    #expect(try kept.texts("x") == ["id": "x"] && kept.texts(long) == ["id": long])
    #expect(try kept.store.nodeYears(of: AcademicSchema.paper) == [2000, 0, 0, 0])
    #expect(kept.report.yearsMissing == 1, "stubs are not counted")
    options.dangling = .error
    expectFailure(.badData, ["3 references", "--dangling drop"]) { _ = try ImportedDump(text, options) }
    _ = try ImportedDump(lines[1].replacingOccurrences(of: "x", with: "b"), options)
  }

  @Test func `a failed import leaves the store as it was`() throws {
    let first = try ImportedDump(#"{"id":"a"}"#)
    let folder = first.scratch.file("store")
    let before = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    try AtomicFile.write(Data(#"{"id":"c","references":["nowhere"]}"#.utf8), to: first.scratch.file("more.json"))
    var options = StoreImporter.Options()
    options.dangling = .error
    expectFailure(.badData, ["not there"]) {
      try StoreImporter(options).run([first.scratch.file("more.json")], into: folder)
    }
    #expect(try GraphStore(folder).snapshot == first.store.snapshot)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == before)
  }

  @Test(arguments: [3, 64, 65, 200]) func `long lists of references are sorted out as short ones`(count: Int) throws {
    let targets = (1...count).flatMap { [$0, $0] } + [0, 0]
    let papers = (1...count).map { "{\"id\":\($0)}" }
    let imported = try ImportedDump((["{\"id\":0,\"references\":\(targets)}"] + papers).joined(separator: "\n"))
    #expect(imported.store.edgeCount(of: AcademicSchema.cites) == count)
    #expect(imported.report.duplicateEdges == count && imported.report.selfReferences == 2)
  }

  /// Check 19.
  @Test func `authors without id are no node unless keyed by name, and repeated ones are one edge`() throws {
    let text =
      #"{"id":1,"authors":[{"id":"","name":"A  B"},{"name":"C"},{"id":"x","name":"X"},{"id":null},{"id":"x"},"y",{"id":"null"}]}"#
      + "\n" + #"{"id":2,"authors":[{"name":"a b"},{"id":"x"}]}"#
    let imported = try ImportedDump(text)
    #expect(try imported.ids(AcademicSchema.author) == ["x"] && imported.report.authorsWithoutID == 6)
    #expect(
      try describedEdges(imported.store, AcademicSchema.writes) == ["x → 1": "[2, 4] 0", "x → 2": "[1] 0"])
    var options = StoreImporter.Options()
    options.keysAuthorsByName = true
    let named = try ImportedDump(text, options)
    #expect(try named.ids(AcademicSchema.author) == ["name:A  B", "name:C", "name:y", "x"])
    #expect(
      try describedEdges(named.store, AcademicSchema.writes)
        == [
          "name:a b → 1": "[0] 0", "name:c → 1": "[1] 0", "x → 1": "[2, 4] 0", "name:y → 1": "[5] 0",
          "name:a b → 2": "[0] 0", "x → 2": "[1] 0",
        ])
  }

  /// Check 20.
  @Test func `venues without id are known by name, apart from all ids`() throws {
    let imported = try ImportedDump(
      """
      {"id":1,"venue":{"raw":"ICML"}}
      {"id":2,"venue":{"raw":" icml#TAB#"}}
      {"id":3,"venue":{"raw":"Other","id":"icml"}}
      {"id":4,"venue":{"raw":"","id":"ICML"}}
      {"id":5,"venue":"icml","venue_id":""}
      {"id":6,"venue":{}}
      {"id":7,"venue":"","venue_id":"null"}
      {"id":8,"venue":"name:icml"}
      """)
    #expect(imported.store.nodeCount(of: AcademicSchema.venue) == 4)
    #expect(imported.report.venuesWithoutID == 4)
    #expect(
      try describedEdges(imported.store, AcademicSchema.publishedIn).keys.sorted()
        == ["1 → name:icml", "2 → name:icml", "3 → icml", "4 → ICML", "5 → name:icml", "8 → name:name:icml"])
  }

  @Test func `every node is found by its external id`() throws {
    let scratch = try ScratchFolder()
    _ = try SyntheticDump(papers: 300, format: .oagV3).write(into: scratch.file("d"))
    var options = StoreImporter.Options()
    options.keysAuthorsByName = true
    options.dangling = .keepStub
    let store = try ImportedDump([scratch.file("d")], options, in: scratch).store
    for type in AcademicSchema.nodeTypes {
      let ids = try #require(try store.nodeIDs(of: type))
      #expect(Set(ids).count == ids.count && ids.count == store.nodeCount(of: type))
      for (number, id) in ids.enumerated() {
        #expect(try store.number(ofID: id, type: type) == number, "\(type) \(id)")
      }
      for id in ["", "nothing", "name:", "name:nothing", "0"] { #expect(try store.number(ofID: id, type: type) == nil) }
    }
  }

  @Test func `places of work keep their first year`() throws {
    let imported = try ImportedDump([
      (
        "papers.json",
        """
        {"id":1,"year":2010,"authors":[{"id":"a","org":"Lab One"},{"id":"b","org":"Lab One","org_id":"o"}]}
        {"id":2,"year":2005,"authors":[{"id":"a","org":"LAB  one"},{"org":"Lost"}]}
        {"id":3,"authors":[{"id":"a","org":"lab one"},{"id":"b","org":"null","org_id":""}]}
        """
      ), ("v3_author.json", #"{"id":"b","name":"Bo","org":"Lab One"}"# + "\n" + #"{"id":"c","orgs":["Lab Two"]}"#),
      ("v3_affiliation.json", #"{"id":"o","DisplayName":"The Lab"}"#),
    ])
    #expect(
      try describedEdges(imported.store, AcademicSchema.affiliatedWith)
        == ["a → name:lab one": "2005", "b → o": "2010", "b → name:lab one": "0", "c → name:lab two": "0"])
    #expect(imported.store.nodeCount(of: AcademicSchema.author) == 3)
    #expect(try imported.texts("o", AcademicSchema.affiliation)["name"] == "Lab One", "the longest, then the first")
  }
}
