import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Matrices as graphs.
@Suite("Matrix Market files") struct MatrixMarketTests {
  private static let head = "%%MatrixMarket matrix coordinate"

  private func read(_ text: String, undirected: Bool = false) throws -> GraphDataset {
    try MatrixMarketFormat.read(
      FileTree(named: "g", contents: ["m.mtx": Data(text.utf8)]), options: ReadOptions(isUndirected: undirected))
  }

  private func edges(_ text: String, undirected: Bool = false) throws -> EdgeList {
    let graph = try read(text, undirected: undirected)
    return try graph.edges(of: graph.relations[0])
  }

  @Test func `entries are edges from the row to the column`() throws {
    let graph = try read("\(Self.head) real general\n% a comment\n\n4 4 3\n1 2 0.5\n 4\t1  1e1\n2 2 -3\n")
    #expect(graph.nodeCount(of: .node) == 4)
    let expected = EdgeList(sources: [0, 3, 1], targets: [1, 0, 1], weights: [0.5, 10, -3], isDirected: true)
    #expect(try graph.edges(of: EdgeType(.node, "edges", .node)) == expected)
  }

  @Test func `patterns, integers, symmetry and the direction asked for`() throws {
    #expect(
      try edges("\(Self.head) pattern general\r\n2 2 1\r\n2 1\r\n")
        == EdgeList(sources: [1], targets: [0], isDirected: true))
    #expect(
      try edges("\(Self.head) PATTERN Symmetric\n3 3 2\n2 1\n3 3\n")
        == EdgeList(sources: [1, 2], targets: [0, 2], isDirected: false))
    #expect(
      try edges("\(Self.head) integer symmetric\n2 2 1\n2 1 7\n")
        == EdgeList(sources: [1], targets: [0], weights: [7], isDirected: false))
    #expect(
      try edges("\(Self.head) integer general\n2 2 1\n2 1 1", undirected: true)
        == EdgeList(sources: [1], targets: [0], isDirected: false))
    #expect(try read("\(Self.head) real general\n0 0 0\n").nodeCount(of: .node) == 0)
    #expect(try read("\(Self.head) pattern general\n5 5 0\n").nodeCount(of: .node) == 5)
  }

  static let damage: [(text: String, words: [String])] = [
    ("1 2\n", ["line 1", "does not begin with"]), ("%%MatrixMarket matrix\n", ["line 1", "2 words"]),
    ("%%MatrixMarket matrix array real general\n2 2\n1\n", ["'matrix array'", "lists no edges"]),
    ("\(head) complex general\n1 1 0\n", ["'complex'"]), ("\(head) real skew-symmetric\n", ["'skew-symmetric'"]),
    ("\(head) complex hermitian\n", ["'complex'"]), ("\(head) real hermitian\n", ["'hermitian'"]),
    ("\(head) real general\n% only\n", ["line 2", "no line of rows"]),
    ("\(head) real general\n2 2\n", ["line 2", "rows, columns and entries"]),
    ("\(head) real general\n2 -2 1\n", ["line 2"]), ("\(head) real general\n2 99999999999 1\n", ["line 2"]),
    ("\(head) real general\n2 3 1\n1 1 1\n", ["line 2", "2 by 3 is no graph"]),
    ("\(head) real general\n2 2 2\n1 1 1\n", ["line 3", "after 1 of 2 entries"]),
    ("\(head) real general\n2 2 1\n1 1 1\n2 2 1\n", ["line 4", "one entry more than the 1"]),
    ("\(head) real general\n2 2 1\n0 1 1\n", ["line 3", "'0' is not one of the 2 rows, counted from 1"]),
    ("\(head) real general\n2 2 1\n1 3 1\n", ["line 3", "'3'"]),
    ("\(head) real general\n2 2 1\n1 x 1\n", ["line 3", "'x'"]),
    ("\(head) real general\n2 2 1\n1 1 nan\n", ["line 3", "value 'nan'"]),
    ("\(head) real general\n2 2 1\n1 1 1e999\n", ["line 3", "value '1e999'"]),
    ("\(head) real general\n2 2 1\n1 1\n", ["line 3", "has 2 fields"]),
    ("\(head) pattern general\n2 2 1\n1 1 5\n", ["line 3", "has 3 fields"]),
    ("\(head) real symmetric\n2 2 1\n1 2 5\n", ["line 3", "above the diagonal"]),
    ("\(head) real general\n2000000000 2000000000 1\n1 1 1\n", ["among only 1 edges"]),
  ]

  @Test(arguments: damage) func `mistakes are told with their line`(_ text: String, _ words: [String]) throws {
    expectFailure(.badData, ["m.mtx"] + words) { _ = try read(text) }
  }

  @Test func `of several matrices that is read which is called as the folder`() throws {
    let scratch = try ScratchFolder()
    try AtomicFile.makeFolder(scratch.file("web"))
    try AtomicFile.write("\(Self.head) pattern general\n3 3 1\n2 1\n", to: scratch.file("web/web.mtx"))
    try AtomicFile.write("\(Self.head) pattern general\n9 9 1\n2 1\n", to: scratch.file("web/web_names.mtx"))
    #expect(try StoreOpener.open(scratch.file("web")).nodeCount(of: .node) == 3)
    #expect(try StoreOpener.open(scratch.file("web/web_names.mtx")).nodeCount(of: .node) == 9)
    try FileManager.default.moveItem(atPath: scratch.file("web"), toPath: scratch.file("other"))
    #expect(throws: FormatFailure.self) { try StoreOpener.open(scratch.file("other")) }
  }
}
