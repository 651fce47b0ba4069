import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Graphs for exports: everything that a graph may hold, in graphs small enough to read.
enum ExportSamples {
  static let person = NodeType("person")
  static let paper = NodeType("paper")

  /// Two types, three relations, ids that need quotes, weights, years, a loop, an edge listed twice.
  static func mixed(isMultiLabel: Bool) -> GraphDataset {
    let labels: Labels =
      isMultiLabel
      ? .multiple(
        rows: SparseRows(offsets: [0, 1, 1, 3, 3], columns: [2, 0, 1], columnCount: 3), names: ["a", "b\tc", "d"])
      : .single(classes: [0, -1, 2, 2], names: ["a", "b\tc", "d, or \"e\""])
    let sparse = SparseRows(offsets: [0, 2, 2, 3, 3], columns: [1, 4, 0], columnCount: 5)
    return GraphDataset(
      name: "mixed", path: "/nowhere/mixed", format: "folder", nodes: [(paper, 4), (person, 3)],
      relations: [
        (
          EdgeType(paper, "cites", paper),
          EdgeList(
            sources: [2, 0, 0, 3, 0], targets: [0, 3, 1, 3, 1], weights: [1, 2.5, 3, 1e-9, 5], isDirected: true)
        ),
        (EdgeType(paper, "near", paper), EdgeList(sources: [1, 0, 2], targets: [2, 1, 2], isDirected: false)),
        (EdgeType(person, "wrote it/them", paper), EdgeList(sources: [2, 0], targets: [1, 3], isDirected: true)),
        (EdgeType(person, "knows", person), EdgeList(sources: [], targets: [], isDirected: true)),
      ], labeledType: paper, labels: labels,
      features: [paper: [("words", .sparse(rows: sparse, values: [1, 0.1, -2]))]],
      ids: [paper: ["7", "007, \"eight\"", "0123456789ABCDEF01234567", "Übergraph <&> 東京"]],
      splits: [
        Split(name: "first", kind: "test", train: [0, 2], validation: [], test: [3]),
        Split(
          name: "timed", kind: "time", train: [0], validation: [2], test: [3],
          years: TimeBounds(train: 1999, validation: 2001)),
      ], nodeYears: [paper: [1999, 0, 2001, 2002]],
      edgeYears: [
        EdgeType(paper, "cites", paper): [2001, 1999, 0, 2002, 1998],
        EdgeType(paper, "near", paper): [2001, 0, 2001], EdgeType(person, "wrote it/them", paper): [0, 2002],
      ])
  }

  /// A graph of one type and relation, of any size, without ids; `paper` and `cites` where it is named.
  static func plain(count: Int, isDirected: Bool, isNamed: Bool) -> GraphDataset {
    let type = isNamed ? paper : .node
    var random = TestRandom(count + 1)
    let ends = (0..<(count * 3)).map { _ in
      (Int32(random.next() % UInt64(count)), Int32(random.next() % UInt64(count)))
    }
    let values = (0..<count * 3).map { _ in Float(Int(random.next() % 2000) - 1000) / 700 }
    return GraphDataset(
      name: "plain", path: "/nowhere/plain", format: "folder", nodes: [(type, count)],
      relations: [
        (
          EdgeType(type, isNamed ? "cites" : "edges", type),
          EdgeList(sources: ends.map(\.0), targets: ends.map(\.1), isDirected: isDirected)
        )
      ], labeledType: type, labels: .single(classes: (0..<count).map { Int32($0 % 3) - 1 }, names: ["0", "1"]),
      features: [type: [("features", .dense(values: .array(values), width: 3))]],
      splits: count < 5
        ? [] : [Split(name: "only", kind: "by hand", train: [1, 2], validation: [4], test: [])])
  }

  /// Contents of a file, or of all files of a folder by name.
  static func contents(_ path: String) throws -> [String: Data] {
    guard AtomicFile.isFolder(path) else { return ["": try Data(contentsOf: URL(fileURLWithPath: path))] }
    let names = try FileManager.default.subpathsOfDirectory(atPath: path).filter {
      !AtomicFile.isFolder("\(path)/\($0)")
    }
    return Dictionary(
      uniqueKeysWithValues: try names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: "\(path)/\($0)"))) })
  }
}

/// What is exported is read back as it was.
@Suite struct GraphExportTests {
  /// Formats whose import gives the graph again, and the name of what they write.
  static let faithful = [("ogb", "out"), ("npz", "out.npz")]

  private func export(_ graph: any GraphData, _ format: String, to path: String) throws -> [String] {
    try #require(GraphExporters.exporter(named: format)).write(graph, to: path, options: GraphExportOptions())
  }

  /// What a relation holds, whatever the order of its edges.
  private func edges(_ graph: any GraphData, _ relation: EdgeType) throws -> [String] {
    let (list, years) = (try graph.edges(of: relation), try graph.edgeYears(of: relation))
    return (0..<list.count).map {
      "\(list.sources[$0]) \(list.targets[$0]) \(list.weights?[$0] ?? 1) \(years?[$0] ?? 0) \(list.isDirected)"
    }.sorted()
  }

  /// Exports, imports and exports again: the graphs agree, and so do the files, byte by byte.
  private func expectIdentity(
    _ graph: any GraphData, _ format: String, _ name: String, isRecords: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let scratch = try ScratchFolder()
    _ = try export(graph, format, to: scratch.file(name))
    let opened = try StoreOpener.open(scratch.file(name))
    #expect(opened.format == format, sourceLocation: sourceLocation)
    try GraphImporter().run(opened, into: scratch.file("store"))
    let again = try GraphStore(scratch.file("store"))
    if !isRecords {
      #expect(try again.snapshot == GraphSnapshot.hash(graph), sourceLocation: sourceLocation)
    }
    #expect(again.nodeTypes == graph.nodeTypes && again.relations == graph.relations, sourceLocation: sourceLocation)
    #expect(again.labeledType == graph.labeledType, sourceLocation: sourceLocation)
    #expect(again.splitNames == graph.splitNames, sourceLocation: sourceLocation)
    for name in graph.splitNames {
      let (first, second) = (try graph.split(named: name), try again.split(named: name))
      for part in SplitPart.allCases {
        #expect(first.nodes(of: part).sorted() == second.nodes(of: part).sorted(), sourceLocation: sourceLocation)
      }
      #expect(first.years == second.years, sourceLocation: sourceLocation)
    }
    for type in graph.nodeTypes {
      #expect(again.nodeCount(of: type) == graph.nodeCount(of: type), sourceLocation: sourceLocation)
      #expect(try again.nodeIDs(of: type) == graph.nodeIDs(of: type), sourceLocation: sourceLocation)
      #expect(try again.nodeYears(of: type) == graph.nodeYears(of: type), sourceLocation: sourceLocation)
    }
    for relation in graph.relations {
      #expect(try edges(again, relation) == edges(graph, relation), "\(relation)", sourceLocation: sourceLocation)
    }
    try AtomicFile.makeFolder(scratch.file("second"))
    _ = try export(again, format, to: scratch.file("second/\(name)"))
    #expect(
      try ExportSamples.contents(scratch.file(name)) == ExportSamples.contents(scratch.file("second/\(name)")),
      "written again", sourceLocation: sourceLocation)
  }

  @Test(arguments: faithful, [false, true]) func `graphs of several types come back as they were`(
    format: (name: String, file: String), isMultiLabel: Bool
  ) throws {
    try expectIdentity(ExportSamples.mixed(isMultiLabel: isMultiLabel), format.name, format.file)
  }

  @Test(arguments: faithful, [0, 1, 2, 7, 300]) func `graphs of one type come back as they were`(
    format: (name: String, file: String), count: Int
  ) throws {
    for isDirected in [false, true] {
      for isNamed in [false, true] {
        let graph = ExportSamples.plain(count: count, isDirected: isDirected, isNamed: isNamed)
        try expectIdentity(graph, format.name, format.file)
      }
    }
  }

  @Test(arguments: faithful) func `a single class of several-class labels stays one`(
    format: (name: String, file: String)
  ) throws {
    let labels = Labels.multiple(rows: SparseRows(offsets: [0, 1, 1], columns: [0], columnCount: 1), names: ["yes"])
    let graph = GraphDataset(
      name: "one", path: "/nowhere", format: "folder", nodes: [(.node, 2)],
      relations: [(EdgeType(.node, "edges", .node), EdgeList(sources: [0], targets: [1], isDirected: true))],
      labeledType: .node, labels: labels)
    try expectIdentity(graph, format.name, format.file)
    let scratch = try ScratchFolder()
    _ = try export(graph, format.name, to: scratch.file(format.file))
    #expect(try StoreOpener.open(scratch.file(format.file)).labels() == labels)
  }

  @Test(
    .enabled(if: SharedData.isPresent, "no shared data; set GROVE_SHARED"),
    arguments: faithful, ["cora", "texas", "acm-het", "blogcatalog3"])
  func `real graphs come back as they were`(format: (name: String, file: String), name: String) throws {
    let folder = SharedData.graph(name)
    let graph = try #require(try GraphImporter.graph(in: [folder], format: "auto", options: ReadOptions()))
    try expectIdentity(graph, format.name, format.file)
  }

  @Test(arguments: faithful, [SyntheticDump.Format.oagV3, .dblpV12])
  func `a store of records becomes a graph that stays`(
    format: (name: String, file: String), dialect: SyntheticDump.Format
  ) throws {
    let scratch = try ScratchFolder()
    _ = try SyntheticDump(papers: 200, format: dialect, seed: 3).write(into: scratch.file("dump"))
    let records = try ImportedDump([scratch.file("dump")])
    try StoreEditor(records.store.path).set(labels: "published_in", splits: [])
    let store = try GraphStore(records.store.path)
    try expectIdentity(store, format.name, format.file, isRecords: true)
    let losses = try export(store, format.name, to: scratch.file("once\(format.file)"))
    #expect(losses.contains { $0.contains("texts of paper are left out (title, abstract") }, "\(losses)")
  }

  @Test func `one feature column of several goes along, the chosen one`() throws {
    let scratch = try ScratchFolder()
    let relation = EdgeType(.node, "edges", .node)
    let graph = GraphDataset(
      name: "two", path: "/nowhere", format: "folder", nodes: [(.node, 2)],
      relations: [(relation, EdgeList(sources: [0], targets: [1], isDirected: true))],
      features: [.node: [("a", .dense(values: [1, 2], width: 1)), ("b", .dense(values: [3, 4], width: 1))]])
    for (number, format) in Self.faithful.enumerated() {
      for (chosen, expected) in [(nil, [1, 2]), ("b", [3, 4]), ("none", nil)] as [(String?, [Float]?)] {
        let path = scratch.file("\(number)-\(chosen ?? "default")\(format.0 == "npz" ? ".npz" : "")")
        let losses = try #require(GraphExporters.exporter(named: format.0)).write(
          graph, to: path, options: GraphExportOptions(features: chosen))
        #expect(losses.count == 1 && losses[0].contains(chosen == "none" ? "(a, b)" : chosen == "b" ? "(a)" : "(b)"))
        let opened = try StoreOpener.open(path)
        let matrix = try opened.featureNames(of: .node).first.map { try opened.features(named: $0, of: .node) }
        #expect(matrix == expected.map { FeatureMatrix.dense(values: .array($0), width: 1) })
      }
    }
    expectFailure(.usage, ["'c'", "a, b"]) {
      _ = try OGBExporter.write(graph, to: scratch.file("c"), options: GraphExportOptions(features: "c"))
    }
  }

  @Test func `division of an open-world split is kept by ogb and its loss told by npz`() throws {
    let scratch = try ScratchFolder()
    let split = Split(
      name: "open", kind: "open world", train: [0], validation: [], test: [1],
      classes: ClassDivision(seen: [0], novel: [1]))
    let graph = GraphDataset(
      name: "open", path: "/nowhere", format: "folder", nodes: [(.node, 2)],
      relations: [(EdgeType(.node, "edges", .node), EdgeList(sources: [0], targets: [1], isDirected: true))],
      labeledType: .node, labels: .single(classes: [0, 1], names: ["0", "1"]), splits: [split])
    #expect(try export(graph, "ogb", to: scratch.file("ogb")).isEmpty)
    #expect(try StoreOpener.open(scratch.file("ogb")).split(named: "open") == split)
    let losses = try export(graph, "npz", to: scratch.file("o.npz"))
    #expect(losses.count == 1 && losses[0].contains("split open"))
    #expect(try StoreOpener.open(scratch.file("o.npz")).split(named: "open").kind == "open world")
  }

  @Test func `nothing that lies there is written over`() throws {
    let scratch = try ScratchFolder()
    let graph = ExportSamples.mixed(isMultiLabel: false)
    try AtomicFile.makeFolder(scratch.file("empty"))
    _ = try export(graph, "ogb", to: scratch.file("empty") + "/")
    let before = try ExportSamples.contents(scratch.file("empty"))
    expectFailure(.cannotCreate, ["empty", "give a new or empty folder"]) {
      _ = try export(graph, "ogb", to: scratch.file("empty"))
    }
    #expect(try ExportSamples.contents(scratch.file("empty")) == before)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["empty"], "no half-made folder is left")
  }

  @Test(arguments: [
    ("npz", "g.zip", ".npz"), ("matrix-market", "g.txt", ".mtx"), ("graphml", "g.gml", ".graphml, .xml"),
  ]) func `a wrong extension is refused`(format: String, file: String, accepted: String) throws {
    let scratch = try ScratchFolder()
    expectFailure(.usage, [accepted]) {
      _ = try export(ExportSamples.mixed(isMultiLabel: false), format, to: scratch.file(file))
    }
  }
}
