import Foundation
import FoundationXML
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Matrix Market and GraphML, read by parsers that are not ours.
@Suite struct TextExportTests {
  private func write(
    _ graph: any GraphData, _ format: String, _ path: String, relation: String? = nil
  ) throws -> [String] {
    try #require(GraphExporters.exporter(named: format)).write(
      graph, to: path, options: GraphExportOptions(relation: relation))
  }

  private func lines(_ path: String) throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
      .dropLast()
      .map(String.init)
  }

  @Test func `a directed relation is a general matrix, rows are sources`() throws {
    let scratch = try ScratchFolder()
    let losses = try write(
      ExportSamples.mixed(isMultiLabel: false), "matrix-market", scratch.file("m.mtx"), relation: "cites")
    #expect(
      try lines(scratch.file("m.mtx")) == [
        "%%MatrixMarket matrix coordinate real general", "% paper-cites-paper", "4 4 5", "1 4 2.5", "1 2 3.0",
        "1 2 5.0", "3 1 1.0", "4 4 1e-09",
      ])
    #expect(
      try lines(scratch.file("m.ids.txt")) == ["7", "007, \"eight\"", "0123456789ABCDEF01234567", "Übergraph <&> 東京"])
    #expect(losses == ["a matrix has no place for relations near, wrote it/them, knows, features, labels, splits"])
  }

  @Test func `a relation both ways is the lower triangle of a symmetric matrix`() throws {
    let scratch = try ScratchFolder()
    _ = try write(ExportSamples.mixed(isMultiLabel: false), "matrix-market", scratch.file("m.mtx"), relation: "near")
    #expect(
      try lines(scratch.file("m.mtx")) == [
        "%%MatrixMarket matrix coordinate pattern symmetric", "% paper-near-paper", "4 4 3", "2 1", "3 2", "3 3",
      ])
  }

  @Test func `a relation between two types is a rectangle with the ids of both`() throws {
    let scratch = try ScratchFolder()
    let name = "person-wrote it/them-paper"
    _ = try write(ExportSamples.mixed(isMultiLabel: false), "matrix-market", scratch.file("m.mtx"), relation: name)
    #expect(try lines(scratch.file("m.mtx")).dropFirst(2) == ["3 4 2", "1 4", "3 2"])
    #expect(FileManager.default.fileExists(atPath: scratch.file("m.columns.txt")))
    #expect(!FileManager.default.fileExists(atPath: scratch.file("m.rows.txt")), "numbered nodes have no ids")
    for relation in [nil, "writes"] {
      expectFailure(.usage, ["cites, near, wrote it/them, knows"]) {
        _ = try write(
          ExportSamples.mixed(isMultiLabel: false), "matrix-market", scratch.file("n.mtx"), relation: relation)
      }
    }
  }

  /// What an XML parser finds in a GraphML file.
  private final class Collector: NSObject, XMLParserDelegate {
    var attributes: [String: String] = [:]
    var directedness = ""
    var nodes: [(id: String, data: [String: String])] = []
    var edges: [(ends: [String], isDirected: String?, data: [String: String])] = []
    private var key: String?
    private var text = ""
    private var isEdge = false

    func parser(
      _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
      attributes given: [String: String]
    ) {
      switch element {
      case "key": attributes[given["id"]!] = "\(given["for"]!) \(given["attr.name"]!) \(given["attr.type"]!)"
      case "graph": directedness = given["edgedefault"]!
      case "node":
        isEdge = false
        nodes.append((given["id"]!, [:]))
      case "edge":
        isEdge = true
        edges.append(([given["source"]!, given["target"]!], given["directed"], [:]))
      case "data":
        key = given["key"]
        text = ""
      default: break
      }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(_ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?) {
      guard element == "data", let key else { return }
      if isEdge { edges[edges.count - 1].data[key] = text } else { nodes[nodes.count - 1].data[key] = text }
      self.key = nil
    }
  }

  private func parsed(_ path: String) throws -> Collector {
    let collector = Collector()
    let parser = XMLParser(data: try Data(contentsOf: URL(fileURLWithPath: path)))
    parser.delegate = collector
    try #require(parser.parse(), "\(String(describing: parser.parserError))")
    return collector
  }

  @Test(arguments: [false, true]) func `nodes and edges of all types stand in GraphML`(isMultiLabel: Bool) throws {
    let scratch = try ScratchFolder()
    let losses = try write(ExportSamples.mixed(isMultiLabel: isMultiLabel), "graphml", scratch.file("g.graphml"))
    let found = try parsed(scratch.file("g.graphml"))
    #expect(found.attributes["year"] == "node year int" && found.attributes["edge_year"] == "edge year int")
    #expect(found.directedness == "undirected", "some edges run both ways")
    #expect(found.nodes.count == 7 && found.edges.count == 10)
    #expect(
      found.nodes.map(\.id) == ["7", "007, \"eight\"", "0123456789ABCDEF01234567", "Übergraph <&> 東京", "0", "1", "2"])
    #expect(
      found.nodes[2].data == [
        "id": "0123456789ABCDEF01234567", "type": "paper", "year": "2001",
        "label": isMultiLabel ? "a|b\tc" : "d, or \"e\"",
      ])
    #expect(found.nodes[1].data == ["id": "007, \"eight\"", "type": "paper"], "neither year nor label")
    #expect(found.nodes[5].data == ["type": "person"])
    #expect(found.edges[0].ends == ["7", "Übergraph <&> 東京"] && found.edges[0].isDirected == "true")
    #expect(found.edges[0].data == ["relation": "cites", "weight": "2.5", "edge_year": "1999"])
    let near = found.edges.filter { $0.data["relation"] == "near" }
    #expect(near.count == 3 && near.allSatisfy { $0.isDirected == nil })
    #expect(losses == ["features are left out", "splits are left out (first, timed)"])
  }

  @Test func `ids that two types share are told apart, and titles stand in GraphML`() throws {
    let lines = [
      #"{"id":"x1","title":"A <b>\u0001 & \"c\"","year":1999,"authors":[{"id":"x1","name":"Żółw"}],"references":["x2"]}"#,
      #"{"id":"x2","authors":[],"venue":"V","venue_id":"v1"}"#,
    ]
    let imported = try ImportedDump(lines.joined(separator: "\n"))
    _ = try write(imported.store, "graphml", imported.scratch.file("g.xml"))
    let found = try parsed(imported.scratch.file("g.xml"))
    #expect(found.directedness == "directed")
    let first = try #require(found.nodes.first { $0.id == "paper:x1" })
    #expect(
      first.data == ["id": "x1", "type": "paper", "title": "A <b>\u{fffd} & \"c\"", "year": "1999"], "\(first.data)")
    #expect(found.nodes.first { $0.id == "author:x1" }?.data["title"] == "Żółw")
    #expect(found.edges.contains { $0.ends == ["paper:x1", "paper:x2"] && $0.data["relation"] == "cites" })
    #expect(found.edges.contains { $0.ends == ["author:x1", "paper:x1"] && $0.data["edge_year"] == "1999" })
  }

  // MARK: - NumPy

  @Test(.enabled(if: Python.hasNumpy)) func `numpy reads every array of an npz, in both directions where edges run so`()
    throws
  {
    let scratch = try ScratchFolder()
    let graph = ExportSamples.mixed(isMultiLabel: false)
    _ = try write(graph, "npz", scratch.file("g.npz"))
    let script = """
      import sys, numpy as np
      z = np.load(sys.argv[1], allow_pickle=False)
      for key in z.files: z[key]
      assert z["node_types"].tolist() == ["paper", "person"]
      assert z["edge_types"].tolist()[2] == ["person", "wrote it/them", "paper"]
      assert z["edge_index__paper__near__paper"].tolist() == [[0, 1, 2, 1, 2], [1, 2, 2, 0, 1]]
      assert z["listed_edges__paper__near__paper"].tolist() == [3]
      assert z["edge_index__paper__cites__paper"].tolist() == [[0, 0, 0, 2, 3], [3, 1, 1, 0, 3]]
      assert z["edge_weight__paper__cites__paper"].dtype == np.float32
      assert z["y__paper"].tolist() == [0, -1, 2, 2]
      assert z["class_names"].tolist() == ["a", "b\\tc", 'd, or "e"']
      assert z["ids__paper"].tolist()[3] == "Übergraph <&> 東京"
      assert z["x__paper_shape"].tolist() == [4, 5] and z["x__paper_indptr"].tolist() == [0, 2, 2, 3, 3]
      assert z["train_mask__paper"].shape == (4, 2) and z["train_mask__paper"][:, 0].tolist() == [True, False, True, False]
      assert z["split_names"].tolist() == ["first", "timed"] and z["split_years"].tolist() == [[0, 0], [1999, 2001]]
      assert z["year__paper"].tolist() == [1999, 0, 2001, 2002] and z["num_nodes__person"].tolist() == [3]
      print(len(z.files))
      """
    #expect(try Int(Python.script(script, [scratch.file("g.npz")])) ?? 0 > 20)
  }

  @Test func `an archive of several types is read by its keys alone`() throws {
    let scratch = try ScratchFolder()
    try NumpyArchive.write(
      [
        ("edge_index__author__writes__paper", [2, 2], .int64s([0, 1, 2, 2])),
        ("x__paper", [3, 1], .floats([1, 2, 3])),
        ("num_nodes__author", [1], .int64s([2])), ("y__paper", [3, 1], .int64s([1, 0, -1])),
        ("train_mask__paper", [3], .bools([true, false, false])),
        ("test_mask__paper", [3], .bools([false, true, false])),
      ], to: scratch.file("h.npz"))
    let graph = try StoreOpener.open(scratch.file("h.npz"))
    let (paper, author) = (NodeType("paper"), NodeType("author"))
    #expect(graph.nodeTypes == [paper, author] && graph.nodeCount(of: author) == 2)
    #expect(graph.relations == [EdgeType(author, "writes", paper)])
    #expect(try graph.labels() == .single(classes: [1, 0, -1], names: ["0", "1"]))
    #expect(try graph.split(named: "published_0").test == [1])
    for (arrays, words) in [
      ([("edge_index__a__b", [2, 1], NumpyValues.int64s([0, 0]))], ["edge_index__a__b"]),
      ([("edge_index__a__r__b", [2, 1], .int64s([0, 0])), ("x__a", [1, 1], .floats([1]))], ["node types (a)"]),
      (
        [("edge_index", [2, 2], .int64s([0, 1, 1, 0])), ("listed_edges", [1], .int64s([3]))],
        ["listed_edges is 3", "has 2"]
      ),
      (
        [
          ("edge_index", [2, 2], .int64s([0, 1, 1, 0])), ("split_names", [2], .strings(["a", "b"])),
          ("train_mask", [2], .bools([true, false])),
        ], ["train_mask", "shape [2]"]
      ),
    ] as [([(name: String, shape: [Int], values: NumpyValues)], [String])] {
      try NumpyArchive.write(arrays, to: scratch.file("bad.npz"))
      expectFailure(.badData, words) { _ = try StoreOpener.open(scratch.file("bad.npz")) }
    }
  }
}
