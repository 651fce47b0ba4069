import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Checks 8–13 and 28 of the formats' conformance list: what values mean.
@Suite struct ImportValueTests {
  /// Check 8.
  @Test(arguments: [#":"null""#, #":"""#, ":null", #":"  ""#, nil]) func `nothing has many spellings`(
    nothing: String?
  ) throws {
    let members = ["volume", "issue", "doi", "venue_id", "venue", "abstract_"].compactMap { key in
      nothing.map { "\"\(key)\"\($0)" }
    }
    let imported = try ImportedDump(
      "{" + ([#""id":"1","title":"null""#] + members).joined(separator: ",") + "}\n"
        + #"{"id":"2","volume":"7","issue":"8","doi":"d","venue":{"id":"v","raw":"w"}}"#)
    #expect(try imported.texts("1") == ["id": "1", "title": "null"])
    #expect(imported.store.nodeCount(of: AcademicSchema.venue) == 1 && imported.report.venuesWithoutID == 0)
    let other = try imported.texts("2")
    #expect(other["volume"] == "7" && other["issue"] == "8" && other["doi"] == "d")
  }

  /// Check 9.
  @Test func `numbers are taken from text and fractions, and what is no year is none`() throws {
    let forms: [(year: String, value: Int32)] = [
      ("2014", 2014), (#""2014""#, 2014), ("2014.0", 2014), (#""2014.0""#, 2014), (#"" 2014 ""#, 2014), (#""""#, 0),
      ("0", 0), ("-1", 0), (#""forthcoming""#, 0), ("null", 0), ("2014.5", 0), ("[2014]", 0), ("1e300", 0),
      ("2101", 2101), ("1599", 1599), ("99999999999", 0),
    ]
    let lines = forms.enumerated().map { "{\"id\":\"y\($0)\",\"year\":\($1.year),\"n_citation\":\"12\"}" }
    let imported = try ImportedDump(lines.joined(separator: "\n"))
    #expect(imported.report.bad == 0)
    #expect(try imported.store.nodeYears(of: AcademicSchema.paper) == forms.map(\.value))
    #expect(imported.report.yearsMissing == forms.count { $0.value == 0 } && imported.report.yearsOutOfRange == 2)
    #expect(try imported.texts("y0")["n_citation"] == "12" && imported.texts("y13")["year"] == "2101")
    #expect(try imported.texts("y5")["year"] == nil)
    let next = Calendar(identifier: .gregorian).component(.year, from: Date()) + 1
    let edge = try ImportedDump("{\"id\":1,\"year\":\(next)}\n{\"id\":2,\"year\":\(next + 1)}")
    #expect(edge.report.yearsOutOfRange == 1 && edge.report.yearsMissing == 0)
  }

  /// Check 10.
  @Test func `escapes are undone, halves of pairs replaced, raw control characters kept`() throws {
    let forms: [(json: String, title: String)] = [
      (#"caf\u00e9"#, "café"), (#"\ud83d\ude00!"#, "😀!"), (#"a\ud83db"#, "a\u{fffd}b"), (#"a\ude00b"#, "a\u{fffd}b"),
      (#"\ud83d\ud83d\ude00"#, "\u{fffd}😀"), (#"\ud83d\u0041"#, "\u{fffd}A"), (#"end\ud83d"#, "end\u{fffd}"),
      (#"a\/b"#, "a/b"), (#"\\ud83d"#, #"\ud83d"#), ("a\u{1}b\tc", "a\u{1}b\tc"), (#"q\"q"#, "q\"q"),
      (#"z\u0000z"#, "z z"), ("z\u{0}z", "z z"),
    ]
    let lines = forms.enumerated().map { "{\"id\":\"e\($0)\",\"title\":\"\($1.json)\"}" }
    let imported = try ImportedDump(lines.joined(separator: "\n"))
    #expect(imported.report.bad == 0, "\(imported.report.badPlaces)")
    for (number, form) in forms.enumerated() {
      #expect(try imported.texts("e\(number)")["title"] == form.title, "\(form.json)")
    }
  }

  /// Check 11.
  @Test func `HTML is decoded once and only when asked, marks in places become spaces`() throws {
    let line =
      #"{"id":"a&amp;b","title":"A &amp; B &#x27;c&#39; &lt;i&gt; &amp;lt; &unknown; &#0; & ; &","#
      + #""authors":[{"id":"x","org":"One#TAB#Lab#R##N#  Two"},{"id":"y","org":"one lab two"}]}"#
    let raw = try ImportedDump(line)
    #expect(try raw.ids() == ["a&amp;b"])
    #expect(
      try raw.texts("a&amp;b")["title"] == "A &amp; B &#x27;c&#39; &lt;i&gt; &amp;lt; &unknown; &#0; & ; &")
    #expect(try raw.ids(AcademicSchema.affiliation) == ["name:One#TAB#Lab#R##N#  Two"], "one place, its name kept")
    #expect(raw.store.edgeCount(of: AcademicSchema.affiliatedWith) == 2)
    var options = StoreImporter.Options()
    options.decodesEntities = true
    let decoded = try ImportedDump(line, options)
    #expect(try decoded.ids() == ["a&amp;b"])
    #expect(try decoded.texts("a&amp;b")["title"] == "A & B 'c' <i> &lt; &unknown; &#0; & ; &")
  }

  /// Check 12.
  @Test func `of a key that comes twice the last counts`() throws {
    let imported = try ImportedDump(
      #"{"id":"1","id":"2","title":"x","year":1990,"title":"y","year":2000,"venue":{"id":"a","id":"b"},"#
        + #""references":["8"],"references":["9"],"authors":[{"id":"p","id":"q"}],"fos":[{"name":"s","name":"t","w":1,"w":2}]}"#
        + "\n{\"id\":9,\"title\":\"x\",\"title\":null}\n{\"id\":8}")
    #expect(try imported.ids() == ["2", "8", "9"] && imported.edges() == ["2 9"])
    #expect(try imported.texts("2")["title"] == "y" && imported.texts("2")["year"] == "2000")
    #expect(try imported.texts("9")["title"] == nil)
    #expect(try imported.ids(AcademicSchema.venue) == ["b"] && imported.ids(AcademicSchema.author) == ["q"])
    #expect(try imported.ids(AcademicSchema.field) == ["t"])
    #expect(try imported.store.edges(of: AcademicSchema.hasTopic).weights == [2])
  }

  /// Check 13.
  @Test(arguments: [1, 200, 900]) func `unknown keys are passed over at any depth`(depth: Int) throws {
    let objects = String(repeating: #"{"id":"#, count: depth) + "0" + String(repeating: "}", count: depth)
    let lists = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    let imported = try ImportedDump(
      #"{"x":\#(objects),"id":"1","y":\#(lists),"references":["2"],"venue":{"z":\#(objects),"id":"v"}}"# + "\n"
        + #"{"id":"2","authors":[{"z":\#(lists),"id":"a"}]}"#)
    #expect(imported.report.bad == 0, "\(imported.report.badPlaces)")
    #expect(try imported.edges() == ["1 2"] && imported.ids(AcademicSchema.author) == ["a"])
    #expect(try imported.ids(AcademicSchema.venue) == ["v"])
  }

  @Test func `nesting beyond all reason makes a bad record and no crash`() throws {
    let deep = String(repeating: "[", count: 200_000) + String(repeating: "]", count: 200_000)
    let open = String(repeating: #"{"x":"#, count: 200_000)
    let imported = try ImportedDump("{\"id\":1}\n{\"id\":2,\"x\":\(deep)}\n\(open)\n{\"id\":3}\n")
    #expect(imported.report.bad == 2 && imported.report.badLines == [2, 3])
    #expect(try imported.ids() == ["1", "3"])
  }

  @Test func `keywords are topics of weight 1 where there are no fields, weights are the largest of a field`() throws {
    let imported = try ImportedDump(
      """
      {"id":1,"year":2003,"keywords":["a b","c","a b",""]}
      {"id":2,"keywords":["left out"],"fos":[{"name":"c","w":0.25},{"name":"c","w":0.5},{"name":"z","w":0},{"w":1}]}
      {"id":3,"fos":["plain",{"name":"text","w":"0.125"},{"name":"none"},{"name":"odd","w":null}],"keywords":null}
      """)
    #expect(
      try describedEdges(imported.store, AcademicSchema.hasTopic)
        == [
          "1 → a b": "1.0 2003", "1 → c": "1.0 2003", "2 → c": "0.5 0", "2 → z": "0.0 0", "3 → plain": "1.0 0",
          "3 → text": "0.125 0", "3 → none": "1.0 0", "3 → odd": "1.0 0",
        ])
  }

  @Test(arguments: [SyntheticDump.Format.oagV3, .dblpV12]) func `damaged records are bad or odd and crash nothing`(
    format: SyntheticDump.Format
  ) throws {
    let scratch = try ScratchFolder()
    let written = try SyntheticDump(papers: 40, format: format, seed: 9).write(into: scratch.file("d"))
    let records = try Data(contentsOf: URL(fileURLWithPath: written.files[0])).split(separator: 10).map { Array($0) }
    let marks = Array(#"{}[]":,\u0d8e-19.nt"#.utf8) + [0, 1, 9, 0x80, 0xff]
    var random = TestRandom(4)
    var damaged: [UInt8] = []
    for round in 0..<40 {
      for var record in records where record.count > 4 {
        for _ in 0...(round % 4) {
          let place = Int(random.next() % UInt64(record.count))
          switch random.next() % 3 {
          case 0: record[place] = marks[Int(random.next() % UInt64(marks.count))]
          case 1: record.remove(at: place)
          default: record.insert(marks[Int(random.next() % UInt64(marks.count))], at: place)
          }
        }
        damaged += record + [10]
      }
    }
    let path = scratch.file("damaged.json")
    try AtomicFile.write(Data(damaged), to: path)
    var options = StoreImporter.Options()
    options.decodesEntities = true
    let imported = try ImportedDump([path], options)
    #expect(imported.report.bad > 100 && imported.report.records > 100)
    _ = try RecordExport.write(imported.store, to: scratch.file("out"))
    let again = try ImportedDump([scratch.file("out")])
    #expect(again.report.bad == 0)
    #expect(again.store.snapshot == imported.store.snapshot)
    for relation in imported.store.relations {
      #expect(try describedEdges(again.store, relation) == describedEdges(imported.store, relation), "\(relation)")
    }
    try StoreImporter().run([], into: imported.store.path)
    #expect(try GraphStore(imported.store.path).snapshot == imported.store.snapshot, "after a rewrite")
  }

  /// Check 28.
  @Test func `abstracts are rebuilt from inverted indices`() throws {
    let forms: [(json: String, text: String?)] = [
      (#"{"IndexLength":7,"InvertedIndex":{"graphs":[0,3],"are":[1],"big":[5]}}"#, "graphs are graphs big"),
      (#"{"IndexLength":7,"InvertedIndex":{"graphs":[0,3],"are":[1],"big":[5,9,7]}}"#, "graphs are graphs big"),
      (#"{"InvertedIndex":{"big":[2],"are":[1],"graphs":[0,3]},"IndexLength":4}"#, "graphs are big graphs"),
      // Of two words at one place the later in the file counts.
      (#"{"IndexLength":2,"InvertedIndex":{"one":[0],"two":[0],"three":[1]}}"#, "two three"),
      (#"{"InvertedIndex":{"An":[0],"invented":[1,3]}}"#, "An invented invented"),
      (#"{"IndexLength":-1,"InvertedIndex":{"x":[0]}}"#, nil), (#"{"IndexLength":0,"InvertedIndex":{"x":[0]}}"#, nil),
      (#"{"IndexLength":3,"InvertedIndex":{"x":[-1,1,1.5,"2"],"y":7}}"#, "x x"),
      (#"{"IndexLength":9223372036854775807,"InvertedIndex":{"x":[0]}}"#, "x"),
      (#"{"IndexLength":3,"InvertedIndex":{}}"#, nil), (#"{"IndexLength":3}"#, nil), ("[]", nil), (#""words""#, nil),
      (#"{"IndexLength":3,"InvertedIndex":{"":[0],"a\u0000b":[1]," ":[2]}}"#, "a b"),
    ]
    let lines = forms.enumerated().map { "{\"id\":\"i\($0)\",\"indexed_abstract\":\($1.json)}" }
    let imported = try ImportedDump(lines.joined(separator: "\n"))
    for (number, form) in forms.enumerated() {
      #expect(try imported.texts("i\(number)")["abstract"] == form.text, "\(form.json)")
    }
    #expect(imported.report.abstracts == forms.count { $0.text != nil } && imported.report.bad == 0)
    let both = try ImportedDump(
      #"{"id":1,"indexed_abstract":{"IndexLength":1,"InvertedIndex":{"x":[0]}},"abstract":"plain"}"#)
    #expect(try both.texts("1")["abstract"] == "plain")
  }
}
