import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import Testing
import TestSupport

@Suite struct SplitTests {
  /// 300 nodes: class 0 on even numbers below 200, class 1 on odd ones, class 2 on 200 ..< 210, the rest without.
  private let labels = Labels.single(
    classes: (0..<300).map { $0 < 200 ? Int32($0 % 2) : $0 < 210 ? 2 : -1 }, names: ["a", "b", "c"])

  private func sizes(_ split: Split) -> [Int] { [split.train.count, split.validation.count, split.test.count] }

  private func classes(_ nodes: [Int32]) -> [Int] {
    guard case .single(let classes, _) = labels else { return [] }
    return (0..<3).map { label in nodes.count { classes[Int($0)] == Int32(label) } }
  }

  @Test func `Every accepted form is read, and others show them`() throws {
    #expect(try SplitKind(parsing: "per-class:20,30") == .perClass(train: 20, validation: 30))
    #expect(try SplitKind(parsing: "planetoid") == .planetoid)
    #expect(try SplitKind(parsing: "fraction:.6,.2") == .fraction(train: 0.6, validation: 0.2))
    #expect(try SplitKind(parsing: "time:2015,2017") == .time(train: 2015, validation: 2017))
    for form in SplitKind.acceptedForms.components(separatedBy: ", ") {
      let kind = try SplitKind(parsing: form)
      #expect(try SplitKind(parsing: kind.description) == kind && kind.needsYears == form.hasPrefix("time"))
    }
    let wrong = [
      "", "per-class", "per-class:20", "per-class:0,3", "per-class:a,b", "per-class:20,30,40", "fraction:.6",
      "fraction:.8,.3", "fraction:-.1,.2",
      "fraction:nan,.1", "planetoid:3", "random", "per-class:-1,2", "per-class:99999999999999999999,1",
      "time", "time:2015", "time:2017,2015", "time:2015,2015", "time:0,2015", "time:-3,2015", "time:2015,2016,2017",
      "time:2015,x", "time:2015,9999999999", "open-world", "open-world:0", "open-world:x", "open-world:5,5",
    ]
    for text in wrong {
      expectFailure(.usage, ["per-class:20,30", "fraction:.6,.2", "time:2015,2017"]) {
        _ = try SplitKind(parsing: text)
      }
    }
  }

  @Test func `A per-class split takes its counts from each class and only labeled nodes`() throws {
    let split = try SplitKind.perClass(train: 20, validation: 30).make(
      labels: labels, name: "mine", random: RandomStream(seed: 1))
    #expect(classes(split.train) == [20, 20, 10])
    #expect(classes(split.validation) == [30, 30, 0])
    #expect(classes(split.test) == [50, 50, 0])
    #expect(split.problem(nodeCount: 300) == nil)
    #expect(split.train == split.train.sorted() && split.test == split.test.sorted())
    #expect(split.name == "mine" && split.kind.contains("per-class:20,30"))
  }

  @Test func `A planetoid split draws 20 a class, then 500 and 1000 of the rest`() throws {
    let many = Labels.single(classes: (0..<4000).map { Int32($0 % 4) }, names: ["0", "1", "2", "3"])
    let split = try SplitKind.planetoid.make(labels: many, name: "p", random: RandomStream(seed: 3))
    #expect(sizes(split) == [80, 500, 1000])
    #expect((0..<4).allSatisfy { label in split.train.count { $0 % 4 == label } == 20 })
    #expect(split.problem(nodeCount: 4000) == nil)
    let small = try SplitKind.planetoid.make(labels: labels, name: "p", random: RandomStream(seed: 3))
    #expect(small.train.count == 50 && small.validation.count + small.test.count == 160 && !small.test.isEmpty)
    let tiny = Labels.single(classes: [0, 1, 0], names: ["0", "1"])
    expectFailure(.badData, ["planetoid", "no test node"]) {
      _ = try SplitKind.planetoid.make(labels: tiny, name: "p", random: RandomStream(seed: 3))
    }
  }

  @Test func `A fraction keeps its shares in each class, or of all nodes with several classes`() throws {
    let split = try SplitKind.fraction(train: 0.6, validation: 0.2).make(
      labels: labels, name: "f", random: RandomStream(seed: 5))
    #expect(classes(split.train) == [60, 60, 6])
    #expect(classes(split.validation) == [20, 20, 2])
    #expect(classes(split.test) == [20, 20, 2])
    let rows = SparseRows.grouping(
      rows: [0, 0, 1, 3, 4, 5, 6, 7, 8, 9, 10], columns: [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0], rowCount: 12, columnCount: 2
    ).rows
    let multiple = Labels.multiple(rows: rows, names: ["0", "1"])
    let second = try SplitKind.fraction(train: 0.5, validation: 0.2).make(
      labels: multiple, name: "f", random: RandomStream(seed: 5))
    #expect((second.train + second.validation + second.test).sorted() == [0, 1, 3, 4, 5, 6, 7, 8, 9, 10])
    #expect(sizes(second) == [5, 2, 3])
    expectFailure(.usage, ["fraction:.6,.2"]) {
      _ = try SplitKind.planetoid.make(labels: multiple, name: "p", random: RandomStream(seed: 3))
    }
  }

  @Test func `A split by time puts each labeled node where its year says, and none of unknown year`() throws {
    var random = TestRandom(4)
    let years = (0..<300).map { _ in Int32.random(in: 2013...2018, using: &random) }.enumerated().map { node, year in
      node % 8 == 5 ? 0 : year
    }
    let rows = SparseRows.grouping(
      rows: (0..<210).map { Int32($0) }, columns: (0..<210).map { Int32($0 % 2) }, rowCount: 300, columnCount: 2
    ).rows
    for labels in [labels, .multiple(rows: rows, names: ["even", "odd"])] {
      let split = try SplitKind.time(train: 2014, validation: 2016).make(
        labels: labels, name: "t", random: RandomStream(seed: 1), years: years)
      for node in 0..<300 {
        let parts: [Int32: SplitPart] = [
          2013: .train, 2014: .train, 2015: .validation, 2016: .validation, 2017: .test, 2018: .test,
        ]
        let part = node >= 210 ? nil : parts[years[node]]
        for other in SplitPart.allCases {
          #expect(split.nodes(of: other).contains(Int32(node)) == (other == part), "node \(node) of \(years[node])")
        }
      }
      #expect(split.problem(nodeCount: 300) == nil && split.kind.contains("time:2014,2016"))
      #expect(split.years == TimeBounds(train: 2014, validation: 2016))
      #expect(SplitKind.withoutYear(years, labels: labels) == years.prefix(210).count { $0 == 0 })
      #expect(210 == sizes(split).reduce(SplitKind.withoutYear(years, labels: labels), +))
    }
    expectFailure(.usage, ["time:2014,2016", "years.npy"]) {
      _ = try SplitKind.time(train: 2014, validation: 2016).make(
        labels: labels, name: "t", random: RandomStream(seed: 1))
    }
    expectFailure(.badData, ["no test node", "choose others"]) {
      _ = try SplitKind.time(train: 2014, validation: 2018).make(
        labels: labels, name: "t", random: RandomStream(seed: 1), years: years)
    }
    #expect(try SplitKind.planetoid.make(labels: labels, name: "p", random: RandomStream(seed: 1)).years == nil)
  }

  /// Check C-18 of specs/openima.md.
  @Test(arguments: [(2, 1), (3, 2), (5, 2), (6, 3), (7, 4), (8, 4), (10, 5), (15, 8), (40, 20), (47, 24)])
  func `C-18: an open-world split labels nodes of half of the classes`(count: Int, seenCount: Int) throws {
    let all = Labels.single(
      classes: (0..<count * 30).map { Int32($0 % count) } + [-1, -1], names: (0..<count).map { "\($0)" })
    let split = try SplitKind.openWorld(perClass: 10).make(labels: all, name: "o", random: RandomStream(seed: 4))
    let classes = try #require(split.classes)
    #expect(classes.seen.count == seenCount && classes.novel.count == count - seenCount)
    #expect(Set(classes.seen + classes.novel).count == count)
    for label in 0..<Int32(count) {
      let isSeen = classes.seen.contains(label)
      for (part, size) in [
        (split.train, isSeen ? 10 : 0), (split.validation, isSeen ? 10 : 0), (split.test, isSeen ? 10 : 30),
      ] {
        #expect(part.count { $0 % Int32(count) == label } == size)
      }
    }
    #expect(split.problem(nodeCount: all.nodeCount) == nil)
    #expect(
      Set(split.train + split.validation + split.test).count == count * 30, "the parts together are all labeled nodes")
    let names = all.classNames
    if case .single(let numbers, _) = all { #expect(classes.problem(of: split, classes: numbers, names: names) == nil) }
    #expect(try SplitKind.openWorld(perClass: 10).make(labels: all, name: "o", random: RandomStream(seed: 4)) == split)
    #expect(try SplitKind.openWorld(perClass: 10).make(labels: all, name: "o", random: RandomStream(seed: 5)) != split)
  }

  @Test func `An open-world split needs enough nodes of a seen class, and two classes`() throws {
    let few = Labels.single(classes: (0..<60).map { Int32($0 % 2) }, names: ["red", "blue"])
    let message = "needs 32 nodes of each seen class"
    expectFailure(.badData, ["open-world:16", message, "has 30"]) {
      _ = try SplitKind.openWorld(perClass: 16).make(labels: few, name: "o", random: RandomStream(seed: 1))
    }
    #expect(
      try sizes(SplitKind.openWorld(perClass: 15).make(labels: few, name: "o", random: RandomStream(seed: 1))) == [
        15, 15, 30,
      ])
    let one = Labels.single(classes: [0, 0, 0, -1], names: ["red", "unused"])
    expectFailure(.badData, ["two classes or more"]) {
      _ = try SplitKind.openWorld(perClass: 1).make(labels: one, name: "o", random: RandomStream(seed: 1))
    }
    let many = Labels.multiple(rows: SparseRows(offsets: [0, 1], columns: [0], columnCount: 2), names: ["a", "b"])
    expectFailure(.usage, ["one class a node"]) {
      _ = try SplitKind.openWorld(perClass: 1).make(labels: many, name: "o", random: RandomStream(seed: 1))
    }
  }

  @Test func `Seen and novel classes are saved with a split`() throws {
    let scratch = try tinyFolder()
    let split = Split(
      name: "open", kind: "k", train: [1], validation: [], test: [0, 2], classes: ClassDivision(seen: [1], novel: [0]))
    let path = try GraphDataset.saveSplit(split, intoFolder: scratch.path)
    #expect(
      try String(contentsOfFile: path, encoding: .utf8)
        == #"{"kind":"k","novel":[0],"seen":[1],"test":[0,2],"train":[1],"val":[]}"# + "\n")
    #expect(try StoreOpener.open(scratch.path).split(named: "open") == split)
  }

  @Test func `One seed gives one split and another seed another`() throws {
    for kind in [SplitKind.planetoid, .perClass(train: 5, validation: 5), .fraction(train: 0.3, validation: 0.3)] {
      let first = try kind.make(labels: labels, name: "s", random: RandomStream(seed: 7))
      #expect(try kind.make(labels: labels, name: "s", random: RandomStream(seed: 7)) == first)
      #expect(try kind.make(labels: labels, name: "s", random: RandomStream(seed: 8)) != first)
    }
  }

  @Test func `A saved split is found by its name and reads back equal`() throws {
    let scratch = try tinyFolder()
    let split = Split(name: "my-split.1", kind: "by \"hand\"", train: [1], validation: [], test: [0, 2])
    let path = try GraphDataset.saveSplit(split, intoFolder: scratch.path)
    #expect(path == "\(scratch.path)/splits/my-split.1.json")
    let graph = try StoreOpener.open(scratch.path)
    #expect(graph.splitNames == ["hand", "my-split.1"])
    #expect(try graph.split(named: "my-split.1") == split)
    #expect(try GraphDataset.readSplit(path: path) == split)
    for name in ["", "..", "a/b", "a b", "../x", ".hidden", "a..b", "ü", "a\n"] {
      let bad = Split(name: name, kind: "", train: [1], validation: [], test: [])
      expectFailure(.usage, ["letters, digits"]) { _ = try GraphDataset.saveSplit(bad, intoFolder: scratch.path) }
    }
    expectFailure(.missingInput, ["gone"]) { _ = try GraphDataset.saveSplit(split, intoFolder: scratch.file("gone")) }
    expectFailure(.cannotCreate, ["labels.npy"]) {
      _ = try GraphDataset.saveSplit(split, intoFolder: scratch.file("labels.npy"))
    }
  }

  @Test func `The years of a split by time are saved with it, and other files are as they were`() throws {
    let scratch = try tinyFolder()
    func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
    let bounds = TimeBounds(train: 2015, validation: 2017)
    let timed = Split(name: "timed", kind: "k", train: [1], validation: [], test: [0, 2], years: bounds)
    let path = try GraphDataset.saveSplit(timed, intoFolder: scratch.path)
    #expect(try text(path) == #"{"kind":"k","test":[0,2],"train":[1],"val":[],"years":[2015,2017]}"# + "\n")
    #expect(try GraphDataset.readSplit(path: path) == timed)
    #expect(try StoreOpener.open(scratch.path).split(named: "timed") == timed)
    let plain = Split(name: "plain", kind: "k", train: [1], validation: [], test: [0, 2])
    let other = try GraphDataset.saveSplit(plain, intoFolder: scratch.path)
    #expect(try text(other) == #"{"kind":"k","test":[0,2],"train":[1],"val":[]}"# + "\n")
    #expect(try StoreOpener.open(scratch.path).split(named: "plain") == plain)
    for years in ["[2017, 2015]", "[2015]", "[0, 2015]", "[2013, 2015, 2017]", "[2015, 2015]"] {
      try AtomicFile.write(#"{"train": [1], "years": \#(years)}"#, to: path)
      expectFailure(.badData, ["timed.json", "key years", "[2015, 2017]"]) {
        _ = try GraphDataset.readSplit(path: path)
      }
    }
  }

  // MARK: - Years of a folder

  @Test func `Years of nodes give a directed edge its citing year and an undirected one the later year`() throws {
    let scratch = try tinyFolder { path in
      try NumpyArray.write(.int32s([0, 1, 2, 1, 1, 2, 2, 3]), shape: [2, 4], to: "\(path)/edges_directed.npy")
      try NumpyArray.write(.int32s([2010, 2012, 2009, 0]), shape: [4], to: "\(path)/years.npy")
    }
    let graph = try StoreOpener.open(scratch.path)
    #expect(try graph.nodeYears(of: .node) == [2010, 2012, 2009, 0])
    // 0 – 1, 1 – 2, 2 – 2
    #expect(try graph.edgeYears(of: EdgeType(.node, "edges", .node)) == [2012, 2012, 2009])
    // 0 → 1, 1 → 2, 2 → 2, 1 → 3
    #expect(try graph.edgeYears(of: EdgeType(.node, "edges_directed", .node)) == [2010, 2012, 2009, 2012])
    let timeless = try tinyFolder()
    let bare = try StoreOpener.open(timeless.path)
    #expect(try bare.nodeYears(of: .node) == nil)
    #expect(try bare.edgeYears(of: EdgeType(.node, "edges", .node)) == nil)
  }

  @Test func `An undirected edge with an end of unknown year is of unknown year`() throws {
    let scratch = try tinyFolder { path in
      try NumpyArray.write(.int64s([2010, 0, 2009, 2013]), shape: [4], to: "\(path)/years.npy")
    }
    #expect(try StoreOpener.open(scratch.path).edgeYears(of: EdgeType(.node, "edges", .node)) == [0, 0, 2009])
  }

  @Test func `Years that are too few, below zero or in two columns are refused with their place`() throws {
    func refuse(_ years: [Int32], _ shape: [Int], _ words: [String]) throws {
      let scratch = try tinyFolder { try NumpyArray.write(.int32s(years), shape: shape, to: "\($0)/years.npy") }
      expectFailure(.badData, ["years.npy"] + words) { _ = try StoreOpener.open(scratch.path) }
    }
    try refuse([2010, 2011, 2012], [3], ["3 years", "expected 4"])
    try refuse([2010, -1, 2012, 2013], [4], ["row 1", "-1", "0 for unknown"])
    try refuse([2010, 1, 2012, 2013], [4, 1], ["[4, 1]", "one year a node"])
  }
}
