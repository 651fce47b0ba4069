import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// The text form of the Heterogeneous Graph Benchmark.
@Suite("HGB files") struct HGBTests {
  private static let nodes = "0\tada\t0\t0.5,1\n1\tbo\t0\t0,0\n2\tp\t1\n3\tq\t1\n4\tr\t1\n5\tv\t2\t7\n"
  private static let links = "0\t2\t0\t1.0\n1\t4\t0\t1.0\n2\t0\t1\t1\n2\t3\t2\t0.5\n4\t5\t3\t1.0\n"
  private static let files = [
    "node.dat": nodes, "link.dat": links, "label.dat": "2\tp\t1\t0\n", "label.dat.test": "4\tr\t1\t1\n",
  ]
  private let author = NodeType("type-0")
  private let paper = NodeType("type-1")
  private let venue = NodeType("type-2")

  private func read(_ files: [String: String]) throws -> GraphDataset {
    try HGBFormat.read(
      FileTree(named: "g", contents: files.mapValues { Data($0.utf8) }), options: ReadOptions())
  }

  @Test func `types, features, relations, labels and the split are read`() throws {
    let scratch = try ScratchFolder()
    for (name, text) in Self.files { try AtomicFile.write(text, to: scratch.file(name)) }
    let graph = try StoreOpener.open(scratch.path)
    #expect(graph.format == "hgb" && graph.nodeTypes == [paper, author, venue] && graph.labeledType == paper)
    #expect([paper, author, venue].map { graph.nodeCount(of: $0) } == [3, 2, 1])
    #expect(graph.featureNames(of: paper).isEmpty)
    #expect(try graph.features(named: "features", of: author) == .dense(values: [0.5, 1, 0, 0], width: 2))
    #expect(try graph.features(named: "features", of: venue) == .dense(values: [7], width: 1))
    #expect(try graph.nodeIDs(of: paper) == ["p", "q", "r"])
    #expect(
      graph.relations.map(\.description) == [
        "type-0-relation-0-type-1", "type-1-relation-1-type-0", "type-1-relation-2-type-1", "type-1-relation-3-type-2",
      ])
    #expect(try graph.edges(of: graph.relations[0]) == EdgeList(sources: [0, 1], targets: [0, 2], isDirected: true))
    #expect(
      try graph.edges(of: graph.relations[2]) == EdgeList(sources: [0], targets: [1], weights: [0.5], isDirected: true))
    #expect(try graph.labels() == .single(classes: [0, -1, 1], names: ["0", "1"]))
    let split = try graph.split(named: "public")
    #expect(split.train == [0] && split.validation.isEmpty && split.test == [2])
    #expect(graph.warnings.isEmpty)
  }

  @Test func `names come from info.dat in both of its forms`() throws {
    let object = """
      {"node.dat": {"node type": {"0": "author", "1": "paper", "2": "venue"}},
       "link.dat": {"link type": {"0": {"start": 0, "end": 1, "meaning": "author-paper"},
         "1": {"start": 1, "end": 0, "meaning": "paper->author"}, "2": {"start": 1, "end": 1, "meaning": "paper-cite-paper"}}},
       "label.dat": {"node type": {"1": {"0": "theory", "1": "practice"}}}}
      """
    let graph = try read(Self.files.merging(["info.dat": object]) { $1 })
    #expect(
      graph.relations.map(\.description) == [
        "author-to-paper", "paper-to-author", "paper-cite-paper", "paper-relation-3-venue",
      ])
    #expect(try graph.labels()?.classNames == ["theory", "practice"])
    let tables =
      "TYPE\tMEANING\n0\t\tAuthor\n1\t\tPAPER\n2\t\tVenue\n\nLINK\tSTART\tEND\tMEANING\n"
      + "0\t0\t1\tauthor-writes-paper\n3\t1\t2\tpaper-in-venue\n"
    let other = try read(Self.files.merging(["info.dat": tables]) { $1 })
    #expect(
      other.relations.map(\.description) == [
        "author-writes-paper", "paper-relation-1-author", "paper-relation-2-paper", "paper-in-venue",
      ])
    let unknown = try read(Self.files.merging(["info.dat": "hello"]) { $1 })
    #expect(unknown.relations.count == 4 && unknown.warnings.count == 1)
  }

  @Test func `several classes a node, names that repeat and links to predict`() throws {
    var files = Self.files
    files["label.dat"] = "2\tp\t1\t0,2\n3\tq\t1\t1\n"
    files["node.dat"] = Self.nodes.replacing("\tq\t", with: "\tp\t")
    files["link.dat.test"] = "0\t2\t0\t1\n"
    let graph = try read(files)
    let rows = SparseRows(offsets: [0, 2, 3, 4], columns: [0, 2, 1, 1], columnCount: 3)
    #expect(try graph.labels() == .multiple(rows: rows, names: ["0", "1", "2"]))
    // The numbers of the file where names do not tell nodes apart.
    #expect(try graph.nodeIDs(of: paper) == ["2", "3", "4"])
    #expect(graph.warnings.contains { $0.hasPrefix("link.dat.test is not read") })
    files["label.dat"] = nil
    files["label.dat.test"] = nil
    let bare = try read(files)
    #expect(try bare.labels() == nil)
    #expect(bare.splitNames.isEmpty && bare.nodeTypes == [author, paper, venue])
  }

  static let damage: [(file: String, text: String, words: [String])] = [
    ("node.dat", "0\ta\t0\n2\tb\t0\n", ["node.dat, line 2", "'2', expected 1"]),
    ("node.dat", "1\ta\t0\n", ["line 1", "expected 0"]),
    ("node.dat", "0\ta\t0\n1\tb\t1\n2\tc\t0\n", ["line 3", "type 0 comes after type 1"]),
    ("node.dat", "0\ta\tx\n", ["line 1", "type 'x' is no number"]),
    ("node.dat", "0\ta\n", ["line 1", "2 fields"]), ("node.dat", "\n", ["holds no node"]),
    ("node.dat", "0\ta\t0\t1,2\n1\tb\t0\t1\n", ["line 2", "has 1 attributes", "2 attributes"]),
    ("node.dat", "0\ta\t0\t1,2\n1\tb\t0\n", ["line 2", "has no attributes"]),
    ("node.dat", "0\ta\t0\t1,nan\n", ["line 1, attribute 1", "'nan'"]),
    ("node.dat", "0\ta\t0\t1,,2\n", ["line 1, attribute 1", "''"]),
    ("link.dat", "0\t9\t0\t1\n", ["link.dat, line 1", "'9' is not a node", "6 nodes"]),
    ("link.dat", "0\t-1\t0\t1\n", ["'-1' is not a node"]), ("link.dat", "0\t2\t0\n0\t2\n", ["line 2", "2 fields"]),
    ("link.dat", "0\t2\t0\tinf\n", ["line 1", "weight 'inf'"]),
    ("link.dat", "0\t2\t0\t1\n2\t0\t0\t1\n", ["line 2", "from type 1 to type 0", "others from type 0 to type 1"]),
    ("label.dat", "2\tp\t0\t1\n", ["label.dat, line 1", "is of type 1, not '0'"]),
    ("label.dat", "2\tp\t1\t1\n0\tada\t0\t1\n", ["line 2", "second type"]),
    ("label.dat", "2\tp\t1\t1\n2\tp\t1\t0\n", ["line 2", "label already (label.dat, line 1)"]),
    ("label.dat", "4\tr\t1\t1\n", ["label.dat.test, line 1", "label already (label.dat, line 1)"]),
    ("label.dat", "2\tp\t1\tx\n", ["line 1", "'x' is no class"]), ("label.dat", "2\tp\t1\n", ["3 fields"]),
    ("label.dat", "2\tp\t1\t1048575\n", ["class 1048575"]),
  ]

  @Test(arguments: damage) func `mistakes are told with their file and line`(
    _ file: String, _ text: String, _ words: [String]
  ) throws {
    var files = Self.files
    files[file] = text
    expectFailure(.badData, words) { _ = try read(files) }
  }
}
