import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import Testing
import TestSupport

@Suite struct SummaryTests {
  @Test func `The facts of a small graph are counted`() throws {
    let scratch = try tinyFolder()
    let summary = try GraphSummary(dataset: StoreOpener.open(scratch.path))
    #expect(summary.nodes.map(\.count) == [4] && summary.edges.map(\.count) == [3])
    #expect(summary.edges.map(\.isDirected) == [false])
    #expect(summary.classNames == ["red", "blue"] && summary.classCounts == [1, 2] && summary.unlabeledCount == 1)
    #expect(summary.splitNames == ["hand"] && summary.features.map(\.width) == [2])
    let degrees = try #require(summary.degrees)
    #expect(degrees.minimum == 0 && degrees.median == 1 && degrees.mean == 1.25 && degrees.maximum == 2)
    #expect(summary.selfLoopCount == 1 && summary.isolatedCount == 1)
    #expect(summary.snapshot.count == 64)
  }

  @Test func `The snapshot is that of its documented lines`() throws {
    let graph = GraphDataset(
      name: "g", path: "g", format: "test", nodes: [(.node, 2)],
      relations: [
        (
          EdgeType(.node, "cites", .node),
          EdgeList(sources: [1, 0], targets: [0, 0], weights: [0.5, 1], isDirected: true)
        )
      ],
      labeledType: .node, labels: .single(classes: [0, -1], names: ["x|\ty"]),
      features: [.node: [("features", .dense(values: [0, 2, 0, 0], width: 2))]], ids: [.node: ["b", "a"]])
    var row = Data([1, 0, 0, 0])
    withUnsafeBytes(of: Float(2).bitPattern.littleEndian) { row.append(contentsOf: $0) }
    let lines =
      "node\tnode\ta\t\t\(Checksum.sha256(Data()).prefix(16))\nnode\tnode\tb\tx|\\ty\t\(Checksum.sha256(row).prefix(16))\n"
      + "edge\tnode-cites-node\ta\tb\t0.5\nedge\tnode-cites-node\tb\tb\t1.0\n"
    #expect(try GraphSummary(graph).snapshot == Checksum.sha256(Data(lines.utf8)))
  }

  /// All lines as text, sorted as bytes.
  private func reference(_ graph: GraphDataset, _ nodeLines: [String]) throws -> String {
    var lines: [[UInt8]] = []
    for relation in graph.relations {
      let list = try graph.edges(of: relation)
      let sources = try #require(try graph.nodeIDs(of: relation.source))
      let targets = try #require(try graph.nodeIDs(of: relation.target))
      for edge in 0..<list.count {
        var ends = [sources[Int(list.sources[edge])], targets[Int(list.targets[edge])]]
        if !list.isDirected { ends.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
        let weight = list.weights.map { "\($0[edge])" } ?? "1.0"
        let name = (list.isDirected ? "" : "~") + relation.description
        lines.append(Array("edge\t\(name)\t\(ends[0])\t\(ends[1])\t\(weight)\n".utf8))
      }
    }
    lines.sort { $0.lexicographicallyPrecedes($1) }
    return Checksum.sha256(Data(nodeLines.joined().utf8) + lines.reduce(into: Data()) { $0.append(contentsOf: $1) })
  }

  @Test(arguments: 1...4) func `The snapshot of odd ids and repeated edges is that of sorted lines`(seed: Int) throws {
    var random = TestRandom(seed)
    let ids = ["a", "a\u{1}", "a b", "aa", "", "10", "9", "100", "ä", "a\u{8}z"]
    let others = ids.reversed().map { $0 == "a" ? "b" : "\($0)c" }
    let count = Int32(ids.count)
    func edges(_ number: Int, weighted: Bool, isDirected: Bool) -> EdgeList {
      let ends = (0..<2 * number).map { _ in Int32(random.next() % UInt64(count)) }
      let weights = weighted ? (0..<number).map { _ in [Float(0.5), 1, 10, 1e-7, 1e20][Int(random.next() % 5)] } : nil
      return EdgeList(
        sources: Array(ends[..<number]), targets: Array(ends[number...]), weights: weights, isDirected: isDirected)
    }
    let graph = GraphDataset(
      name: "g", path: "g", format: "test", nodes: [(.node, ids.count), (NodeType("z"), others.count)],
      relations: [
        (EdgeType(.node, "cites", .node), edges(200, weighted: true, isDirected: true)),
        (EdgeType(.node, "cite", .node), edges(150, weighted: false, isDirected: true)),
        (EdgeType(.node, "likes", .node), edges(150, weighted: true, isDirected: false)),
        (EdgeType(.node, "meets", NodeType("z")), edges(150, weighted: false, isDirected: false)),
      ],
      labeledType: .node, labels: nil, features: [:], ids: [.node: ids, NodeType("z"): others])
    let nodes = [("node", ids), ("z", others)].flatMap { type, ids in
      ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { "node\t\(type)\t\($0)\t\t\n" }
    }
    #expect(try GraphSummary(graph).snapshot == reference(graph, nodes))
  }

  @Test
  func `Order of lines, dense or sparse rows and directions of two-way edges leave the snapshot; values change it`()
    throws
  {
    func snapshot(_ content: String, _ cites: String) throws -> String {
      let scratch = try ScratchFolder()
      try AtomicFile.write(content, to: scratch.file("g.content"))
      try AtomicFile.write(cites, to: scratch.file("g.cites"))
      return try GraphSummary(dataset: StoreOpener.open(scratch.path)).snapshot
    }
    let first = try snapshot("7\t0\t1\tb\n8\t1\t0\ta\n9\t0\t0\ta\n", "7\t8\n9\t7\n")
    #expect(try snapshot("9\t0\t0\ta\n7\t0\t1\tb\n8\t1\t0\ta\n", "9\t7\n7\t8\n") == first)
    for (content, cites) in [
      ("7\t0\t1\tb\n8\t1\t0\ta\n9\t0\t0\tb\n", "7\t8\n9\t7\n"),
      ("7\t0\t1\tb\n8\t1\t0\ta\n9\t0\t1\ta\n", "7\t8\n9\t7\n"),
      ("7\t0\t1\tb\n8\t1\t0\ta\n9\t0\t0\ta\n", "8\t7\n9\t7\n"),
      ("7\t0\t1\tb\n8\t1\t0\ta\n9\t0\t0\ta\n", "7\t8\n9\t7\n9\t7\n"),
    ] { #expect(try snapshot(content, cites) != first) }
    func twoWay(_ sources: [Int32], _ targets: [Int32], _ matrix: FeatureMatrix) throws -> String {
      try GraphSummary(
        GraphDataset(
          name: "g", path: "g", format: "test", nodes: [(.node, 2)],
          relations: [
            (EdgeType(.node, "edges", .node), EdgeList(sources: sources, targets: targets, isDirected: false))
          ],
          features: [.node: [("features", matrix)]])
      ).snapshot
    }
    let dense = FeatureMatrix.dense(values: [0, 1, 3, 0], width: 2)
    let sparse = FeatureMatrix.sparse(
      rows: SparseRows(offsets: [0, 1, 2], columns: [1, 0], columnCount: 2), values: [1, 3])
    #expect(try twoWay([0], [1], dense) == twoWay([1], [0], sparse))
  }
}
