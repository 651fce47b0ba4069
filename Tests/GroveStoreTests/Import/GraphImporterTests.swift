import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// A whole graph goes into a store and comes out as it was.
@Suite("Graphs into stores") struct GraphImporterTests {
  private static let person = NodeType("person")
  private static let paper = NodeType("paper")

  /// Two types, three relations, everything that a graph may hold: ids of every form, weights, years, both kinds of
  /// feature columns, a node without anything, a loop, an edge listed twice.
  private static func mixed(isMultiLabel: Bool = false) -> GraphDataset {
    let labels: Labels =
      isMultiLabel
      ? .multiple(
        rows: SparseRows(offsets: [0, 1, 1, 2, 2], columns: [2, 0], columnCount: 3), names: ["a", "b\tc", "d"])
      : .single(classes: [0, -1, 2, 2], names: ["a", "b\tc", "d"])
    let sparse = SparseRows(offsets: [0, 2, 2, 3, 3], columns: [4, 1, 0], columnCount: 5)
    return GraphDataset(
      name: "mixed", path: "/nowhere/mixed", format: "folder", nodes: [(paper, 4), (person, 3)],
      relations: [
        (
          EdgeType(paper, "cites", paper),
          EdgeList(sources: [2, 0, 0, 3, 0], targets: [0, 3, 1, 3, 1], weights: [1, 2.5, 3, 4, 5], isDirected: true)
        ),
        (EdgeType(paper, "near", paper), EdgeList(sources: [1, 0], targets: [2, 1], isDirected: false)),
        (EdgeType(person, "wrote it/them", paper), EdgeList(sources: [2, 0], targets: [1, 3], isDirected: true)),
      ], labeledType: paper, labels: labels,
      features: [
        paper: [
          ("words", .sparse(rows: sparse, values: [1, 0.5, -2])), ("bits", .sparse(rows: sparse, values: nil)),
          ("dense", .dense(values: [1, 2, 3, 4, 5, 6, 7, 8], width: 2)),
        ]
      ], ids: [paper: ["7", "007", "0123456789ABCDEF01234567", "an id of more than fifteen bytes"]],
      splits: [
        Split(
          name: "first", kind: "test", train: [2], validation: [0], test: [3],
          classes: ClassDivision(seen: [2, 0], novel: [1])),
        Split(
          name: "timed", kind: "time", train: [0], validation: [2], test: [3],
          years: TimeBounds(train: 1999, validation: 2001)),
      ], nodeYears: [paper: [1999, 0, 2001, 2002]],
      edgeYears: [EdgeType(paper, "cites", paper): [2001, 1999, 0, 2002, 1998]])
  }

  /// What a relation holds, whatever the order of its edges.
  private static func edges(_ graph: any GraphData, _ relation: EdgeType) throws -> [String] {
    let (list, years) = (try graph.edges(of: relation), try graph.edgeYears(of: relation))
    return (0..<list.count).map {
      "\(list.sources[$0]) \(list.targets[$0]) \(list.weights?[$0] ?? 1) \(years?[$0] ?? -1) \(list.isDirected)"
    }.sorted()
  }

  private static func expectEqual(_ store: GraphStore, _ graph: any GraphData) throws {
    #expect(store.nodeTypes == graph.nodeTypes)
    #expect(store.relations == graph.relations)
    #expect(store.labeledType == graph.labeledType)
    #expect(try store.labels() == graph.labels())
    #expect(store.splitNames == graph.splitNames)
    for name in graph.splitNames { #expect(try store.split(named: name) == graph.split(named: name)) }
    for type in graph.nodeTypes {
      #expect(store.nodeCount(of: type) == graph.nodeCount(of: type))
      #expect(try store.nodeIDs(of: type) == graph.nodeIDs(of: type))
      #expect(try store.nodeYears(of: type) == graph.nodeYears(of: type))
      #expect(store.featureNames(of: type) == graph.featureNames(of: type))
      for name in graph.featureNames(of: type) {
        #expect(try store.features(named: name, of: type) == graph.features(named: name, of: type))
      }
      for (number, id) in (try graph.nodeIDs(of: type) ?? []).enumerated() {
        #expect(try store.number(ofID: id, type: type) == number)
      }
    }
    for relation in graph.relations { #expect(try edges(store, relation) == edges(graph, relation), "\(relation)") }
    #expect(try store.snapshot == GraphSnapshot.hash(graph))
    #expect(try StoreCheck(store.path).faults.isEmpty)
  }

  @Test(arguments: [false, true]) func `everything that a graph holds comes out of its store`(
    isMultiLabel: Bool
  ) throws {
    let scratch = try ScratchFolder()
    let graph = Self.mixed(isMultiLabel: isMultiLabel)
    let report = try GraphImporter().run(graph, into: scratch.file("store"))
    #expect(report.records == 7)
    try Self.expectEqual(try GraphStore(scratch.file("store")), graph)
  }

  @Test(
    .enabled(if: SharedData.isPresent, "no shared data; set GROVE_SHARED"),
    arguments: ["cora", "texas", "acm-het", "blogcatalog3"])
  func `real folders come out of their stores, and a rewritten store is the same`(name: String) throws {
    let scratch = try ScratchFolder()
    let folder = SharedData.graph(name)
    let graph = try #require(
      try GraphImporter.graph(in: [folder], format: "auto", options: ReadOptions(isUndirected: false)))
    try GraphImporter().run(graph, into: scratch.file("store"))
    let store = try GraphStore(scratch.file("store"))
    try Self.expectEqual(store, graph)
    try store.compact()
    let rewritten = try GraphStore(store.path)
    #expect(rewritten.generation == store.generation + 1)
    try Self.expectEqual(rewritten, graph)
    #expect(rewritten.reports == store.reports)
  }

  @Test func `labels and splits are set with the graph, and later`() throws {
    let scratch = try ScratchFolder()
    try AtomicFile.write(Data("id\tlabel\n7\tx\n007\ty\n".utf8), to: scratch.file("labels.tsv"))
    try AtomicFile.write(Data("id\tpart\n7\ttrain\n007\ttest\n".utf8), to: scratch.file("mine.tsv"))
    let importer = GraphImporter(labels: scratch.file("labels.tsv"), splits: [scratch.file("mine.tsv")])
    try importer.run(Self.mixed(), into: scratch.file("store"))
    let store = try GraphStore(scratch.file("store"))
    #expect(try store.labels() == .single(classes: [0, 1, -1, -1], names: ["x", "y"]))
    #expect(try store.split(named: "mine").train == [0])
    #expect(store.splitNames == ["first", "mine", "timed"])

    try GraphImporter().run(Self.mixed(), into: scratch.file("later"))
    try StoreEditor(scratch.file("later")).set(labels: scratch.file("labels.tsv"), splits: [])
    let later = try GraphStore(scratch.file("later"))
    #expect(later.snapshot == store.snapshot)
    #expect(later.snapshot != (try GraphSnapshot.hash(Self.mixed())))
  }

  @Test func `nothing is added to a store that holds something else`() throws {
    let scratch = try ScratchFolder()
    let (graphs, papers) = (scratch.file("graph"), scratch.file("papers"))
    try AtomicFile.write(Data((chainLines(3).joined(separator: "\n")).utf8), to: scratch.file("dump.json"))
    try GraphImporter().run(Self.mixed(), into: graphs)
    try StoreImporter().run([scratch.file("dump.json")], into: papers)
    let before = try [graphs, papers].map { try GraphStore($0).snapshot }
    #expect(throws: StoreFailure.occupied(path: graphs, holds: "a graph", by: "another graph")) {
      try GraphImporter().run(Self.mixed(), into: graphs)
    }
    #expect(throws: StoreFailure.occupied(path: papers, holds: "academic records", by: "another graph")) {
      try GraphImporter().run(Self.mixed(), into: papers)
    }
    #expect(throws: StoreFailure.occupied(path: graphs, holds: "a graph", by: "a dump")) {
      try StoreImporter().run([scratch.file("dump.json")], into: graphs)
    }
    #expect(throws: StoreFailure.holdsNoRecords(path: graphs)) {
      try RecordExport.write(try GraphStore(graphs), to: scratch.file("out.jsonl"))
    }
    #expect(try [graphs, papers].map { try GraphStore($0).snapshot } == before)
  }

  @Test func `two nodes of one id are refused, and nothing is left`() throws {
    let scratch = try ScratchFolder()
    let graph = GraphDataset(
      name: "g", path: "/nowhere/g", format: "folder", nodes: [(.node, 2)], relations: [], ids: [.node: ["a", "a"]])
    #expect(throws: FormatFailure.self) { try GraphImporter().run(graph, into: scratch.file("store")) }
    #expect(!FileManager.default.fileExists(atPath: scratch.file("store")))
  }

  @Test func `a folder of other files is left alone`() throws {
    let scratch = try ScratchFolder()
    try AtomicFile.makeFolder(scratch.file("other"))
    try AtomicFile.write(Data("mine".utf8), to: scratch.file("other/notes.columns.3"))
    #expect(throws: FormatFailure.self) { try GraphImporter().run(Self.mixed(), into: scratch.file("other")) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.file("other/notes.columns.3"))) == Data("mine".utf8))
  }

  @Test func `dumps are not taken for graphs`() throws {
    let scratch = try ScratchFolder()
    try AtomicFile.makeFolder(scratch.file("dump"))
    try AtomicFile.write(Data(#"{"id":"a"}"#.utf8), to: scratch.file("dump/papers.txt"))
    let options = ReadOptions(isUndirected: false)
    for source in [scratch.file("dump"), scratch.file("dump/papers.txt")] {
      #expect(try GraphImporter.graph(in: [source], format: "auto", options: options) == nil)
    }
    #expect(throws: FormatFailure.self) {
      try GraphImporter.graph(in: [scratch.file("dump/papers.txt"), "b"], format: "edges", options: options)
    }
  }
}
