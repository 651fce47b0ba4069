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
    let wrong = [
      "", "per-class", "per-class:20", "per-class:0,3", "per-class:a,b", "per-class:20,30,40", "fraction:.6",
      "fraction:.8,.3", "fraction:-.1,.2",
      "fraction:nan,.1", "planetoid:3", "random", "per-class:-1,2", "per-class:99999999999999999999,1",
    ]
    for text in wrong {
      expectFailure(.usage, ["per-class:20,30", "fraction:.6,.2"]) { _ = try SplitKind(parsing: text) }
    }
    for text in ["open-world:50", "time:2015,2017"] {
      expectFailure(.usage, ["not available for this input yet"]) { _ = try SplitKind(parsing: text) }
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
}
