import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Tasks that a store is made ready for in one step.
@Suite struct AcademicTaskTests {
  /// Papers 1…24 of the years 2001…2006: two venues with eight each, one with three, five without; fields with weights;
  /// each cites the one before it and the one after it.
  private static func lines() -> String {
    (1...24).map { number in
      let venue = number <= 8 ? "A" : number <= 16 ? "B" : number <= 19 ? "small" : ""
      let fields =
        number % 2 == 0
        ? #"[{"name":"wide","w":0.2},{"name":"even","w":0.9}]"# : #"[{"name":"wide","w":0.5},{"name":"odd","w":0.1}]"#
      let year = number == 5 ? "" : #""year":\#(2001 + number % 6),"#
      let place = venue.isEmpty ? "" : #""venue":"\#(venue)","venue_id":"\#(venue)","#
      return
        #"{"id":"p\#(number)",\#(year)\#(place)"fos":\#(fields),"references":["p\#(number - 1)","p\#(number + 1)"],"#
        + #""authors":[{"id":"a\#(number % 4)","name":"\#(number % 2 == 0 ? "Ann  Ay" : "ann ay")"},{"name":"No Id"}]}"#
    }.joined(separator: "\n")
  }

  private func store() throws -> ImportedDump { try ImportedDump(Self.lines()) }

  private func options(_ change: (inout AcademicTask.Options) -> Void = { _ in }) -> AcademicTask.Options {
    var options = AcademicTask.Options()
    options.minimum = 4
    options.years = TimeBounds(train: 2003, validation: 2004)
    change(&options)
    return options
  }

  @Test func `venues with enough papers are classes, split by year`() throws {
    let imported = try store()
    let result = try AcademicTask.venue.make(in: imported.store.path, options: options())
    let store = try GraphStore(imported.store.path)
    guard case .single(let classes, let names) = try store.labels() else {
      Issue.record("no single labels")
      return
    }
    let ids = try #require(try store.nodeIDs(of: AcademicSchema.paper))
    let years = try #require(try store.nodeYears(of: AcademicSchema.paper))
    #expect(Set(names) == ["A", "B"])
    for (node, id) in ids.enumerated() {
      let number = try #require(Int(id.dropFirst()))
      let expected = number <= 8 ? "A" : number <= 16 ? "B" : nil
      #expect((classes[node] < 0 ? nil : names[Int(classes[node])]) == expected, "\(id)")
    }
    let split = try store.split(named: "venue")
    #expect(split.train.allSatisfy { (1...2003).contains(years[Int($0)]) })
    #expect(split.validation.allSatisfy { years[Int($0)] == 2004 } && split.test.allSatisfy { years[Int($0)] > 2004 })
    #expect(result.labels == 16 && result.classes == 2 && result.withoutYear == 1)
    #expect(result.train + result.validation + result.test == 15)
    #expect(result.train == split.train.count && result.test == split.test.count)
    #expect(store.labelRelation == AcademicSchema.publishedIn && result.hiddenRelation == "published_in")
    #expect(split.years == TimeBounds(train: 2003, validation: 2004))
    // What training sees: no venue of any labeled paper, those of others.
    let labeled = classes.indices.filter { classes[$0] >= 0 }.map { Int32($0) }
    let view = GraphView(store, masks: GraphView.hidingLabels(from: AcademicSchema.publishedIn, of: labeled, in: store))
    #expect(try view.edges(of: AcademicSchema.publishedIn).count == 3)
  }

  @Test func `the field of a paper is its heaviest frequent one, its topics are all`() throws {
    let imported = try store()
    var result = try AcademicTask.field.make(in: imported.store.path, options: options())
    #expect(result.classes == 2 && result.labels == 24 && result.hiddenRelation == "has_topic")
    guard case .single(let classes, let names) = try GraphStore(imported.store.path).labels() else {
      Issue.record("no single labels")
      return
    }
    #expect(Set(names) == ["even", "wide"], "odd is the lighter one everywhere")
    #expect(classes.count { names[Int($0)] == "even" } == 12)

    result = try AcademicTask.topic.make(in: imported.store.path, options: options { $0.minimum = 12 })
    #expect(result.classes == 3 && result.labels == 24)
    guard case .multiple(let rows, let topics) = try GraphStore(imported.store.path).labels() else {
      Issue.record("no multiple labels")
      return
    }
    #expect(topics.count == 3 && rows.entryCount == 48)
    result = try AcademicTask.topic.make(
      in: imported.store.path,
      options: options {
        $0.minimum = 1
        $0.name = "all"
      })
    #expect(try GraphStore(imported.store.path).splitNames == ["all", "field", "topic"])
    expectFailure(.badData, ["--minimum"]) {
      _ = try AcademicTask.topic.make(in: imported.store.path, options: options { $0.minimum = 25 })
    }
  }

  @Test func `citations are split by the year of the citing paper, without leaks`() throws {
    let imported = try store()
    let result = try AcademicTask.citation.make(in: imported.store.path, options: options())
    let split = try LinkSplitFile.read(
      named: "citation", inFolder: imported.store.path, snapshot: imported.store.snapshot)
    #expect(split.problem() == nil)
    let years = try #require(try imported.store.nodeYears(of: AcademicSchema.paper))
    #expect(split.training.sources.allSatisfy { (1...2003).contains(years[Int($0)]) })
    #expect(split.validation.positives.sources.allSatisfy { years[Int($0)] == 2004 })
    #expect(split.test.positives.sources.allSatisfy { years[Int($0)] > 2004 })
    #expect(split.messages == split.training)
    // Of 46 citations two are of the paper without a year. Each citation has its reverse: the learned one stays.
    let edges = try imported.store.edges(of: AcademicSchema.cites)
    #expect(edges.count == 46 && result.labels == 46 && result.withoutYear == 2)
    var expected = [0, 0, 0]
    for (source, target) in zip(edges.sources, edges.targets) {
      let (year, other) = (years[Int(source)], years[Int(target)])
      if year == 0 { continue }
      let part = year <= 2003 ? 0 : year == 2004 ? 1 : 2
      if part > 0, (1...2003).contains(other) { continue }
      expected[part] += 1
    }
    #expect([result.train, result.validation, result.test] == expected)
  }

  @Test func `pairs of one name tell whether one author made both, names apart by part`() throws {
    let lines = (0..<6).flatMap { name in
      (0..<4).map { paper in
        #"{"id":"n\#(name)p\#(paper)","year":2000,"authors":[{"name":"First"},{"id":"n\#(name)a\#(paper % 2)","name":"Name  \#(name)"}]}"#
      }
    }
    let imported = try ImportedDump(lines.joined(separator: "\n"))
    let pairs = try AuthorPairs(imported.store, seed: 1)
    #expect(pairs.nameCount == 6 && pairs.pairs.count == 6 * 6)
    #expect(pairs.pairs.count { $0.isSame } == 6 * 2)
    let parts = Dictionary(grouping: pairs.pairs) { $0.name }.mapValues { Set($0.map(\.part)) }
    #expect(parts.keys.sorted() == (0..<6).map { "name \($0)" } && parts.values.allSatisfy { $0.count == 1 })
    #expect(SplitPart.allCases.map { pairs.count(of: $0) } == [24, 6, 6])
    #expect(pairs.pairs.allSatisfy { $0.first.place == 1 && $0.second.place == 1 && $0.first.paper < $0.second.paper })
    let path = imported.scratch.file("pairs.tsv")
    try pairs.write(to: path)
    let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(rows.count == 37 && rows.allSatisfy { $0.count == 7 })
    for row in rows.dropFirst() {
      let (first, second) = (Int(row[2].suffix(1))!, Int(row[4].suffix(1))!)
      #expect(row[6] == (first % 2 == second % 2 ? "same" : "different") && row[2].prefix(2) == row[4].prefix(2))
    }
    #expect(try AuthorPairs(imported.store, seed: 1).pairs == pairs.pairs)
    #expect(try AuthorPairs(imported.store, seed: 2).pairs.map(\.part) != pairs.pairs.map(\.part))
    expectFailure(.badData, ["0 names"]) {
      _ = try AuthorPairs(try ImportedDump(chainLines(3).joined(separator: "\n")).store, seed: 1)
    }
  }

  @Test func `a split of that name is replaced only when it may be`() throws {
    let imported = try store()
    let path = imported.store.path
    for task in [AcademicTask.venue, .citation] {
      let first = try task.make(in: path, options: options())
      #expect(try task.make(in: path, options: options()) == first, "the same again")
      let other = options { $0.years = TimeBounds(train: 2002, validation: 2004) }
      expectFailure(.cannotCreate, ["--overwrite"]) { _ = try task.make(in: path, options: other) }
      var replacing = other
      replacing.overwrites = true
      #expect(try task.make(in: path, options: replacing) != first)
    }
  }

  @Test(
    arguments: [
      (Array(2001...2010).flatMap { [Int32](repeating: Int32($0), count: 10) }, 2007, 2009),
      ([2001, 2002, 2003], 2001, 2002), ([2001, 2002, 2003, 2003, 2003, 2003, 2003, 2003], 2001, 2002),
      ([0, 1990, 1990, 1990, 1990, 1990, 1990, 1990, 1990, 1995, 2000], 1990, 1995),
    ] as [([Int32], Int, Int)]) func `bounds leave years for every part`(years: [Int32], train: Int, validation: Int)
    throws
  {
    #expect(try AcademicTask.bounds(of: years, path: "p") == TimeBounds(train: train, validation: validation))
  }

  @Test func `two years are too few for three parts`() {
    expectFailure(.badData, ["2 different years"]) {
      _ = try AcademicTask.bounds(of: [2001, 2002, 0, 2002], path: "p")
    }
  }
}
