import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import Testing
import TestSupport

@Suite struct TextFormatTests {
  private let content =
    "31336\t0\t1\t0\tNeural_Networks\n1061127\t0\t0\t1\tRule_Learning\n1106406\t0.5\t0\t0\tNeural_Networks\n"

  private func linqs(_ content: String, _ cites: String) throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    try AtomicFile.write(content, to: scratch.file("mini.content"))
    try AtomicFile.write(cites, to: scratch.file("mini.cites"))
    return scratch
  }

  @Test func `A LINQS folder is read with edges from the citing to the cited paper`() throws {
    let scratch = try linqs(content, "31336\t1061127\n31336\t99\n1106406\t31336\n98\t97\n")
    let graph = try StoreOpener.open(scratch.path)
    #expect(graph.format == "linqs" && graph.name == "mini")
    #expect(try graph.nodeIDs(of: .node) == ["31336", "1061127", "1106406"])
    let edges = try graph.edges(of: EdgeType(.node, "cites", .node))
    #expect(edges == EdgeList(sources: [1, 0], targets: [0, 2], isDirected: true))
    #expect(try graph.labels() == .single(classes: [0, 1, 0], names: ["Neural_Networks", "Rule_Learning"]))
    let expected = SparseRows(offsets: [0, 1, 2, 3], columns: [1, 2, 0], columnCount: 3)
    #expect(try graph.features(named: "features", of: .node) == .sparse(rows: expected, values: [1, 1, 0.5]))
    #expect(graph.warnings == ["dropped 2 citations of papers without a content line"])
  }

  @Test func `Spaces for tabs and Windows line ends change nothing`() throws {
    let scratch = try linqs(content.replacing("\t", with: " ").replacing("\n", with: "\r\n"), "31336 1061127\r\n\r\n")
    let graph = try StoreOpener.open(scratch.path)
    #expect(try graph.nodeIDs(of: .node)?.count == 3)
    #expect(try graph.labels()?.classNames == ["Neural_Networks", "Rule_Learning"])
    #expect(try graph.edges(of: graph.relations[0]).count == 1)
  }

  @Test func `Mistakes in LINQS files are told with their line`() throws {
    let cases: [(String, String, FailureKind, [String])] = [
      (content + "31336\t0\t0\t0\tX\n", "", .badData, ["mini.content", "line 4", "'31336'", "second time"]),
      (content + "5\t0\t0\tX\n", "", .badData, ["mini.content", "line 4", "4 fields", "expected 5"]),
      (content + "5\t0\tx\t0\tX\n", "", .badData, ["line 4, feature 1", "'x'"]),
      (content + "5\t0\tnan\t0\tX\n", "", .badData, ["line 4, feature 1", "not a finite number"]),
      (content, "31336\n", .badData, ["mini.cites", "line 1", "1 fields"]),
      ("", "1\t2\n", .badData, ["mini.content", "empty"]),
      ("\n\n", "1\t2\n", .badData, ["no paper"]),
    ]
    for (content, cites, kind, words) in cases {
      let scratch = try linqs(content, cites.isEmpty ? "31336\t31336\n" : cites)
      expectFailure(kind, words) { _ = try StoreOpener.open(scratch.path) }
    }
    let scratch = try ScratchFolder()
    try AtomicFile.write(content, to: scratch.file("a.content"))
    expectFailure(.missingInput, ["a.cites is missing"]) { _ = try StoreOpener.open(scratch.path) }
    expectFailure(.missingInput, ["a.cites is missing"]) { _ = try StoreOpener.open(scratch.file("a.content")) }
    try AtomicFile.write(content, to: scratch.file("b.content"))
    expectFailure(.badData, ["several graphs (a, b)"]) { _ = try StoreOpener.open(scratch.path) }
  }

  private func edges(_ files: [String: String], undirected: Bool = false) throws -> GraphDataset {
    let scratch = try ScratchFolder()
    for (name, text) in files { try AtomicFile.write(text, to: scratch.file(name)) }
    return try StoreOpener.open(scratch.path, options: ReadOptions(isUndirected: undirected))
  }

  @Test func `Edge lists of every separator, with headers and comments, are one graph`() throws {
    let texts = [
      ["edges.csv": "0,1\n1,2\n2,0\n"], ["edges.csv": "source,target\n0,1\n1,2\n2,0"],
      ["edges.tsv": "# c\n0\t1\n\n% d\n1\t2\n2\t0\n"],
      ["edges.txt": "0 1\r\n1   2\r\n2 0\r\n"], ["edges.edgelist": "from to\n0 1\n1 2\n2 0\n"],
      ["edges.csv": "\"0\", \"1\"\n1,2\n2,0\n"],
      ["edges.csv": "paper_a;paper_b\n0;1\n1;2\n2;0\n"], ["edges.csv": "\u{FEFF}0,1\n1,2\n2,0\n"],
      ["edges.tsv": "0\t1\t1\n1\t2\t1\n2\t0\t1.0\n"],
    ]
    for files in texts {
      let graph = try edges(files)
      #expect(graph.format == "edges")
      #expect(
        try graph.edges(of: graph.relations[0]) == EdgeList(sources: [0, 1, 2], targets: [1, 2, 0], isDirected: true),
        "\(files)")
      #expect(try graph.nodeIDs(of: .node) == nil)
      #expect(try graph.labels() == nil && graph.labeledType == nil)
    }
    #expect(try !edges(["edges.csv": "0,1\n"], undirected: true).edges(of: EdgeType(.node, "edges", .node)).isDirected)
  }

  @Test func `Names, sparse numbers, weights and label tables are mapped`() throws {
    let named = try edges([
      "edges.csv": "source,target,weight\nb,a,0.5\n\"x, y\",b,2\n", "labels.tsv": "a\tcat\nlone\tant\n",
    ])
    #expect(try named.nodeIDs(of: .node) == ["b", "a", "x, y", "lone"])
    #expect(
      try named.edges(of: named.relations[0])
        == EdgeList(sources: [0, 2], targets: [1, 0], weights: [0.5, 2], isDirected: true))
    #expect(try named.labels() == .single(classes: [-1, 1, -1, 0], names: ["ant", "cat"]))
    let sparse = try edges(["edges.csv": "10,700\n700,10\n"])
    #expect(try sparse.nodeIDs(of: .node) == ["10", "700"])
    let dense = try edges(["edges.csv": "0,1\n", "labels.csv": "id,label\n2,3\n0,1\n1,-1\n"])
    #expect(dense.nodeCount(of: .node) == 3)
    #expect(try dense.labels() == .single(classes: [1, -1, 3], names: ["0", "1", "2", "3"]))
    let extra = try edges(["edges.csv": "source,target,year\n0,1,1999\n"])
    #expect(try extra.edges(of: extra.relations[0]).weights == nil)
    #expect(extra.warnings.count == 1)
  }

  @Test func `Plain files from different places make one graph`() throws {
    let scratch = try ScratchFolder()
    try AtomicFile.write("0,2\n", to: scratch.file("E.csv"))
    try NumpyArray.write(.floats([1, 2, 3]), shape: [3, 1], to: scratch.file("X.npy"))
    try NumpyArray.write(.int32s([0, 1, 0]), shape: [3], to: scratch.file("y.npy"))
    let tree = try FileTree(
      named: scratch.file("E.csv"),
      files: [
        "edges.csv": scratch.file("E.csv"), "features.npy": scratch.file("X.npy"), "labels.npy": scratch.file("y.npy"),
      ])
    let graph = try EdgeListFormat.read(tree, options: ReadOptions(isUndirected: true))
    #expect(graph.nodeCount(of: .node) == 3 && graph.name == "E")
    #expect(try graph.labels() == .single(classes: [0, 1, 0], names: ["0", "1"]))
    expectFailure(.missingInput, ["Z.npy"]) {
      _ = try FileTree(named: "x", files: ["features.npy": scratch.file("Z.npy")])
    }
    try AtomicFile.write("0,2\n1,3\n", to: scratch.file("E.csv"))
    expectFailure(.badData, ["E.csv", "line 2", "'3' is not a node", "3 nodes"]) {
      _ = try EdgeListFormat.read(tree, options: ReadOptions())
    }
    try AtomicFile.write("a,b\n", to: scratch.file("E.csv"))
    expectFailure(.badData, ["E.csv", "node_names.txt"]) { _ = try EdgeListFormat.read(tree, options: ReadOptions()) }
  }

  @Test func `Mistakes in edge lists are told with their line`() throws {
    let cases: [([String: String], [String])] = [
      (["edges.csv": "0,1\n1\n"], ["edges.csv", "line 2", "1 fields", "expected 2"]),
      (["edges.csv": "0,1,1\n1,2,x\n"], ["line 2", "weight 'x'"]),
      (["edges.csv": "0,1,1\n1,2,inf\n"], ["line 2", "weight 'inf'"]),
      (["edges.csv": "0,1\n,2\n"], ["line 2", "empty id"]), (["edges.csv": "# nothing\n"], ["no edge"]),
      (["edges.csv": "lonely\n"], ["line 1", "1 fields"]),
      (["edges.csv": "source,target\n1,2,3\n"], ["line 2", "3 fields", "header"]),
      (["edges.csv": "0,1\n", "labels.tsv": "0\ta\n0\tb\n"], ["labels.tsv", "line 2", "'0' has a label already"]),
      (["edges.csv": "0,1\n", "labels.tsv": "0\ta\tb\n"], ["labels.tsv", "line 1", "3 fields"]),
      (["edges.csv": "a,b\n", "node_names.txt": "a\nc\n"], ["edges.csv", "line 1", "'b' is not in node_names.txt"]),
    ]
    for (files, words) in cases { expectFailure(.badData, words) { _ = try edges(files) } }
  }
}
