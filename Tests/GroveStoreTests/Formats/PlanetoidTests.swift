import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// The Planetoid files, published ones and a tiny graph written by hand.
@Suite("Planetoid files") struct PlanetoidTests {
  /// Four rows of allx, test nodes 6 and 4 (rows of tx in that order), node 5 in no file: a graph of seven nodes.
  private struct Tiny {
    var allx: [[(column: Int, value: Float)]] = [[(0, 1)], [(1, 1)], [(2, 2)], []]
    var tx: [[(column: Int, value: Float)]] = [[(0, 6)], [(1, 4)]]
    var ally = [[1, 0], [0, 1], [1, 0], [0, 1]]
    var ty = [[0, 1], [1, 0]]
    var y = [[1, 0]]
    var width = 3
    var test = "6\n4\n"
    var graph: [(Int, [Int])] = [(0, [1, 1, 0]), (1, [0, 2]), (2, [1, 6]), (3, []), (4, [6]), (5, []), (6, [2])]
    var left: [String] = []

    func write() throws -> ScratchFolder {
      let scratch = try ScratchFolder()
      func put(_ part: String, _ body: (inout PickleWriter) -> Void) throws {
        if left.contains(part) { return }
        var writer = PickleWriter()
        body(&writer)
        try AtomicFile.write(Data(writer.whole), to: scratch.file("ind.tiny.\(part)"))
      }
      try put("allx") { $0.matrix(allx, width: width) }
      try put("x") { $0.matrix(Array(allx.prefix(y.count)), width: 3) }
      try put("tx") { $0.matrix(tx, width: 3) }
      for (part, rows) in [("y", y), ("ally", ally), ("ty", ty)] {
        try put(part) { $0.array("i4", [rows.count, 2], PickleWriter.int32s(rows.flatMap(\.self))) }
      }
      try put("graph") { writer in
        writer.global("collections", "defaultdict")
        writer.global("__builtin__", "list")
        writer.add([0x85, 0x52])
        writer.add("(")
        for (node, neighbors) in graph {
          writer.integer(node)
          writer.add("](")
          for neighbor in neighbors { writer.integer(neighbor) }
          writer.add("e")
        }
        writer.add("u")
      }
      if !left.contains("test.index") { try AtomicFile.write(test, to: scratch.file("ind.tiny.test.index")) }
      return scratch
    }
  }

  @Test func `rows, labels, edges and the split of a tiny graph are where they belong`() throws {
    let scratch = try Tiny().write()
    let graph = try StoreOpener.open(scratch.path)
    #expect(graph.format == "planetoid" && graph.name == "tiny" && graph.nodeCount(of: .node) == 7)
    let features = try graph.features(named: "features", of: .node)
    let rows = SparseRows(offsets: [0, 1, 2, 3, 3, 4, 4, 5], columns: [0, 1, 2, 1, 0], columnCount: 3)
    #expect(features == .sparse(rows: rows, values: [1, 1, 2, 4, 6]))
    #expect(try graph.labels() == .single(classes: [0, 1, 0, 1, 0, -1, 1], names: ["0", "1"]))
    let edges = try graph.edges(of: EdgeType(.node, "edges", .node))
    #expect(edges == EdgeList(sources: [0, 1, 2, 4], targets: [1, 2, 6, 6], isDirected: false))
    let split = try graph.split(named: "public")
    #expect(split.train == [0] && split.validation == [1, 2, 3] && split.test == [4, 6])
    #expect(graph.warnings.count == 3)
    #expect(graph.warnings[0].contains("1 loops") && graph.warnings[1].contains("1 neighbors"))
    #expect(graph.warnings[2].hasPrefix("1 nodes are in no file"))
  }

  @Test func `files that do not fit each other are told`() throws {
    func expect(_ words: [String], _ kind: FailureKind = .badData, _ change: (inout Tiny) -> Void) throws {
      var tiny = Tiny()
      change(&tiny)
      let scratch = try tiny.write()
      expectFailure(kind, words) { _ = try StoreOpener.open(scratch.path) }
    }
    try expect(["ind.tiny.graph is missing"], .missingInput) { $0.left = ["graph"] }
    try expect(["ind.tiny.tx is missing"], .missingInput) { $0.left = ["tx"] }
    try expect(["test.index", "has 1 test nodes", "expected 2"]) { $0.test = "6\n" }
    try expect(["test.index, line 2", "'x'"]) { $0.test = "6\nx\n" }
    try expect(["test.index, line 1", "node 3 is among the 4 rows"]) { $0.test = "3\n4\n" }
    try expect(["test.index, line 2", "also that of line 1"]) { $0.test = "6\n6\n" }
    try expect(["test.index", "without large gaps"]) { $0.test = "6\n1999999999\n" }
    try expect(["ind.tiny.tx", "3 features, allx has 4"]) { $0.width = 4 }
    try expect(["ind.tiny.ty", "has 1 labels, expected 2"]) { $0.ty = [[0, 1]] }
    try expect(["ind.tiny.ally, row 1", "has 2 classes"]) { $0.ally[1] = [1, 1] }
    try expect(["graph, byte", "node 2 has the neighbor 7"]) { $0.graph[2].1 = [7] }
    try expect(["neighbors of 9, which is not a node"]) { $0.graph[6].0 = 9 }
    try expect(["feature is not a finite number", "row 2, column 2"]) { $0.allx[2] = [(2, .nan)] }
  }

  @Test func `a folder of two graphs, or with a pickle that would run something, is refused`() throws {
    let scratch = try Tiny().write()
    try AtomicFile.write("cos\nsystem\n(S'true'\ntR.", to: scratch.file("ind.tiny.graph"))
    expectFailure(.badData, ["ind.tiny.graph, byte 0", "os.system"]) { _ = try StoreOpener.open(scratch.path) }
    try AtomicFile.write("", to: scratch.file("ind.other.allx"))
    expectFailure(.badData, ["several graphs (other, tiny)"]) { _ = try StoreOpener.open(scratch.path) }
  }

  @Test(.enabled(if: SharedData.isPresent), arguments: ["cora", "citeseer"])
  func `the published files are the same graph as their folder of arrays`(_ name: String) throws {
    let original = try StoreOpener.open("\(SharedData.graph(name))/original")
    let folder = try StoreOpener.open(SharedData.graph(name))
    #expect(original.format == "planetoid" && original.name == name)
    #expect(original.nodeCount(of: .node) == folder.nodeCount(of: .node))
    #expect(try original.edges(of: folder.relations[0]) == folder.edges(of: folder.relations[0]))
    #expect(
      try original.features(named: "features", of: .node) == folder.features(named: "features", of: .node))
    #expect(try original.labels() == folder.labels())
    let (mine, published) = (try original.split(named: "public"), try folder.split(named: "public"))
    #expect(mine.train == published.train && mine.validation == published.validation && mine.test == published.test)
    #expect(try GraphSnapshot.hash(original) == GraphSnapshot.hash(folder))
  }

  @Test(.enabled(if: SharedData.isPresent)) func `Citeseer's counts are those that are published`() throws {
    let graph = try StoreOpener.open("\(SharedData.graph("citeseer"))/original")
    #expect(graph.nodeCount(of: .node) == 3327)
    #expect(try graph.edges(of: graph.relations[0]).count == 4552)
    guard case .single(let classes, let names) = try #require(try graph.labels()) else { return }
    #expect(names.count == 6 && classes.count { $0 == -1 } == 15)
    #expect(graph.warnings.contains { $0.hasPrefix("dropped 124 loops") })
    #expect(graph.warnings.contains { $0.hasPrefix("15 nodes are in no file") })
  }
}
